"""Somebody's own part in a conversation: without one there is no conversation for them."""

from typing import Any

from sqlalchemy import ColumnElement, and_, exists, select
from sqlalchemy.orm import joinedload

from forum.access.permissions import Permission
from forum.access.rules import judge
from forum.access.viewer import Viewer
from forum.core.db import db
from forum.messaging.models import Conversation, Message, Participant, Withholding

LARGEST_ID = 2**63 - 1


def find_here(viewer: Viewer, conversation_id: int) -> Participant | None:
    """The viewer's own part in a conversation, with the conversation, where it is open to them."""
    if viewer.user is None or not 0 < conversation_id <= LARGEST_ID:
        return None
    here = db.session.scalar(
        select(Participant)
        .options(joinedload(Participant.conversation))
        .where(Participant.conversation_id == conversation_id, Participant.user_id == viewer.id)
        .execution_options(populate_existing=True)
    )
    return here if here is not None and judge(Permission.READ_CONVERSATION, viewer, here) else None


def find_here_of_person(viewer: Viewer, conversation_id: int, username: str) -> Participant | None:
    """The same, where the address names somebody too; who that is, the action knows."""
    return find_here(viewer, conversation_id)


def find_pair(viewer: Viewer, other_id: int) -> Participant | None:
    """The viewer's part in the conversation with this person alone, where there is one for them."""
    if viewer.id is None:
        return None
    known = select(Conversation.id).where(Conversation.pair_key == pair_key(viewer.id, other_id))
    found = db.session.scalar(known)
    return find_here(viewer, found) if found is not None else None


def find_part(conversation_id: int, user_id: int) -> Participant | None:
    """Somebody's part in a conversation that is open to whoever asks, as long as they take part."""
    wanted = select(Participant).where(
        Participant.conversation_id == conversation_id,
        Participant.user_id == user_id,
        Participant.left_at.is_(None),
    )
    return db.session.scalar(wanted)


def pair_key(one: int, other: int) -> str:
    return f"{min(one, other)}:{max(one, other)}"


def is_open_to(user_id: Any) -> ColumnElement[bool]:
    """The criterion over participants: takes part, and the conversation is there for them."""
    return and_(
        Participant.user_id == user_id, Participant.left_at.is_(None), Participant.is_withheld.is_(False)
    )


def reaches(user_id: Any) -> ColumnElement[bool]:
    """The criterion over messages: it was not withheld from this person."""
    return ~exists().where(
        Withholding.message_id == Message.id, Withholding.user_id == user_id, Withholding.kept.is_(False)
    )
