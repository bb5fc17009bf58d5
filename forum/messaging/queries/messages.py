"""Messages as somebody sees them: from where they came in, without what does not reach them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from forum.access.permissions import Permission
from forum.access.rules import judge
from forum.access.viewer import Viewer
from forum.core.db import db
from forum.core.pages import cut
from forum.markup import SafeHTML
from forum.messaging.models import Conversation, Message, MessageReaction, Participant, Withholding
from forum.messaging.queries.here import LARGEST_ID, find_here, reaches
from forum.messaging.queries.quiet import blocked_by, ignored_among


@dataclass(frozen=True, slots=True)
class Seen:
    """A message, whose author is loaded, as one participant sees it.

    `kept` is what it said before its author, whom they block, changed it. `reactions` are (name, user id) in order.
    """

    message: Message
    here: Participant
    is_withheld: bool = False
    kept: Withholding | None = None
    reactions: Sequence[tuple[str, int]] = field(default=())
    is_folded: bool = False  # by somebody whom they ignore

    @property
    def body(self) -> str:
        return self.message.body if self.kept is None or self.message.is_deleted else self.kept.body

    @property
    def html(self) -> SafeHTML:
        kept = None if self.kept is None or self.message.is_deleted else self.kept.body_html
        return self.message.body_html if kept is None else kept

    @property
    def edited_at(self) -> datetime | None:
        return self.kept.edited_at if self.kept else self.message.edited_at


@dataclass(frozen=True, slots=True)
class Synced:
    """What was missed, in order of `rev`. Whoever has applied it has the present state up to `last_seq`."""

    messages: Sequence[Seen]
    last_seq: int
    more: bool


def visible_in(here: Participant) -> Select[Any]:
    """The messages of a conversation that this participant may read, with their authors."""
    return (
        select(Message)
        .options(joinedload(Message.author))
        .where(
            Message.conversation_id == here.conversation_id,
            Message.seq > here.from_seq,
            reaches(here.user_id),
        )
    )


def sync_messages(viewer: Viewer, here: Participant, *, after_seq: int, limit: int) -> Synced:
    """Every message whose `rev` is over a number: new ones, and those that were changed since."""
    # Read before the messages are: whatever comes in between is in the next sync, and nothing is passed over.
    known = select(Conversation.last_rev).where(Conversation.id == here.conversation_id)
    last_rev = db.session.scalar(known) or 0
    missed = visible_in(here).where(Message.rev > after_seq).order_by(Message.rev).limit(limit + 1)
    rows, more = cut(db.session.scalars(missed.execution_options(populate_existing=True)).all(), limit)
    newest = rows[-1].rev if rows else 0
    return Synced(seen(viewer, here, rows), newest if more else max(last_rev, newest), more)


def page_of_messages(
    viewer: Viewer, here: Participant, *, before: int | None, limit: int
) -> tuple[Sequence[Seen], bool]:
    """The newest messages, or those below a `seq`, the newest first; and whether there are older ones."""
    wanted = visible_in(here)
    if before is not None:
        wanted = wanted.where(Message.seq < before)
    rows, more = cut(db.session.scalars(wanted.order_by(Message.seq.desc()).limit(limit + 1)).all(), limit)
    return seen(viewer, here, rows), more


def find_message(viewer: Viewer, message_id: int) -> Seen | None:
    """A message, if it is there for this viewer."""
    if viewer.user is None or not 0 < message_id <= LARGEST_ID:
        return None
    wanted = select(Message).options(joinedload(Message.author)).where(Message.id == message_id)
    message = db.session.scalar(wanted)
    here = find_here(viewer, message.conversation_id) if message is not None else None
    if message is None or here is None:
        return None
    (found,) = seen(viewer, here, [message])
    return found if judge(Permission.READ_MESSAGE, viewer, found) else None


def find_message_to_react(viewer: Viewer, message_id: int, name: str) -> Seen | None:
    """The same, where the address names a reaction too; which ones there are, the action knows."""
    return find_message(viewer, message_id)


def find_seen(viewer: Viewer, here: Participant, message_id: int) -> Seen | None:
    """A message of one conversation, if it is there for this participant."""
    found = db.session.scalar(visible_in(here).where(Message.id == message_id))
    return seen(viewer, here, [found])[0] if found is not None else None


def seen(viewer: Viewer, here: Participant, messages: Sequence[Message]) -> list[Seen]:
    """Messages of one conversation with all that belongs to them, in a number of statements that does not grow."""
    return seen_of_several(viewer, [(message, here) for message in messages])


def seen_of_several(viewer: Viewer, pairs: Sequence[tuple[Message, Participant]]) -> list[Seen]:
    """The same for messages of several conversations, each with the viewer's part in it."""
    if not pairs:
        return []
    ids = [message.id for message, _ in pairs]
    withheld = _withheld(viewer.id or 0, ids)
    reactions = _reactions(viewer.id or 0, ids)
    folded = ignored_among(viewer, {message.author_id for message, _ in pairs})
    return [
        Seen(
            message,
            here,
            is_withheld=message.id in withheld and not withheld[message.id].kept,
            kept=withheld.get(message.id),
            reactions=reactions.get(message.id, ()),
            is_folded=message.author_id in folded,
        )
        for message, here in pairs
    ]


def open_replies(messages: Sequence[Seen]) -> set[int]:
    """Which of the messages that these answer are there for whoever sees these."""
    wanted = {one.message.reply_to_id for one in messages if one.message.reply_to_id is not None}
    if not wanted:
        return set()
    here = {one.here.conversation_id: one.here for one in messages}
    found = select(Message.id, Message.conversation_id, Message.seq).where(
        Message.id.in_(wanted), reaches(messages[0].here.user_id)
    )
    return {row.id for row in db.session.execute(found) if row.seq > here[row.conversation_id].from_seq}


def _withheld(user_id: int, message_ids: Sequence[int]) -> dict[int, Withholding]:
    found = select(Withholding).where(Withholding.user_id == user_id, Withholding.message_id.in_(message_ids))
    return {row.message_id: row for row in db.session.scalars(found)}


def _reactions(user_id: int, message_ids: Sequence[int]) -> Mapping[int, list[tuple[str, int]]]:
    """Without those of people whom this person blocks."""
    found: dict[int, list[tuple[str, int]]] = defaultdict(list)
    given = (
        select(MessageReaction.message_id, MessageReaction.name, MessageReaction.user_id)
        .where(
            MessageReaction.message_id.in_(message_ids), MessageReaction.user_id.not_in(blocked_by(user_id))
        )
        .order_by(MessageReaction.created_at, MessageReaction.user_id, MessageReaction.name)
    )
    for row in db.session.execute(given):
        found[row.message_id].append((row.name, row.user_id))
    return found


def around(viewer: Viewer, one: Seen, *, most: int = 10) -> list[Seen]:
    """What was said just before and after a message, in order, without itself and what was deleted."""
    there = visible_in(one.here).where(Message.deleted_at.is_(None))
    seq = Message.seq
    before = db.session.scalars(there.where(seq < one.message.seq).order_by(seq.desc()).limit(most)).all()
    after = db.session.scalars(there.where(seq > one.message.seq).order_by(seq).limit(most)).all()
    return seen(viewer, one.here, [*reversed(before), *after])
