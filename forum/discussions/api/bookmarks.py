"""One's own bookmarks."""

from forum.access.doors import requires, signed_in
from forum.access.permissions import Permission
from forum.access.viewer import Viewer
from forum.core.errors import NotFound
from forum.core.transactions import transaction
from forum.discussions import models, schemas, shapes
from forum.discussions.actions import bookmarking
from forum.discussions.api import discussions_api
from forum.discussions.params import BookmarkBody, BookmarkListParams
from forum.discussions.queries.bookmarks import bookmark_of, bookmarks_of, find_bookmark
from forum.discussions.queries.posts import find_post
from forum.web import limits
from forum.web.operations import operation


@discussions_api.get("/bookmarks")
@signed_in
@operation(schemas.Bookmarks, query=BookmarkListParams)
def list_bookmarks(viewer: Viewer, asked: BookmarkListParams) -> schemas.Bookmarks:
    """Your bookmarks, the newest first. Of a post that is no longer open to you only your note is there."""
    page = bookmarks_of(
        viewer,
        after=asked.after,
        limit=asked.limit,
        only_reminders=asked.only == "reminders",
        words=asked.q,
    )
    return schemas.Bookmarks(items=[shapes.bookmark_of(row) for row in page.items], next=page.after)


@discussions_api.put("/posts/<id:post_id>/bookmark")
@requires(Permission.BOOKMARK, subject=find_post)
@operation(schemas.Bookmark, takes=BookmarkBody)
def put_bookmark(viewer: Viewer, post: models.Post, given: BookmarkBody) -> schemas.Bookmark:
    """Keep a post, with a note and a moment to be reminded. What is left out stays as it is."""
    limits.hit("react", viewer.id)
    with transaction():
        kept = bookmarking.keep_post(post, reader=viewer.user)
        bookmarking.put_bookmark(
            kept.id,
            reader=viewer.user,
            note=kept.note if given.note is None else given.note,
            remind_at=given.remind_at if "remind_at" in given.model_fields_set else kept.remind_at,
        )
    row = find_bookmark(viewer, kept.id)
    if row is None:
        raise NotFound
    return shapes.bookmark_of(row)


@discussions_api.delete("/posts/<id:post_id>/bookmark")
@signed_in
@operation()
def remove_bookmark(viewer: Viewer, post_id: int) -> None:
    """Keep a post no longer, also where it is not open to you any more."""
    kept = bookmark_of(viewer, post_id)
    if kept is not None:
        bookmarking.remove_bookmark(kept.id, reader=viewer.user)
    elif find_post(viewer, post_id) is None:
        raise NotFound
