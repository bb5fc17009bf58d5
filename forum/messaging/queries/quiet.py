"""Between whom it is silent: who blocks or ignores whom. Only whoever does it may learn of it."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select, tuple_, union_all
from sqlalchemy.orm import joinedload

from forum.access.viewer import Viewer
from forum.accounts.models import Ignore, User
from forum.accounts.queries import find_by_username
from forum.core.db import db
from forum.core.pages import Page, cut, decode_cursor, decode_moment, encode_cursor
from forum.discussions.queries.met import find_met
from forum.messaging.models import MessageBlock, Participant


def blocked_by(user_id: int) -> Select[Any]:
    """The ids of those whom somebody blocks, for a statement around it."""
    return select(MessageBlock.blocked_id).where(MessageBlock.user_id == user_id)


def blocks(user_id: int, person_id: int) -> bool:
    mine = MessageBlock.user_id == user_id, MessageBlock.blocked_id == person_id
    return db.session.scalar(select(MessageBlock.blocked_id).where(*mine)) is not None


def blocked_among(user_id: int, people: Collection[int]) -> set[int]:
    """Those of these people whom somebody blocks."""
    found = blocked_by(user_id).where(MessageBlock.blocked_id.in_(people))
    return set(db.session.scalars(found)) if people else set()


def blockers_of(author_id: int, among: Collection[int]) -> set[int]:
    """Those of these people whom nothing of the author reaches."""
    found = select(MessageBlock.user_id).where(
        MessageBlock.blocked_id == author_id, MessageBlock.user_id.in_(among)
    )
    return set(db.session.scalars(found))


def ignored_among(viewer: Viewer, author_ids: Collection[int]) -> set[int]:
    found = select(Ignore.ignored_id).where(Ignore.user_id == viewer.id, Ignore.ignored_id.in_(author_ids))
    return set(db.session.scalars(found)) if author_ids else set()


def silent_since(user_id: int, others: Collection[int]) -> Mapping[int, datetime]:
    """Those between whom and somebody nothing is told of what they do (reading, typing, being here), and since when.

    Because either of them blocks or ignores the other.
    """
    found: dict[int, datetime] = {}
    if not others:
        return found
    sides = [
        select(theirs.label("other"), model.created_at).where(mine == user_id, theirs.in_(others))
        for model, one, other in (
            (MessageBlock, MessageBlock.user_id, MessageBlock.blocked_id),
            (Ignore, Ignore.user_id, Ignore.ignored_id),
        )
        for mine, theirs in ((one, other), (other, one))
    ]
    for row in db.session.execute(union_all(*sides)):
        found[row.other] = min(found.get(row.other, row.created_at), row.created_at)
    return found


def blocked_people(viewer: Viewer, *, after: str | None = None, limit: int = 50) -> Page[MessageBlock]:
    """Those whom the viewer blocks, each with `blocked`, the latest first."""
    found = select(MessageBlock).options(joinedload(MessageBlock.blocked))
    found = found.where(MessageBlock.user_id == viewer.id)
    if after:
        moment, person_id = decode_cursor(after, [str, int])
        key = tuple_(MessageBlock.created_at, MessageBlock.blocked_id)
        found = found.where(key < tuple_(decode_moment(moment), person_id))
    found = found.order_by(MessageBlock.created_at.desc(), MessageBlock.blocked_id.desc()).limit(limit + 1)
    shown, more = cut(db.session.scalars(found).all(), limit)
    last = shown[-1] if more else None
    return Page(shown, encode_cursor([last.created_at.isoformat(), last.blocked_id]) if last else None)


def find_to_block(viewer: Viewer, username: str) -> User | None:
    """Somebody the viewer has met, shares a conversation with, or blocks already; for everybody else there is nobody."""
    if viewer.user is None or not viewer.may_act:
        return None
    person = find_by_username(username)
    if person is None:
        return None
    if find_met(viewer, username) is not None or blocks(viewer.user.id, person.id):
        return person
    return person if share_conversation(viewer.user.id, person.id) else None


def share_conversation(user_id: int, other_id: int) -> bool:
    mine = select(Participant.conversation_id).where(
        Participant.user_id == user_id, Participant.left_at.is_(None), Participant.is_withheld.is_(False)
    )
    theirs = Participant.user_id == other_id, Participant.left_at.is_(None)
    shared = select(Participant.user_id).where(*theirs, Participant.conversation_id.in_(mine)).limit(1)
    return db.session.scalar(shared) is not None


def knows_presence(user_id: int, other_id: int) -> bool:
    """Whether somebody may know whether another is here: they share a conversation, and it is not silent between them."""
    return share_conversation(user_id, other_id) and not silent_since(user_id, [other_id])
