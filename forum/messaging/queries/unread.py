"""What is unread: never counted up, always counted."""

from collections.abc import Sequence

from sqlalchemy import bindparam, func, select

from forum.access.viewer import Viewer
from forum.core import reading
from forum.notifications.private import MESSAGES, MOST, unread_messages, unread_rows

_BY_CONVERSATION = (
    unread_rows(MESSAGES.c.conversation_id, func.count())
    .where(MESSAGES.c.conversation_id.in_(bindparam("conversations", expanding=True)))
    .group_by(MESSAGES.c.conversation_id)
)
_TOTAL = select(unread_messages())


def unread_counts(viewer: Viewer, conversation_ids: Sequence[int]) -> dict[int, int]:
    """Unread messages by conversation, at most 100 each."""
    if viewer.id is None or not conversation_ids:
        return {}
    found = reading.rows(_BY_CONVERSATION, me=viewer.id, conversations=list(conversation_ids))
    return {conversation_id: min(count, MOST) for conversation_id, count in found}


def unread_total(viewer: Viewer) -> int:
    """Unread messages of all conversations that are not muted, at most 100: what the badge says."""
    if viewer.id is None or not viewer.may_act:
        return 0
    return int(reading.first(_TOTAL, me=viewer.id)[0])
