"""Registration and the confirmation of addresses. Every answer is the same whether or not an account exists."""

from typing import Any

from flask import Response

from forum.access.doors import open_to_all
from forum.access.viewer import Viewer
from forum.accounts import actions, throttles
from forum.accounts.models import AccountToken, TokenPurpose
from forum.accounts.params import ConfirmParams, EmailParams, RegisterParams
from forum.accounts.queries import find_confirmation, is_one_of_several
from forum.accounts.routes import accounts
from forum.core import settings
from forum.core.errors import Forbidden, Invalid, TooManyRequests
from forum.web import respond
from forum.web.forms import again
from forum.web.params import read

GONE = 410
CONFIRM = "accounts/confirm.html"


@accounts.get("/register")
@open_to_all
def show_register(viewer: Viewer) -> Response:
    if not viewer.is_visitor:
        return respond.see("/")
    return respond.page("accounts/register.html", closed=not settings.current().registration_open)


@accounts.post("/register")
@open_to_all
def register(viewer: Viewer) -> Response:
    try:
        params = read(RegisterParams)
        throttles.guard_registration()
        actions.register_guest(params)
    except (Invalid, Forbidden, TooManyRequests) as error:
        return again("accounts/register.html", error, closed=not settings.current().registration_open)
    return respond.page("accounts/said.html", kind="registered", email=params.email)


@accounts.get("/confirm")
@open_to_all
def show_request_confirmation(viewer: Viewer) -> Response:
    values = {"email": viewer.user.email or ""} if viewer.user is not None else {}
    return respond.page(CONFIRM, token=None, values=values)


@accounts.post("/confirm")
@open_to_all
def request_confirmation(viewer: Viewer) -> Response:
    try:
        params = read(EmailParams)
        throttles.guard_mail(params.email)
        actions.request_confirmation(params.email)
    except (Invalid, TooManyRequests) as error:
        return again(CONFIRM, error, token=None)
    return respond.page("accounts/said.html", kind="resent", email=params.email)


@accounts.get("/confirm/<token>")
@open_to_all
def show_confirm(viewer: Viewer, token: str) -> Response:
    """A button: programs that open the links in mail use nothing up."""
    found = find_confirmation(token)
    if found is None:
        return dead_link()
    return unseen(respond.page(CONFIRM, **_about(found, token)))


@accounts.post("/confirm/<token>")
@open_to_all
def confirm(viewer: Viewer, token: str) -> Response:
    found = find_confirmation(token)
    if found is None:
        return dead_link()
    about = _about(found, token)
    try:
        params = read(ConfirmParams)
        if params.password:
            throttles.guard_confirmation(found.user_id)
        done = actions.confirm_email(token, password=params.password)
    except (Invalid, TooManyRequests) as error:
        if error.errors.keys() == {""}:  # this link will never do
            return unseen(again(CONFIRM, error, token=None))
        asks = about["asks_password"] or "password" in error.errors
        return unseen(again(CONFIRM, error, **{**about, "asks_password": asks}))
    if done is None:
        return dead_link()
    kind = "email-changed" if done.purpose is TokenPurpose.CHANGE_EMAIL else "confirmed"
    return unseen(respond.page("accounts/said.html", kind=kind, email=done.email))


def _about(link: AccountToken, token: str) -> dict[str, Any]:
    return {
        "token": token,
        "purpose": str(link.purpose),
        "email": link.email,
        "asks_password": is_one_of_several(link),
    }


def dead_link() -> Response:
    return unseen(respond.page("accounts/said.html", kind="link-dead", status=GONE))


def unseen(response: Response) -> Response:
    """A page whose address holds a token: it is told to nobody, not even to ourselves."""
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
