"""Conversations as one of their participants has them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.orm import joinedload

from forum.access.viewer import Viewer
from forum.core import settings
from forum.core.db import db
from forum.core.pages import Page, cut, decode_cursor, encode_cursor
from forum.media.models import Upload
from forum.messaging.models import Conversation, Message, MessagingPreferences, Participant
from forum.messaging.queries.here import find_here, is_open_to, reaches
from forum.messaging.queries.messages import Seen, seen_of_several
from forum.messaging.queries.quiet import silent_since
from forum.messaging.queries.unread import unread_counts


@dataclass(frozen=True, slots=True)
class Row:
    """A conversation with what belongs to it.

    `people` take part, the viewer included, by name; `read` is how far each of the others has read, where that is told.
    """

    here: Participant
    people: Sequence[Participant]
    read: Mapping[int, int]
    last: Seen | None
    unread: int
    picture: Upload | None

    @property
    def conversation(self) -> Conversation:
        return self.here.conversation

    @property
    def others(self) -> list[Participant]:
        return [one for one in self.people if one.user_id != self.here.user_id]


def conversations_of(
    viewer: Viewer, *, archived: bool = False, after: str | None = None, limit: int = 30
) -> Page[Row]:
    """The viewer's conversations: the pinned ones first, then by what was said last in them."""
    if viewer.user is None or not viewer.may_act:
        return Page([])
    newest = func.coalesce(_last_id(), Participant.conversation_id)
    loose = case((Participant.pinned_at.is_(None), 1), else_=0)
    kept = Participant.archived_at.is_not(None) if archived else Participant.archived_at.is_(None)
    wanted = (
        select(Participant, newest.label("newest"), loose.label("loose"))
        .options(joinedload(Participant.conversation))
        .where(is_open_to(viewer.id), kept)
    )
    if after:
        was_loose, was_newest = decode_cursor(after, [int, int])
        wanted = wanted.where(or_(loose > was_loose, and_(loose == was_loose, newest < was_newest)))
    found = db.session.execute(wanted.order_by(loose, newest.desc()).limit(limit + 1)).all()
    shown, more = cut(found, limit)
    cursor = encode_cursor([shown[-1].loose, shown[-1].newest]) if more else None
    return Page(rows_of(viewer, [row.Participant for row in shown]), cursor)


def rows_of(viewer: Viewer, parts: Sequence[Participant]) -> list[Row]:
    """What belongs to some conversations of the viewer, in a number of statements that does not grow with them."""
    if not parts:
        return []
    ids = [part.conversation_id for part in parts]
    people = _people(ids)
    lasts, unread = _last_messages(viewer, parts), unread_counts(viewer, ids)
    read = _read_by(viewer, parts, people)
    pictures = _pictures([part.conversation.picture_id for part in parts])
    return [
        Row(
            part,
            people[part.conversation_id],
            read.get(part.conversation_id, {}),
            lasts.get(part.conversation_id),
            unread.get(part.conversation_id, 0),
            pictures.get(part.conversation.picture_id or 0),
        )
        for part in parts
    ]


def row_of(viewer: Viewer, here: Participant) -> Row:
    return rows_of(viewer, [here])[0]


def find_row(viewer: Viewer, conversation_id: int) -> Row | None:
    here = find_here(viewer, conversation_id)
    return row_of(viewer, here) if here is not None else None


def participant_ids(conversation_id: int) -> list[int]:
    """Everybody who takes part, whether or not they are told of it."""
    taking_part = select(Participant.user_id).where(
        Participant.conversation_id == conversation_id, Participant.left_at.is_(None)
    )
    return list(db.session.scalars(taking_part.order_by(Participant.user_id)))


def receipts_between(user_ids: Sequence[int]) -> set[int]:
    """Those of these people who tell, and are told, how far messages are read; nobody where the society does not want it."""
    if not settings.current().read_receipts:
        return set()
    silent = select(MessagingPreferences.user_id).where(
        MessagingPreferences.user_id.in_(user_ids), MessagingPreferences.receipts.is_(False)
    )
    return set(user_ids) - set(db.session.scalars(silent))


def _last_id() -> Any:
    """The id of the newest message that the participant of the statement around it may read."""
    return (
        select(Message.id)
        .where(
            Message.conversation_id == Participant.conversation_id,
            Message.seq > Participant.from_seq,
            reaches(Participant.user_id),
        )
        .order_by(Message.seq.desc())
        .limit(1)
        .correlate(Participant)
        .scalar_subquery()
    )


def _last_messages(viewer: Viewer, parts: Sequence[Participant]) -> dict[int, Seen]:
    mine = {part.conversation_id: part for part in parts}
    lasts = select(_last_id()).where(
        Participant.user_id == viewer.id, Participant.conversation_id.in_(list(mine))
    )
    found = db.session.scalars(
        select(Message).options(joinedload(Message.author)).where(Message.id.in_(lasts))
    )
    shown = seen_of_several(viewer, [(message, mine[message.conversation_id]) for message in found])
    return {one.message.conversation_id: one for one in shown}


def _people(ids: Sequence[int]) -> dict[int, list[Participant]]:
    found: dict[int, list[Participant]] = defaultdict(list)
    taking_part = (
        select(Participant)
        .options(joinedload(Participant.user), joinedload(Participant.conversation))
        .where(Participant.conversation_id.in_(ids), Participant.left_at.is_(None))
        .execution_options(populate_existing=True)
    )
    for part in db.session.scalars(taking_part):
        found[part.conversation_id].append(part)
    for several in found.values():
        several.sort(key=lambda part: (part.user.name_key, part.user_id))
    return found


def _read_by(
    viewer: Viewer, parts: Sequence[Participant], people: Mapping[int, Sequence[Participant]]
) -> dict[int, dict[int, int]]:
    """{conversation: {person: up to where}} of those who tell it to the viewer."""
    everybody = {one.user_id for several in people.values() for one in several}
    telling = receipts_between(sorted(everybody))
    if viewer.id not in telling:
        return {}
    silent = silent_since(viewer.id, telling)
    found: dict[int, dict[int, int]] = {}
    for part in parts:
        found[part.conversation_id] = {
            one.user_id: _told(one, silent.get(one.user_id))
            for one in people[part.conversation_id]
            if one.user_id in telling and one.user_id != viewer.id
        }
    return found


def _told(one: Participant, silent_from: datetime | None) -> int:
    """How far somebody has read; where they are silent towards whoever asks, no further than what was said before that."""
    if silent_from is None:
        return one.read_seq
    before = select(func.max(Message.seq)).where(
        Message.conversation_id == one.conversation_id, Message.created_at <= silent_from
    )
    return min(one.read_seq, db.session.scalar(before) or 0)


def _pictures(ids: Sequence[int | None]) -> dict[int, Upload]:
    wanted = [one for one in ids if one is not None]
    if not wanted:
        return {}
    found = select(Upload).where(Upload.id.in_(wanted), Upload.deleted_at.is_(None))
    return {upload.id: upload for upload in db.session.scalars(found)}
