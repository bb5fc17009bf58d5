"""Personal tokens on their page: what they are for, made and shown once, revoked."""

from typing import Any

from flask import Response, request
from flask_babel import gettext as _

from forum.access.doors import signed_in
from forum.access.viewer import Viewer
from forum.accounts import actions, last_use, queries, throttles
from forum.accounts.identity import is_proved, take_session
from forum.accounts.params import TokenParams
from forum.accounts.routes import accounts
from forum.accounts.routes.signing_in import session_id
from forum.core.errors import Forbidden, Invalid, NotFound, TooManyRequests
from forum.web import limits, respond
from forum.web.forms import again
from forum.web.params import read
from forum.web.token_scopes import explained

TOKENS = "accounts/settings_tokens.html"


@accounts.get("/settings/tokens")
@signed_in
def show_tokens(viewer: Viewer) -> Response:
    return respond.page(TOKENS, **_shown(viewer))


@accounts.post("/settings/tokens")
@signed_in
def make_token(viewer: Viewer) -> Response:
    """The token is shown on the page that answers, and nowhere later. The password is asked as for other such acts."""
    try:
        params = read(TokenParams)
        if params.password or not is_proved():
            with throttles.guarding_password(viewer.user):
                take_session(actions.prove(viewer.user, session_id=session_id(), password=params.password))
        limits.hit("account", viewer.id)
        made = actions.make_personal_token(
            viewer.user, name=params.name, scopes=params.scopes, days=params.days
        )
    except (Invalid, Forbidden, TooManyRequests) as error:
        return again(TOKENS, error, chosen=request.form.getlist("scopes"), **_shown(viewer))
    return respond.page(TOKENS, made=made, **_shown(viewer))


@accounts.post("/settings/tokens/<id:token_id>/revoke")
@signed_in
def revoke_token(viewer: Viewer, token_id: int) -> Response:
    if not actions.revoke_personal_token(viewer.user, token_id=token_id):
        raise NotFound
    return respond.see("/settings/tokens", notice=_("That token is revoked."))


def _shown(viewer: Viewer) -> dict[str, Any]:
    tokens = [(token, last_use.of(token)) for token in queries.personal_tokens_of(viewer.user)]
    days = [(7, _("A week")), (30, _("30 days")), (90, _("90 days")), (366, _("A year"))]
    return {"tokens": tokens, "scopes": explained(), "days": days, "must_prove": not is_proved()}
