"""Programs that act for somebody: the personal token behind `Authorization: Bearer`, checked anew with each request."""

import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from flask import current_app, g, request
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import joinedload

from forum.access.viewer import Viewer, viewer_of
from forum.accounts import last_use
from forum.accounts.models import PersonalToken, User
from forum.accounts.sessions import token_hash
from forum.accounts.signals import PersonalTokensEnded
from forum.core import clock
from forum.core.db import db
from forum.core.errors import InsufficientScope, InvalidToken
from forum.core.transactions import publish
from forum.core.versions import SITE, Version, note_site_version
from forum.web import limits
from forum.web.operations import API, operation_of
from forum.web.request import client_network
from forum.web.token_scopes import TokenScope

PREFIX = "collegium_"  # so that it is known for what it is wherever one turns up
_SHAPE = re.compile(PREFIX + r"[A-Za-z0-9_-]{43}")
_VERSION = select(Version.value).where(Version.name == SITE).scalar_subquery()


@dataclass(frozen=True, slots=True)
class Bearer:
    """The token of this request."""

    id: int
    scopes: frozenset[TokenScope]
    expires_at: datetime


def is_for_programs() -> bool:
    """Whether this request carries its own sign-in, below /api/v1: then the cookie counts for nothing."""
    return request.path.startswith(f"{API}/") and "Authorization" in request.headers


def recognize_bearer() -> None:
    """Sign in by the token of this request. Raises InvalidToken where it does not hold, whatever it is."""
    kind, _space, text = request.headers["Authorization"].partition(" ")
    token = find_personal_token(text.strip()) if kind.lower() == "bearer" else None
    viewer = viewer_through(token)
    if viewer is None or token is None:
        raise refused_token()
    g.bearer, g.viewer = bearer_of(token), viewer
    last_use.note(token)
    _refuse_without_scope(g.bearer)


def refused_token() -> InvalidToken:
    """What is raised for one that signs nobody in; counted for the network it came from."""
    limits.hit("api", client_network())
    return InvalidToken(_("This token is not known here, has been revoked, or is over."))


def bearer_of(token: PersonalToken) -> Bearer:
    return Bearer(token.id, frozenset(map(TokenScope, token.scopes)), token.expires_at)


def current_bearer() -> Bearer | None:
    bearer: Bearer | None = g.get("bearer")
    return bearer


def find_personal_token(text: str) -> PersonalToken | None:
    """The live token, with its user; the site's version comes along."""
    if not _SHAPE.fullmatch(text):
        return None
    found = find_personal_tokens(PersonalToken.token_hash == token_hash(text))
    return found[0] if found else None


def find_personal_tokens(*criteria: ColumnElement[bool]) -> list[PersonalToken]:
    """The live ones of these, with their users, in one statement."""
    rows = db.session.execute(
        select(PersonalToken, _VERSION)
        .options(joinedload(PersonalToken.user, innerjoin=True))
        .where(*criteria, PersonalToken.revoked_at.is_(None), PersonalToken.expires_at > clock.now())
    ).all()
    if rows:
        note_site_version(rows[0][1] or 0)
    return [row[0] for row in rows]


def viewer_through(token: PersonalToken | None) -> Viewer | None:
    """Who the token stands for, with no more than it was given; nobody where the person is suspended."""
    if token is None:
        return None
    viewer = viewer_of(token.user, with_roles=TokenScope.MODERATE in token.scopes)
    return None if viewer.rights.is_suspended else viewer


def new_token_text() -> str:
    return PREFIX + secrets.token_urlsafe(32)


def end_personal_tokens(user: User, token_ids: Iterable[int] | None = None, *, reason: str) -> int:
    """End these tokens of a person and what was made with them, or all, inside a transaction. Answers how many."""
    live = (PersonalToken.user_id == user.id, PersonalToken.revoked_at.is_(None))
    ended: list[int] = []
    which: ColumnElement[bool] | None = None if token_ids is None else PersonalToken.id.in_(list(token_ids))
    while True:
        found = list(
            db.session.scalars(
                update(PersonalToken)
                .where(*live, *(() if which is None else (which,)))
                .values(revoked_at=clock.now())
                .returning(PersonalToken.id)
                .execution_options(synchronize_session=False)
            )
        )
        ended += found
        if which is None or not found:
            break
        which = PersonalToken.made_by_id.in_(found)
    if ended:
        publish(PersonalTokensEnded(user_id=user.id, token_ids=tuple(ended), reason=reason))
    return len(ended)


def _refuse_without_scope(bearer: Bearer) -> None:
    """Before anything is looked for: what is answered does not depend on what is there."""
    view = current_app.view_functions.get(request.endpoint or "")
    operation = operation_of(view)
    needed = operation.scope_for(request.method) if operation is not None else TokenScope.READ
    if needed not in bearer.scopes:
        raise InsufficientScope(
            needed, _("This token was not made for that: it needs “%(scope)s”.", scope=needed)
        )
