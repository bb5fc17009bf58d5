"""Saying something: stored once, under the next number, whatever the line does. What waits is stored together."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import bindparam, select, update

from forum.access.permissions import Permission
from forum.access.rules import judge
from forum.access.viewer import viewer_of
from forum.accounts.models import User
from forum.core import clock, reading
from forum.core.db import db
from forum.core.errors import Conflict, Forbidden, ForumError, Invalid, NotFound
from forum.core.ids import new_id
from forum.core.transactions import publish, transactional
from forum.markup import uploads_in
from forum.messaging.actions.attaching import note_uploads
from forum.messaging.kinds import ConversationKind
from forum.messaging.models import Conversation, Message, MessageBlock, Participant, Withholding
from forum.messaging.queries.messages import find_seen
from forum.messaging.signals import MessageSent
from forum.messaging.writing import Written


@dataclass(eq=False, slots=True)
class Sending:
    """A message on its way. In the end it has an `id` or an `error`; `is_new` where it was stored just now.

    `reached` are those for whom it is there, its author among them. It goes from one greenlet to another, so it holds no row
    of a session but `author`, which whoever stores it has read.
    """

    conversation_id: int
    author_id: int
    written: Written
    client_id: str | None
    reply_to_id: int | None = None
    id: int = 0
    seq: int = 0
    at: datetime | None = None
    is_new: bool = False
    reached: frozenset[int] = frozenset()
    error: ForumError | None = None
    author: User | None = None

    @property
    def rev(self) -> int:
        """Of a new one."""
        return self.seq


@dataclass(slots=True)
class Part:
    """Somebody's part in a conversation, as it was read under the lock: what rules ask of one."""

    conversation_id: int
    user_id: int
    is_withheld: bool
    from_seq: int
    read_seq: int
    archived_at: datetime | None

    @property
    def is_open(self) -> bool:
        return not self.is_withheld


@dataclass(slots=True)
class Room:
    """A conversation, locked, with those who take part."""

    kind: str
    last_rev: int
    parts: dict[int, Part]


@transactional
def send_message(
    conversation_id: int,
    *,
    author: User,
    written: Written,
    client_id: str | None,
    reply_to_id: int | None = None,
) -> Sending:
    """Say something in a conversation. The same `client_id` again is the same message; with another text, Conflict."""
    sending = Sending(conversation_id, int(author.id), written, client_id, reply_to_id)
    store([sending])
    for thing in list(db.session):
        if isinstance(thing, Conversation | Participant):
            db.session.expire(thing)  # written past it
    if sending.error is not None:
        raise sending.error
    return sending


def store(sendings: Sequence[Sending]) -> None:
    """Within a transaction: each gets the next number of its conversation, or says why not; in their order.

    The number of statements does not grow with them, unless they bring uploads or answer a message.
    """
    rooms = _lock(sorted({one.conversation_id for one in sendings}))
    authors = _authors({one.author_id for one in sendings})
    blocks = _blocks({user_id for room in rooms.values() for user_id in room.parts})
    known = _sent_before(rooms, {one.client_id for one in sendings if one.client_id})
    new: list[Sending] = []
    for one in sendings:
        try:
            _place(one, rooms.get(one.conversation_id), authors, blocks, known)
        except ForumError as error:
            one.error = error
        if one.is_new:
            new.append(one)
    if new:
        _write(new, rooms, blocks)


def refuse_to_blocked(user_id: int, people: Collection[int], blocks: Collection[tuple[int, int]]) -> None:
    """Raises Forbidden in a conversation of two where the person blocks the other one themselves."""
    if any((user_id, person_id) in blocks for person_id in people):
        raise Forbidden(_("You have blocked this person. Take that back to write to them."))


def refuse_other_words(body: str, written: Written, *, is_changed: bool) -> None:
    """Raises Conflict where the same submission came with another text."""
    if body != written.body and not is_changed:
        raise Conflict(_("This was sent before with another text."))


