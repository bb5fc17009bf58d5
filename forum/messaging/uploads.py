"""Who may see what was uploaded and stands in messages: whoever may read one of those messages now. After leaving, nobody."""

import re
from collections.abc import Collection
from typing import Any

from sqlalchemy import Select, literal, or_, select

from forum.access.viewer import Viewer
from forum.core.db import db
from forum.media.models import Upload
from forum.media.uses import Reach
from forum.messaging.models import Conversation, Message, MessageAttachment, Participant
from forum.messaging.queries.here import is_open_to, reaches

_NAMED = re.compile(r"/uploads/([1-9]\d{0,18})/", re.ASCII)
MOST_PLACES = 200


class MessageUses:
    """Messages, pictures of groups and drafts, for `media.uses`."""

    furthest = Reach.VIEWER

    def reach(self, viewer: Viewer, upload_id: int) -> Reach:
        if viewer.user is None or not viewer.may_act:
            return Reach.NOBODY
        stands = _standing(viewer, select(literal(1))).where(MessageAttachment.upload_id == upload_id)
        found = db.session.scalar(select(or_(stands.exists(), _shown(viewer, upload_id).exists())))
        return Reach.VIEWER if found else Reach.NOBODY

    def kept(self, upload_ids: Collection[int]) -> set[int]:
        stands = select(MessageAttachment.upload_id).where(MessageAttachment.upload_id.in_(upload_ids))
        shown = select(Conversation.picture_id).where(Conversation.picture_id.in_(upload_ids))
        pictures = {one for one in db.session.scalars(shown) if one is not None}
        return set(db.session.scalars(stands)) | pictures | _in_drafts(upload_ids)

    def places(self, viewer: Viewer, upload_ids: Collection[int]) -> dict[int, list[tuple[str, str]]]:
        from forum.messaging.queries.conversations import rows_of
        from forum.messaging.shapes import title_of

        if viewer.user is None or not viewer.may_act:
            return {}
        wanted = MessageAttachment.upload_id.in_(upload_ids)
        standing = _standing(viewer, select(MessageAttachment.upload_id, Message.conversation_id)).where(
            wanted
        )
        found = db.session.execute(standing.distinct().limit(MOST_PLACES)).all()
        if not found:
            return {}
        ids = {row.conversation_id for row in found}
        parts = db.session.scalars(
            select(Participant).where(is_open_to(viewer.id), Participant.conversation_id.in_(ids))
        ).all()
        titles = {row.here.conversation_id: title_of(row) for row in rows_of(viewer, parts)}
        places: dict[int, list[tuple[str, str]]] = {}
        for row in sorted(found, key=lambda row: row.conversation_id):
            place = (titles[row.conversation_id], f"/messages/{row.conversation_id}")
            places.setdefault(row.upload_id, []).append(place)
        return places


def _standing(viewer: Viewer, found: Any) -> Any:
    """Attachments of the messages that the viewer may read."""
    return (
        found.select_from(MessageAttachment)
        .join(Message, Message.id == MessageAttachment.message_id)
        .join(Participant, Participant.conversation_id == Message.conversation_id)
        .where(
            is_open_to(viewer.id),
            Message.seq > Participant.from_seq,
            Message.deleted_at.is_(None),
            reaches(viewer.id),
        )
    )


def _shown(viewer: Viewer, upload_id: int) -> Select[Any]:
    """As the picture of a group that the viewer is in."""
    return (
        select(literal(1))
        .select_from(Conversation)
        .join(Participant, Participant.conversation_id == Conversation.id)
        .where(Conversation.picture_id == upload_id, is_open_to(viewer.id))
    )


def _in_drafts(upload_ids: Collection[int]) -> set[int]:
    """Which of these their owners are writing about."""
    owners = select(Upload.owner_id).where(Upload.id.in_(upload_ids))
    mine = Participant.user_id.in_(owners), Participant.left_at.is_(None)
    bodies = db.session.scalars(
        select(Participant.draft).where(*mine, Participant.draft.contains("/uploads/"))
    )
    named = {int(found) for body in bodies for found in _NAMED.findall(body)}
    return named & set(upload_ids)
