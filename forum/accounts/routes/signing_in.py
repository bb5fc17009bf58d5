"""Signing in and out; the password once more for what needs it."""

from flask import Response, request
from flask_babel import gettext as _

from forum.access.doors import open_to_all, signed_in
from forum.access.viewer import Viewer, current_viewer
from forum.accounts import actions, demo_accounts, throttles
from forum.accounts.devices import this_browser
from forum.accounts.identity import current_session, leave_session, take_session
from forum.accounts.params import DemoParams, ProveParams, SignInParams
from forum.accounts.routes import accounts
from forum.core import settings
from forum.core.errors import Forbidden, Invalid, NotFound, SignInNeeded, TooManyRequests
from forum.web import respond
from forum.web.forms import again
from forum.web.heads import Head
from forum.web.params import read
from forum.web.respond import safe_next
from forum.web.theme import set_theme, theme

CLEARED = '"cache", "storage"'


@accounts.get("/signin")
@open_to_all
def show_sign_in(viewer: Viewer) -> Response:
    where = safe_next(request.args.get("next"), "")
    if not viewer.is_visitor:
        return respond.see(where or "/")
    head = None if where else Head(_("Sign in"), "/signin", _about())
    return respond.page(
        "accounts/signin.html",
        next=where,
        demo_accounts=demo_accounts.to_show(),
        head=head,
        canonical=head.path if head else "",
    )


@accounts.post("/signin")
@open_to_all
def sign_in(viewer: Viewer) -> Response:
    try:
        params = read(SignInParams)
        with throttles.guarding_password(params.email):
            token = actions.sign_in(params.email, password=params.password, browser=this_browser())
    except (Invalid, Forbidden, TooManyRequests) as error:
        where = safe_next(request.form.get("next"), "")
        return again("accounts/signin.html", error, next=where, demo_accounts=demo_accounts.to_show())
    return _signed_in(token, params.next)


@accounts.post("/signin/demo")
@open_to_all
def sign_in_demo(viewer: Viewer) -> Response:
    """One click as somebody of the demo: from this machine alone, where no site is configured."""
    params = read(DemoParams)
    user = demo_accounts.find(params.username)
    if user is None:
        raise NotFound
    return _signed_in(actions.sign_in_as(user, browser=this_browser()), params.next)


@accounts.get("/signout")
@open_to_all
def show_signed_out(viewer: Viewer) -> Response:
    if not viewer.is_visitor:
        return respond.see("/")
    return respond.page("accounts/said.html", kind="signed-out")


@accounts.post("/signout")
@open_to_all
def sign_out(viewer: Viewer) -> Response:
    session = current_session()
    if session is not None:
        actions.sign_out(session.user, session_id=session.id)
    leave_session()
    response = respond.see("/signout")
    response.headers["Clear-Site-Data"] = CLEARED
    return response


@accounts.get("/settings/prove")
@signed_in
def show_prove(viewer: Viewer) -> Response:
    return respond.page("accounts/prove.html", next=safe_next(request.args.get("next"), "/settings/account"))


@accounts.post("/settings/prove")
@signed_in
def prove(viewer: Viewer) -> Response:
    """The password once more. It counts for ten minutes."""
    where = safe_next(request.form.get("next"), "/settings/account")
    try:
        params = read(ProveParams)
        with throttles.guarding_password(viewer.user):
            token = actions.prove(viewer.user, session_id=session_id(), password=params.password)
    except (Invalid, TooManyRequests) as error:
        return again("accounts/prove.html", error, next=where)
    take_session(token)
    return respond.see(where)


def session_id() -> int:
    session = current_session()
    if session is None:
        raise SignInNeeded(_("Sign in to see this page."))
    return session.id


def _signed_in(token: str, where: str) -> Response:
    take_session(token)
    response = respond.see(safe_next(where, "/"))
    chosen = current_viewer().user.theme
    if chosen and chosen != theme():  # as this person chose it, also in a browser that is new to them
        set_theme(response, chosen)
    return response


def _about() -> str:
    return _("Sign in to %(name)s, ask for a new password, or join.", name=settings.current().name)