_LOCKED = (
    select(Conversation.id, Conversation.kind, Conversation.last_rev)
    .where(Conversation.id.in_(bindparam("ids", expanding=True)))
    .order_by(Conversation.id)  # in one order, or two writers wait for each other
    .with_for_update()
)
_PARTS = select(
    Participant.conversation_id,
    Participant.user_id,
    Participant.is_withheld,
    Participant.from_seq,
    Participant.read_seq,
    Participant.archived_at,
).where(Participant.conversation_id.in_(bindparam("ids", expanding=True)), Participant.left_at.is_(None))
_BLOCKS = select(MessageBlock.user_id, MessageBlock.blocked_id).where(
    MessageBlock.user_id.in_(bindparam("people", expanding=True)),
    MessageBlock.blocked_id.in_(bindparam("people", expanding=True)),
)
_SENT = select(
    Message.conversation_id,
    Message.author_id,
    Message.client_id,
    Message.id,
    Message.seq,
    Message.body,
    Message.edited_at,
    Message.deleted_at,
).where(
    Message.conversation_id.in_(bindparam("ids", expanding=True)),
    Message.client_id.in_(bindparam("client_ids", expanding=True)),
)
_COUNTED = (
    update(Conversation.__table__)  # type: ignore[arg-type]
    .where(Conversation.id == bindparam("which"))
    .values(last_rev=bindparam("rev"), changed_at=bindparam("at"))
)
_READ = (
    update(Participant.__table__)  # type: ignore[arg-type]
    .where(
        Participant.conversation_id == bindparam("which"),
        Participant.user_id == bindparam("who"),
    )
    .values(read_seq=bindparam("seq"), archived_at=None, changed_at=bindparam("at"))
)
_OPENED = (
    update(Participant.__table__)  # type: ignore[arg-type]
    .where(
        Participant.conversation_id == bindparam("which"),
        Participant.user_id == bindparam("who"),
    )
    .values(
        is_withheld=False,
        from_seq=bindparam("from"),
        read_seq=bindparam("read"),
        mailed_seq=bindparam("read"),
        archived_at=None,
        changed_at=bindparam("at"),
    )
)
_UNARCHIVED = (
    update(Participant.__table__)  # type: ignore[arg-type]
    .where(
        Participant.conversation_id == bindparam("which"),
        Participant.user_id == bindparam("who"),
    )
    .values(archived_at=None, changed_at=bindparam("at"))
)
_NEW = Message.__table__.insert()  # type: ignore[attr-defined]
_WITHHELD = Withholding.__table__.insert()  # type: ignore[attr-defined]


def _lock(conversation_ids: list[int]) -> dict[int, Room]:
    rooms = {row.id: Room(row.kind, row.last_rev, {}) for row in reading.rows(_LOCKED, ids=conversation_ids)}
    for row in reading.rows(_PARTS, ids=list(rooms)) if rooms else []:
        rooms[row.conversation_id].parts[row.user_id] = Part(*row)
    return rooms


def _authors(user_ids: set[int]) -> dict[int, User]:
    """As they are now: a revocation may have come between."""
    found = select(User).where(User.id.in_(user_ids)).execution_options(populate_existing=True)
    return {user.id: user for user in db.session.scalars(found)}


def _blocks(people: set[int]) -> set[tuple[int, int]]:
    """(who blocks, whom) among these."""
    return {tuple(row) for row in reading.rows(_BLOCKS, people=sorted(people))} if people else set()


def _sent_before(rooms: Mapping[int, Room], client_ids: set[str]) -> dict[tuple[int, int, str], Any]:
    if not rooms or not client_ids:
        return {}
    rows = reading.rows(_SENT, ids=list(rooms), client_ids=sorted(client_ids))
    return {(row.conversation_id, row.author_id, row.client_id): row for row in rows}


