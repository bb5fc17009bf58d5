"""What has changed in somebody's conversations since they last asked. By commit time with an overlap: repeats are harmless."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import and_, case, or_, select
from sqlalchemy.orm import contains_eager

from forum.access.viewer import Viewer
from forum.core import clock
from forum.core.db import db
from forum.core.pages import cut, decode_cursor, decode_moment, encode_cursor
from forum.messaging.models import Conversation, Participant
from forum.messaging.queries.here import is_open_to
from forum.messaging.queries.unread import unread_counts

OVERLAP = timedelta(seconds=10)  # longer than any transaction waits between taking its time and its commit
AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Changed:
    here: Participant
    unread: int


@dataclass(frozen=True, slots=True)
class Inbox:
    """`gone` are the ids of conversations that are no longer there for the viewer. `more`: ask again at once."""

    changed: Sequence[Changed]
    gone: Sequence[int]
    cursor: str
    more: bool


def sync_inbox(viewer: Viewer, *, cursor: str | None = None) -> Inbox:
    """Every conversation of the viewer in which anything has changed since the cursor, the oldest change first."""
    began = clock.now()
    moment = case(
        (Conversation.changed_at > Participant.changed_at, Conversation.changed_at),
        else_=Participant.changed_at,
    )
    wanted = (
        select(Participant, moment.label("moment"))
        .join(Participant.conversation)
        .options(contains_eager(Participant.conversation))
    )
    gone: list[int] = []
    if cursor:
        since, after_moment, after_id, began_before = decode_cursor(cursor, [str, str, int, str])
        if after_id:
            last = decode_moment(after_moment)
            began = decode_moment(began_before)
            later = or_(moment > last, and_(moment == last, Participant.conversation_id > after_id))
            wanted = wanted.where(later)
        else:
            floor = decode_moment(since) - OVERLAP
            wanted = wanted.where(or_(Conversation.changed_at >= floor, Participant.changed_at >= floor))
            gone = _gone_since(viewer, floor)
    wanted = wanted.where(is_open_to(viewer.id)).order_by(moment, Participant.conversation_id)
    rows, more = cut(
        db.session.execute(wanted.limit(AT_ONCE + 1).execution_options(populate_existing=True)).all(), AT_ONCE
    )
    unread = unread_counts(viewer, [row.Participant.conversation_id for row in rows]) if rows else {}
    changed = [Changed(row.Participant, unread.get(row.Participant.conversation_id, 0)) for row in rows]
    if more:
        last_row = rows[-1]
        key = ["", last_row.moment.isoformat(), last_row.Participant.conversation_id, began.isoformat()]
    else:
        key = [began.isoformat(), "", 0, ""]
    return Inbox(changed, gone, encode_cursor(key), more)


def _gone_since(viewer: Viewer, floor: object) -> list[int]:
    left = select(Participant.conversation_id).where(
        Participant.user_id == viewer.id, Participant.left_at.is_not(None), Participant.changed_at >= floor
    )
    return list(db.session.scalars(left))
