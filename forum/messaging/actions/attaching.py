"""Keeping which uploads stand in a message: whoever may read it now may see them."""

from sqlalchemy import delete, select

from forum.core.db import db
from forum.markup import SafeHTML, uploads_in
from forum.media.models import Upload
from forum.messaging.models import MessageAttachment

LARGEST_ID = 2**63 - 1


def note_uploads(message_id: int, html: SafeHTML, *, author_id: int, is_new: bool = False) -> None:
    """Within the transaction that writes a message: what its author brought is open to its readers, and nothing else is."""
    named = {upload_id for upload_id in uploads_in(html) if upload_id <= LARGEST_ID}
    known: set[int] = set()
    if not is_new:
        stand = select(MessageAttachment.upload_id).where(MessageAttachment.message_id == message_id)
        known = set(db.session.scalars(stand))
        gone = known - named
        if gone:
            db.session.execute(
                delete(MessageAttachment).where(
                    MessageAttachment.message_id == message_id, MessageAttachment.upload_id.in_(gone)
                )
            )
    fresh = named - known
    if fresh:
        # Held until the end of the transaction, so that none is swept meanwhile.
        own = select(Upload.id).where(
            Upload.id.in_(fresh), Upload.owner_id == author_id, Upload.deleted_at.is_(None)
        )
        held = db.session.scalars(own.order_by(Upload.id).with_for_update(read=True)).all()
        db.session.add_all(
            [MessageAttachment(message_id=message_id, upload_id=upload_id) for upload_id in held]
        )
