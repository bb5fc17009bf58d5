"""Who makes this request: the session behind the cookie, or the token of a program, checked anew each time, in one statement."""

from flask import Flask, Response, g, request
from flask_login import LoginManager
from flask_login.mixins import AnonymousUserMixin

from forum.access.viewer import VISITOR, viewer_of
from forum.accounts import last_use
from forum.accounts.bearers import is_for_programs, recognize_bearer
from forum.accounts.models import Session, User
from forum.accounts.previewing import current_preview, find_preview, init_previewing
from forum.accounts.sessions import (
    PROOF,
    find_session,
    is_over,
    rotate_session,
    set_session_cookie,
    token_hash,
)
from forum.config import Config
from forum.core import clock
from forum.core.db import db
from forum.core.transactions import transaction

# Files that are the same for everybody; and feeds, which know a person by a token of their own and by nothing else.
WITHOUT_SESSION = ("/static/", "/feeds/")


def init_identity(app: Flask) -> None:
    config: Config = app.extensions["forum_config"]
    manager = LoginManager(app)
    manager.session_protection = None
    manager.anonymous_user = AnonymousUserMixin
    manager.request_loader(lambda _request: g.get("viewer", VISITOR).user)

    @app.before_request
    def see_who_it_is() -> None:
        g.viewer = VISITOR
        if is_for_programs():
            recognize_bearer()
            return
        token = request.cookies.get(config.session_cookie)
        if token and not request.path.startswith(WITHOUT_SESSION):
            _recognize(token)

    init_previewing(app)

    @app.after_request
    def keep_cookie_in_step(response: Response) -> Response:
        if g.get("new_session_token"):
            preview = current_preview()
            whoever = preview.actor if preview else g.viewer
            set_session_cookie(response, g.new_session_token, config, is_staff=whoever.is_staff)
        elif g.get("stale_session"):
            response.delete_cookie(
                config.session_cookie, path="/", secure=config.is_https, httponly=True, samesite="Lax"
            )
        return response


def current_session() -> Session | None:
    session: Session | None = g.get("session")
    return session


def is_proved() -> bool:
    """Whether the password was given lately in this session, so that address, password and roles may be changed."""
    session = current_session()
    return session is not None and clock.now() < session.proved_at + PROOF


def take_session(token: str) -> None:
    """From here on this request, and with its answer the browser, has the session of this token."""
    g.pop("stale_session", None)
    g.new_session_token = token
    _recognize(token)


def leave_session() -> None:
    """From here on this request, and with its answer the browser, has no session."""
    g.pop("new_session_token", None)
    g.pop("session", None)
    g.pop("preview", None)
    g.viewer, g.stale_session = VISITOR, True


def _recognize(token: str) -> None:
    session = find_session(token)
    viewer = viewer_of(session.user) if session else VISITOR
    if session is None or viewer.rights.is_suspended or is_over(session, viewer):
        g.stale_session = True
        return
    g.session, g.viewer = session, viewer
    last_use.note(session)
    if session.must_rotate and session.token_hash == token_hash(token):
        _rotate(session)
        return
    g.preview = find_preview(session, viewer)
    if g.preview is not None:
        g.viewer = g.preview.viewer


def _rotate(session: Session) -> None:
    """What the person may do has changed: the browser gets another token."""
    with transaction():
        fresh = db.session.get(Session, session.id, with_for_update=True)
        if fresh is None or not fresh.must_rotate:
            return
        token = rotate_session(fresh)
    take_session(token)


__all__ = ["User", "current_session", "find_session", "init_identity", "is_proved", "token_hash"]
