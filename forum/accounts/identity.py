"""Who makes this request: the session behind the cookie, checked anew each time, in one statement."""

import hashlib
from datetime import timedelta

from flask import Flask, Response, g, request
from flask_login import LoginManager
from flask_login.mixins import AnonymousUserMixin
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from forum.access.viewer import VISITOR, viewer_of
from forum.accounts.models import Session, User
from forum.config import Config
from forum.core import clock
from forum.core.db import db
from forum.core.versions import SITE, Version, note_site_version

IDLE = timedelta(days=14)
IDLE_STAFF = timedelta(hours=12)
ABSOLUTE = timedelta(days=30)
ABSOLUTE_STAFF = timedelta(hours=24)
STAMP = timedelta(minutes=5)  # how coarsely the last use of a session is kept


def init_identity(app: Flask) -> None:
    config: Config = app.extensions["forum_config"]
    manager = LoginManager(app)
    manager.session_protection = None
    manager.anonymous_user = AnonymousUserMixin
    manager.request_loader(lambda _request: g.get("viewer", VISITOR).user)

    @app.before_request
    def see_who_it_is() -> None:
        g.viewer = VISITOR
        token = request.cookies.get(config.session_cookie)
        if not token or request.path.startswith("/static/"):
            return
        session = find_session(token)
        if session is None:
            g.stale_session = True
            return
        g.session = session
        g.viewer = viewer_of(session.user)
        if g.viewer.rights.is_suspended:
            g.viewer = VISITOR
            g.stale_session = True

    @app.after_request
    def drop_stale_cookie(response: Response) -> Response:
        if g.get("stale_session") and not request.path.startswith("/static/"):
            response.delete_cookie(
                config.session_cookie, path="/", secure=config.is_https, httponly=True, samesite="Lax"
            )
        return response


def token_hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def find_session(token: str) -> Session | None:
    """The live session of a token, with its user; the site's version comes along. One statement, or none for rubbish."""
    if not 20 <= len(token) <= 100 or not token.isascii():
        return None
    version = select(Version.value).where(Version.name == SITE).scalar_subquery()
    row = db.session.execute(
        select(Session, version)
        .options(joinedload(Session.user, innerjoin=True))
        .where(Session.token_hash == token_hash(token), Session.expires_at > clock.now())
    ).first()
    if row is None:
        return None
    note_site_version(row[1] or 0)
    session: Session = row[0]
    return session if session.used_at + IDLE > clock.now() else None


def current_session() -> Session | None:
    session: Session | None = g.get("session")
    return session


__all__ = ["User", "current_session", "find_session", "init_identity", "token_hash"]
