"""What is unread: messages by others, visible, above the pointer; never counted up, always counted. The one place that says so."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, func, literal, select

from forum.access.viewer import Viewer
from forum.core.db import db
from forum.messaging.models import Message, Participant
from forum.messaging.queries.here import reaches
from forum.messaging.queries.quiet import is_not_ignored

MOST = 100  # "99+"


def unread_counts(viewer: Viewer, conversation_ids: Sequence[int]) -> dict[int, int]:
    """Unread messages by conversation, at most 100 each."""
    found = (
        _unread(viewer, Message.conversation_id, func.count().label("n"))
        .where(Participant.conversation_id.in_(conversation_ids))
        .group_by(Message.conversation_id)
    )
    return {row.conversation_id: min(row.n, MOST) for row in db.session.execute(found)}


def unread_total(viewer: Viewer) -> int:
    """Unread messages of all conversations that are not muted, at most 100: what the badge says."""
    if viewer.user is None or not viewer.may_act:
        return 0
    some = _unread(viewer, literal(1).label("one")).where(Participant.muted.is_(False)).limit(MOST).subquery()
    return db.session.scalar(select(func.count()).select_from(some)) or 0


def _unread(viewer: Viewer, *columns: Any) -> Select[Any]:
    return (
        select(*columns)
        .select_from(Participant)
        .join(Message, Message.conversation_id == Participant.conversation_id)
        .where(
            Participant.user_id == viewer.id,
            Participant.left_at.is_(None),
            Participant.is_withheld.is_(False),
            Message.seq > Participant.read_seq,
            Message.seq > Participant.from_seq,
            Message.author_id != Participant.user_id,
            Message.deleted_at.is_(None),
            reaches(Participant.user_id),
            is_not_ignored(Participant.user_id, Message.author_id),
        )
    )
