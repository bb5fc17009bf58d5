"""How posts read before they were edited."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from forum.core.db import db
from forum.core.pages import Page, cut, decode_cursor, encode_cursor
from forum.discussions.models import Post, Revision


def revisions_of(post: Post, *, after: str | None, limit: int) -> Page[Revision]:
    """The revisions of a post, newest first. The caller has asked whether they may be read."""
    found = select(Revision).options(joinedload(Revision.edited_by)).where(Revision.post_id == post.id)
    if after:
        found = found.where(Revision.id < decode_cursor(after, [int])[0])
    rows = db.session.scalars(found.order_by(Revision.id.desc()).limit(limit + 1)).all()
    shown: Sequence[Revision]
    shown, more = cut(rows, limit)
    return Page(shown, encode_cursor([shown[-1].id]) if more else None)
