"""Keeping which uploads stand in a post: the right to read it is the right to see them."""

from sqlalchemy import select

from forum.core.db import db
from forum.discussions.models import Post
from forum.markup import uploads_in
from forum.media.models import Attachment, Upload

LARGEST_ID = 2**63 - 1


def note_uploads(post: Post, *, writer_id: int, is_new: bool = False) -> None:
    """Within the transaction that writes a post: what its writer brought, and what stood in it before, is open to its readers.

    What others brought is not: it is open to those who may read where it stands, and a text that names it opens nothing.
    """
    named = {upload_id for upload_id in uploads_in(post.body_html) if upload_id <= LARGEST_ID}
    if is_new and not named:
        return
    known = (
        () if is_new else db.session.scalars(select(Attachment).where(Attachment.post_id == post.id)).all()
    )
    for attachment in known:
        attachment.is_shown = attachment.upload_id in named
    fresh = named - {attachment.upload_id for attachment in known}
    if fresh:
        # Held until the end of the transaction, so that none is swept meanwhile.
        own = select(Upload.id).where(
            Upload.id.in_(fresh), Upload.owner_id == writer_id, Upload.deleted_at.is_(None)
        )
        held = db.session.scalars(own.order_by(Upload.id).with_for_update(read=True)).all()
        db.session.add_all([Attachment(post_id=post.id, upload_id=upload_id) for upload_id in held])
