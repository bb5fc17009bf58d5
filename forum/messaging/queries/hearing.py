"""Who hears of what somebody does: those who share a conversation with them, and between whom it is not silent."""

from collections.abc import Collection

from sqlalchemy import select

from forum.access.viewer import Viewer
from forum.core.db import db
from forum.messaging.models import MessagingPreferences, Participant
from forum.messaging.queries.conversations import receipts_between
from forum.messaging.queries.here import find_here
from forum.messaging.queries.quiet import knows_presence, silent_since


def acquaintances(user_id: int) -> set[int]:
    """Those who share a conversation with somebody that is there for both, without those who hear nothing of them."""
    mine = select(Participant.conversation_id).where(
        Participant.user_id == user_id, Participant.left_at.is_(None), Participant.is_withheld.is_(False)
    )
    others = select(Participant.user_id).where(
        Participant.conversation_id.in_(mine),
        Participant.user_id != user_id,
        Participant.left_at.is_(None),
        Participant.is_withheld.is_(False),
    )
    found = set(db.session.scalars(others.distinct()))
    return found - set(silent_since(user_id, found))


def is_invisible(user_id: int) -> bool:
    chosen = select(MessagingPreferences.invisible).where(MessagingPreferences.user_id == user_id)
    return bool(db.session.scalar(chosen))


def invisible_among(user_ids: Collection[int]) -> set[int]:
    chosen = select(MessagingPreferences.user_id).where(
        MessagingPreferences.user_id.in_(user_ids), MessagingPreferences.invisible
    )
    return set(db.session.scalars(chosen)) if user_ids else set()


def hears_presence(viewer: Viewer, user_id: int) -> bool:
    """Whether the viewer may know now whether somebody is here."""
    if viewer.id is None or viewer.id == user_id or not viewer.may_act:
        return False
    return knows_presence(viewer.id, user_id)


def hears_typing(viewer: Viewer, conversation_id: int, user_id: int) -> bool:
    if viewer.id is None or viewer.id == user_id or find_here(viewer, conversation_id) is None:
        return False
    return not silent_since(viewer.id, [user_id])


def hears_reading(viewer: Viewer, conversation_id: int, user_id: int) -> bool:
    """Whether the viewer is told how far somebody has read: of themselves always, of others where both want it."""
    if viewer.id is None or find_here(viewer, conversation_id) is None:
        return False
    if viewer.id == user_id:
        return True
    return receipts_between([viewer.id, user_id]) == {viewer.id, user_id} and not silent_since(
        viewer.id, [user_id]
    )
