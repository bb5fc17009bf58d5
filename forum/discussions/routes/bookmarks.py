"""One's own bookmarks: kept with a button at the post, looked through, annotated, given up."""

from typing import Any
from zoneinfo import ZoneInfo

from flask import Response, request
from flask_babel import gettext as _

from forum.access.doors import requires, signed_in
from forum.access.permissions import Permission
from forum.access.viewer import Viewer
from forum.core.errors import Invalid, NotFound
from forum.discussions import addresses
from forum.discussions.actions import bookmarking
from forum.discussions.models import Post
from forum.discussions.params import BookmarkListParams, BookmarkParams
from forum.discussions.queries.bookmarks import BookmarkRow, bookmarks_of, find_bookmark
from forum.discussions.queries.posts import find_post
from forum.discussions.reminding import moment_of
from forum.discussions.routes import discussions
from forum.web import limits, params, respond
from forum.web.templating import choose_time_zone


@discussions.get("/bookmarks")
@signed_in
def list_bookmarks(viewer: Viewer) -> Response:
    asked = params.read_query(BookmarkListParams)
    page = bookmarks_of(
        viewer,
        after=asked.after,
        limit=asked.limit,
        only_reminders=asked.only == "reminders",
        words=asked.q,
    )
    return respond.page("discussions/bookmarks.html", rows=page.items, after=page.after, asked=asked)


@discussions.post("/posts/<id:post_id>/bookmark")
@requires(Permission.BOOKMARK, subject=find_post)
def keep_post(viewer: Viewer, post: Post) -> Response:
    limits.hit("react", viewer.id)
    bookmarking.keep_post(post, reader=viewer.user)
    return respond.see(addresses.of_post(post.topic, post), notice=_("Kept among your bookmarks."))


@discussions.get("/bookmarks/<id:bookmark_id>")
@signed_in
def bookmark_form(viewer: Viewer, bookmark_id: int) -> Response:
    row = _row(viewer, bookmark_id)
    at = row.bookmark.remind_at
    values = {
        "note": row.bookmark.note,
        "remind": "keep" if at else "",
        "at": at.astimezone(_zone()).strftime("%Y-%m-%dT%H:%M") if at else "",
    }
    return _page(row, values)


@discussions.post("/bookmarks/<id:bookmark_id>")
@signed_in
def put_bookmark(viewer: Viewer, bookmark_id: int) -> Response:
    row = _row(viewer, bookmark_id)
    try:
        given = params.read(BookmarkParams)
        moment = moment_of(given, _zone(), row.bookmark.remind_at)
        bookmarking.put_bookmark(bookmark_id, reader=viewer.user, note=given.note, remind_at=moment)
    except Invalid as error:
        errors = {"at" if name == "remind_at" else name: said for name, said in error.errors.items()}
        return _page(row, request.form, errors, status=422)
    return respond.see("/bookmarks", notice=_("Saved."))


@discussions.post("/bookmarks/<id:bookmark_id>/remove")
@signed_in
def remove_bookmark(viewer: Viewer, bookmark_id: int) -> Response:
    bookmarking.remove_bookmark(bookmark_id, reader=viewer.user)
    return respond.see("/bookmarks", notice=_("It is no longer among your bookmarks."))


def _row(viewer: Viewer, bookmark_id: int) -> BookmarkRow:
    row = find_bookmark(viewer, bookmark_id)
    if row is None:
        raise NotFound
    return row


def _zone() -> ZoneInfo:
    return ZoneInfo(choose_time_zone())


def _page(row: BookmarkRow, values: Any, errors: dict[str, str] | None = None, status: int = 200) -> Response:
    return respond.page(
        "discussions/bookmark.html",
        status=status,
        row=row,
        values=values,
        errors=errors or {},
        zone=choose_time_zone(),
    )
