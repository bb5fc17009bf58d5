"""Who is behind a live line, and when it is cut: the same sessions and tokens as everywhere, looked at anew each time."""

from collections.abc import Collection, Mapping
from typing import Any

from flask import current_app, request
from flask_babel import gettext as _

from forum.access.viewer import viewer_of
from forum.accounts import bearers, last_use
from forum.accounts.models import PersonalToken, Session
from forum.accounts.previewing import find_preview
from forum.accounts.sessions import find_session, is_over, known_sessions, live_sessions, sound_sessions
from forum.accounts.signals import PersonalTokensEnded, PreviewStarted, SessionsEnded
from forum.core.errors import Forbidden
from forum.core.signals import listens_to
from forum.realtime import look_again
from forum.realtime.identity import SignIn, Standing, use_identity
from forum.realtime.origins import comes_from_us

SIGNED_OUT, SUSPENDED, OVER, PREVIEW, TOKEN_ENDED = (
    "signed_out",
    "suspended",
    "over",
    "preview",
    "token_ended",
)


class Accounts:
    """What `realtime` asks."""

    def recognize(self, auth: Mapping[str, Any]) -> SignIn:
        """By the token that was sent along, which then is all that counts; else by the cookie, from pages of ours alone."""
        if "token" in auth:
            token = bearers.find_personal_token(str(auth["token"]))
            if token is None or bearers.viewer_through(token) is None:
                raise bearers.refused_token()
            last_use.note(token)
            return SignIn(token.user_id, token_id=token.id)
        cookie = request.cookies.get(current_app.extensions["forum_config"].session_cookie)
        session = find_session(cookie) if cookie else None
        if session is None:
            return SignIn()
        if not comes_from_us(current_app.extensions["forum_live"], request.environ):
            raise Forbidden(
                _("With a cookie, a line is opened by pages of this site alone: send Origin, or a token.")
            )
        standing = _of_session(session)
        if standing.ended == PREVIEW:
            raise Forbidden(_("This browser is in a preview. End it first: nothing is live in it."))
        if standing.ended:
            return SignIn()
        last_use.note(session)
        return SignIn(session.user_id, session_id=session.id)

    def standings(self, sign_ins: Collection[SignIn], *, kept: bool) -> dict[SignIn, Standing]:
        session_ids, token_ids = _ids_of(sign_ins)
        sessions = (known_sessions(session_ids) if kept else _sessions_of(session_ids)) if session_ids else {}
        tokens = _tokens_of(token_ids) if token_ids else {}
        return {
            one: _of_session(sessions.get(one.session_id))
            if one.session_id is not None
            else _of_token(tokens.get(one.token_id or 0))
            for one in sign_ins
        }

    def doubtful(self, sign_ins: Collection[SignIn]) -> set[SignIn]:
        """Of sessions those that are not there, or are in what may be a preview, of somebody who may be suspended, or not
        used for as long as staff may leave one; every token that is not there."""
        session_ids, token_ids = _ids_of(sign_ins)
        sound = sound_sessions(session_ids) if session_ids else set()
        live = _tokens_of(token_ids) if token_ids else {}
        return {
            one
            for one in sign_ins
            if (one.session_id not in sound if one.session_id is not None else one.token_id not in live)
        }


def _ids_of(sign_ins: Collection[SignIn]) -> tuple[list[int], list[int]]:
    return (
        sorted(one.session_id for one in sign_ins if one.session_id is not None),
        sorted(one.token_id for one in sign_ins if one.token_id is not None),
    )


def _sessions_of(ids: list[int]) -> dict[int, Session]:
    return {session.id: session for session in live_sessions(Session.id.in_(ids))}


def _tokens_of(ids: list[int]) -> dict[int, PersonalToken]:
    return {token.id: token for token in bearers.find_personal_tokens(PersonalToken.id.in_(ids))}


def _of_session(session: Session | None) -> Standing:
    if session is None:
        return Standing(ended=SIGNED_OUT)
    viewer = viewer_of(session.user)
    if viewer.rights.is_suspended:
        return Standing(ended=SUSPENDED)
    if is_over(session, viewer):
        return Standing(ended=OVER)
    if find_preview(session, viewer) is not None:
        return Standing(ended=PREVIEW)
    return Standing(viewer, session=session)


def _of_token(token: PersonalToken | None) -> Standing:
    if token is None:
        return Standing(ended=TOKEN_ENDED)
    viewer = bearers.viewer_through(token)
    if viewer is None:
        return Standing(ended=SUSPENDED)
    return Standing(viewer, bearer=bearers.bearer_of(token))


use_identity(Accounts())


@listens_to(SessionsEnded, PersonalTokensEnded)
def hang_up(signal: SessionsEnded | PersonalTokensEnded) -> None:
    """In every process: whoever was signed out hears nothing more."""
    look_again([signal.user_id], reason=SUSPENDED if signal.reason == "suspended" else "")


@listens_to(PreviewStarted)
def shut(signal: PreviewStarted) -> None:
    look_again([signal.user_id])
