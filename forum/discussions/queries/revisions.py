"""How posts read before they were edited."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.attributes import set_committed_value

from forum.access.rules.discussions import moderates
from forum.access.viewer import Viewer
from forum.core.db import db
from forum.core.pages import Page, cut, decode_cursor, encode_cursor
from forum.discussions.diffs import Line, compare
from forum.discussions.models import Post, Revision
from forum.discussions.queries.posts import find_post
from forum.discussions.queries.quotes import open_quotes
from forum.markup import without_quotes


@dataclass(frozen=True, slots=True)
class Edit:
    """One edit: what it was made of, and what it changed. `lines` is None where a version of the two is hidden from the viewer."""

    revision: Revision
    lines: list[Line] | None


def revisions_of(post: Post, *, after: str | None, limit: int) -> Page[Revision]:
    """The revisions of a post, newest first. The caller has asked whether they may be read."""
    found = select(Revision).options(joinedload(Revision.edited_by)).where(Revision.post_id == post.id)
    if after:
        found = found.where(Revision.id < decode_cursor(after, [int])[0])
    rows = db.session.scalars(found.order_by(Revision.id.desc()).limit(limit + 1)).all()
    shown: Sequence[Revision]
    shown, more = cut(rows, limit)
    return Page(shown, encode_cursor([shown[-1].id]) if more else None)


def edits_of(viewer: Viewer, post: Post, *, after: str | None, limit: int = 20) -> Page[Edit]:
    """The edits of a post, newest first, each with what it changed. The caller has asked whether they may be read."""
    page = revisions_of(post, after=after, limit=limit)
    sees_all = moderates(viewer, post.topic)
    newer = _next_after(post, page.items[0].id) if after and page.items else None
    body, is_hidden = (newer.body, newer.is_hidden) if newer is not None else (post.body, False)
    quotes = open_quotes(viewer, [body, *(revision.body for revision in page.items)])
    edits = []
    for revision in page.items:
        shown = sees_all or not (revision.is_hidden or is_hidden)
        then, now = (without_quotes(text, quotes) for text in (revision.body, body))
        edits.append(Edit(revision, compare(then, now) if shown else None))
        body, is_hidden = revision.body, revision.is_hidden
    return Page(edits, page.after)


def find_revision(viewer: Viewer, revision_id: int) -> Revision | None:
    """The revision with its post, if the topic is there for this viewer."""
    revision = db.session.get(Revision, revision_id)
    post = find_post(viewer, revision.post_id) if revision is not None else None
    if revision is None or post is None:
        return None
    set_committed_value(revision, "post", post)
    return revision


def _next_after(post: Post, revision_id: int) -> Revision | None:
    found = select(Revision).where(Revision.post_id == post.id, Revision.id > revision_id)
    return db.session.scalar(found.order_by(Revision.id).limit(1))
