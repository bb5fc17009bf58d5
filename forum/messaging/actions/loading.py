"""What is to be changed, as it is now: the conversation locked, the rule asked again."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.attributes import set_committed_value

from forum.access.permissions import Permission
from forum.access.rules import judge
from forum.access.viewer import viewer_of
from forum.accounts.models import User
from forum.core.db import db
from forum.core.errors import Forbidden, NotFound
from forum.messaging.models import Conversation, Message, Participant
from forum.messaging.queries.messages import Seen, find_message


def locked_conversation(conversation_id: int) -> Conversation:
    """The conversation, locked until the transaction ends: its count, its people and its messages change under this lock alone."""
    found = db.session.scalar(
        select(Conversation)
        .where(Conversation.id == conversation_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound
    return found


def here_to_change(conversation_id: int, permission: Permission, actor: User) -> Participant:
    """The actor's part in a conversation, which is locked. NotFound where it is not there for them, Forbidden with the reason."""
    conversation = locked_conversation(conversation_id)
    here = part_of(conversation_id, actor.id)
    viewer = viewer_of(actor)
    if here is None:
        raise NotFound
    set_committed_value(here, "conversation", conversation)
    if not judge(Permission.READ_CONVERSATION, viewer, here):
        raise NotFound
    verdict = judge(permission, viewer, here)
    if not verdict:
        raise Forbidden(verdict.reason)
    return here


def message_to_change(message_id: int, permission: Permission, actor: User) -> Seen:
    """A message as the actor sees it, its conversation locked."""
    viewer = viewer_of(actor)
    conversation_id = db.session.scalar(select(Message.conversation_id).where(Message.id == message_id))
    if conversation_id is None:
        raise NotFound
    conversation = locked_conversation(conversation_id)
    db.session.get(Message, message_id, populate_existing=True)
    seen = find_message(viewer, message_id)
    if seen is None:
        raise NotFound
    set_committed_value(seen.here, "conversation", conversation)
    verdict = judge(permission, viewer, seen)
    if not verdict:
        raise Forbidden(verdict.reason)
    return seen


def part_of(conversation_id: int, user_id: int) -> Participant | None:
    return db.session.scalar(
        select(Participant)
        .options(joinedload(Participant.conversation))
        .where(Participant.conversation_id == conversation_id, Participant.user_id == user_id)
        .execution_options(populate_existing=True)
    )


def parts_of(conversation_id: int) -> list[Participant]:
    """Everybody who takes part, as they are now."""
    found = select(Participant).options(joinedload(Participant.conversation))
    found = found.where(Participant.conversation_id == conversation_id, Participant.left_at.is_(None))
    found = found.order_by(Participant.joined_at, Participant.user_id)
    return list(db.session.scalars(found.execution_options(populate_existing=True)))


def next_rev(conversation: Conversation, at: datetime) -> int:
    """The next number of the conversation's count, for what this transaction stores."""
    rev: int = db.session.scalars(
        update(Conversation)
        .where(Conversation.id == conversation.id)
        .values(last_rev=Conversation.last_rev + 1, changed_at=at)
        .returning(Conversation.last_rev)
        .execution_options(synchronize_session=False)
    ).one()
    set_committed_value(conversation, "last_rev", rev)
    set_committed_value(conversation, "changed_at", at)
    return rev
