"""A forgotten password: a link by mail, and a new one."""

from flask import Response

from forum.access.doors import open_to_all
from forum.access.viewer import Viewer
from forum.accounts import actions, throttles
from forum.accounts.params import EmailParams, ResetParams
from forum.accounts.queries import find_reset
from forum.accounts.routes import accounts
from forum.accounts.routes.registering import dead_link, unseen
from forum.core.errors import Invalid, TooManyRequests
from forum.web import respond
from forum.web.forms import again
from forum.web.params import read


@accounts.get("/reset")
@open_to_all
def show_request_reset(viewer: Viewer) -> Response:
    return respond.page("accounts/reset.html", token=None)


@accounts.post("/reset")
@open_to_all
def request_reset(viewer: Viewer) -> Response:
    try:
        params = read(EmailParams)
        throttles.guard_mail(params.email)
        actions.request_reset(params.email)
    except (Invalid, TooManyRequests) as error:
        return again("accounts/reset.html", error, token=None)
    return respond.page("accounts/said.html", kind="reset-sent", email=params.email)


@accounts.get("/reset/<token>")
@open_to_all
def show_reset(viewer: Viewer, token: str) -> Response:
    """A form: programs that open the links in mail use nothing up."""
    if find_reset(token) is None:
        return dead_link()
    return unseen(respond.page("accounts/reset.html", token=token))


@accounts.post("/reset/<token>")
@open_to_all
def reset(viewer: Viewer, token: str) -> Response:
    if find_reset(token) is None:
        return dead_link()
    try:
        done = actions.reset_password(token, password=read(ResetParams).password)
    except Invalid as error:
        return unseen(again("accounts/reset.html", error, token=token))
    if not done:
        return dead_link()
    return unseen(respond.page("accounts/said.html", kind="reset-done"))
