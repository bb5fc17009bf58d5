"""Whom somebody ignores: known to them alone."""

from typing import Any

from sqlalchemy import ColumnElement, Select, exists, select, tuple_
from sqlalchemy.orm import joinedload

from forum.access.viewer import Viewer
from forum.accounts.models import Ignore, User
from forum.core.db import db
from forum.core.pages import Page, cut, decode_cursor, decode_moment, encode_cursor


def ignored_by(viewer: Viewer) -> Select[Any]:
    """The ids of those whom the viewer ignores, for a statement around it."""
    return select(Ignore.ignored_id).where(Ignore.user_id == viewer.id)


def does_not_ignore(actor_id: int | None) -> ColumnElement[bool]:
    """The criterion over `users`: those who want to hear of this person."""
    return ~exists().where(Ignore.user_id == User.id, Ignore.ignored_id == actor_id)


def ignores(viewer: Viewer, person_id: int) -> bool:
    mine = Ignore.user_id == viewer.id, Ignore.ignored_id == person_id
    return db.session.scalar(select(Ignore.ignored_id).where(*mine)) is not None


def ignored_people(viewer: Viewer, *, after: str | None = None, limit: int = 50) -> Page[Ignore]:
    """Those whom the viewer ignores, each with `ignored`, the latest first; one statement."""
    found = select(Ignore).options(joinedload(Ignore.ignored)).where(Ignore.user_id == viewer.id)
    if after:
        moment, person_id = decode_cursor(after, [str, int])
        found = found.where(
            tuple_(Ignore.created_at, Ignore.ignored_id) < tuple_(decode_moment(moment), person_id)
        )
    found = found.order_by(Ignore.created_at.desc(), Ignore.ignored_id.desc()).limit(limit + 1)
    shown, more = cut(db.session.scalars(found).all(), limit)
    last = shown[-1] if more else None
    return Page(shown, encode_cursor([last.created_at.isoformat(), last.ignored_id]) if last else None)