def _place(
    one: Sending,
    room: Room | None,
    authors: Mapping[int, User],
    blocks: set[tuple[int, int]],
    known: dict[tuple[int, int, str], Any],
) -> None:
    """Whether it may be said, and under which number."""
    author = authors.get(one.author_id)
    here = room.parts.get(one.author_id) if room is not None else None
    if author is None or room is None or here is None:
        raise NotFound
    one.author = author
    viewer = viewer_of(author)
    if not judge(Permission.READ_CONVERSATION, viewer, here):
        raise NotFound
    sends = judge(Permission.SEND_MESSAGE, viewer, here)
    if not sends:
        raise Forbidden(sends.reason)
    key = (one.conversation_id, author.id, one.client_id or "")
    before = known.get(key) if one.client_id else None
    if isinstance(before, Sending):
        refuse_other_words(before.written.body, one.written, is_changed=False)
        one.id, one.seq, one.at = before.id, before.seq, before.at
        return
    if before is not None:
        refuse_other_words(before.body, one.written, is_changed=bool(before.edited_at or before.deleted_at))
        one.id, one.seq = before.id, before.seq
        return
    others = [user_id for user_id in room.parts if user_id != author.id]
    if room.kind == ConversationKind.PAIR:
        refuse_to_blocked(author.id, others, blocks)
    if one.reply_to_id is not None and find_seen(viewer, here, one.reply_to_id) is None:  # type: ignore[arg-type]
        raise Invalid({"reply_to": _("The message you answer is not in this conversation.")})
    room.last_rev += 1
    one.id, one.seq, one.at, one.is_new = new_id(), room.last_rev, clock.now(), True
    one.reached = frozenset(room.parts) - {user_id for user_id in others if (user_id, author.id) in blocks}
    if one.client_id:
        known[key] = one


def _write(new: Sequence[Sending], rooms: Mapping[int, Room], blocks: set[tuple[int, int]]) -> None:
    """All that these change, in one statement for each table."""
    run = db.session.connection().execute
    run(_NEW, [_row(one) for one in new])
    last = {one.conversation_id: one for one in new}
    run(_COUNTED, [{"which": one.conversation_id, "rev": one.seq, "at": one.at} for one in last.values()])
    for one in new:
        if "/uploads/" in one.written.html and uploads_in(one.written.html):
            note_uploads(one.id, one.written.html, author_id=one.author_id, is_new=True)
    read: dict[tuple[int, int], Any] = {}
    opened, unarchived, withheld = [], [], []
    for one in new:
        author_id = one.author_id
        parts = rooms[one.conversation_id].parts
        here = parts[author_id]
        caught_up, here.read_seq = here.read_seq < one.seq - 1, one.seq
        read[one.conversation_id, author_id] = {
            "which": one.conversation_id,
            "who": author_id,
            "seq": one.seq,
            "at": one.at,
        }
        for part in parts.values():
            where = {"which": one.conversation_id, "who": part.user_id, "at": one.at}
            if part.user_id not in one.reached:
                withheld.append({"message_id": one.id, "user_id": part.user_id, "kept": False, "body": ""})
            elif part.is_withheld:
                part.is_withheld, part.from_seq, part.read_seq = False, one.seq - 1, one.seq - 1
                opened.append({**where, "from": one.seq - 1, "read": one.seq - 1})
            elif part.archived_at is not None and part.user_id != author_id:
                part.archived_at = None
                unarchived.append(where)
        publish(MessageSent(one.id, one.conversation_id, author_id, caught_up))
    run(_READ, list(read.values()))
    for statement, rows in ((_OPENED, opened), (_UNARCHIVED, unarchived), (_WITHHELD, withheld)):
        if rows:
            run(statement, rows)


def _row(one: Sending) -> dict[str, Any]:
    return {
        "id": one.id,
        "conversation_id": one.conversation_id,
        "seq": one.seq,
        "rev": one.seq,
        "author_id": one.author_id,
        "client_id": one.client_id,
        "body": one.written.body,
        "body_html": one.written.html,
        "renderer": one.written.renderer,
        "words": one.written.words,
        "reply_to_id": one.reply_to_id,
        "created_at": one.at,
        "edited_at": None,
        "deleted_at": None,
    }
