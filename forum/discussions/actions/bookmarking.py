"""Keeping posts for oneself. Nobody else learns of it; so nothing is announced, counted or logged."""

from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import delete, select
from sqlalchemy.orm import joinedload

from forum.access.audience import may_read
from forum.access.doors import authorize
from forum.access.permissions import Permission
from forum.access.viewer import viewer_of
from forum.accounts.models import User
from forum.core import clock
from forum.core.db import db
from forum.core.errors import Invalid, NotFound
from forum.core.ids import new_id
from forum.core.transactions import transaction, transactional
from forum.core.upserts import insert_or_ignore
from forum.discussions.models import Bookmark, Post, Topic
from forum.discussions.queries.posts import find_post
from forum.notifications.actions import notify
from forum.notifications.models import NotificationKind

FARTHEST = timedelta(days=5 * 366)
AT_ONCE = 200  # reminders in one turn of the schedule


@transactional
def keep_post(post: Post, *, reader: User) -> Bookmark:
    """Keep a post; what is kept already stays as it is."""
    viewer = viewer_of(reader)
    found = find_post(viewer, post.id)
    if found is None:
        raise NotFound
    authorize(Permission.BOOKMARK, viewer, found)
    row = {"id": new_id(), "user_id": reader.id, "post_id": post.id, "note": "", "created_at": clock.now()}
    insert_or_ignore(Bookmark, [row])
    mine = Bookmark.user_id == reader.id, Bookmark.post_id == post.id
    return db.session.scalars(select(Bookmark).where(*mine)).one()


@transactional
def put_bookmark(bookmark_id: int, *, reader: User, note: str, remind_at: datetime | None) -> None:
    """Write down why one keeps it, and when one wants to be reminded."""
    bookmark = db.session.scalar(
        select(Bookmark).where(Bookmark.id == bookmark_id, Bookmark.user_id == reader.id).with_for_update()
    )
    if bookmark is None:
        raise NotFound
    if remind_at is not None and remind_at != bookmark.remind_at:
        if remind_at <= clock.now():
            raise Invalid({"remind_at": _("Choose a moment that is still to come.")})
        if remind_at > clock.now() + FARTHEST:
            raise Invalid({"remind_at": _("Choose a moment within the next five years.")})
    bookmark.put(note=note, remind_at=remind_at)


@transactional
def remove_bookmark(bookmark_id: int, *, reader: User) -> None:
    """Keep it no longer."""
    db.session.execute(delete(Bookmark).where(Bookmark.id == bookmark_id, Bookmark.user_id == reader.id))


def give_due_reminders() -> int:
    """Tell everybody whose moment has come, each exactly once, whoever else does the same; answers how many.

    Where the post cannot be read by them at that moment it waits until it can be, for three months at most.
    """
    due = select(Bookmark.id).where(Bookmark.remind_at <= clock.now()).order_by(Bookmark.remind_at)
    ids = list(db.session.scalars(due.limit(AT_ONCE)))
    return sum(_remind(bookmark_id) for bookmark_id in ids)


def _remind(bookmark_id: int) -> bool:
    with transaction():
        due = select(Bookmark).where(Bookmark.id == bookmark_id, Bookmark.remind_at <= clock.now())
        bookmark = db.session.scalar(due.with_for_update().execution_options(populate_existing=True))
        if (
            bookmark is None or bookmark.remind_at is None
        ):  # another process was faster, or it has been put off
            return False
        if not _can_be_read(bookmark):
            bookmark.wait(clock.now())
            return False
        notify(
            [bookmark.user_id],
            NotificationKind.REMINDER,
            key=f"reminder:{bookmark.id}:{int(bookmark.remind_at.timestamp())}",
            post_id=bookmark.post_id,
            detail={"note": bookmark.note},
        )
        bookmark.remind_at = bookmark.waits_since = None
    return True


def _can_be_read(bookmark: Bookmark) -> bool:
    """Whether its owner may read the post now, as everybody who reads its topic does."""
    owner = db.session.get_one(User, bookmark.user_id)
    whole = (joinedload(Post.topic).joinedload(Topic.audience),)
    post = db.session.scalars(select(Post).options(*whole).where(Post.id == bookmark.post_id)).one()
    is_visible = post.is_visible and post.topic.is_visible
    return is_visible and not owner.is_suspended() and may_read(viewer_of(owner), post.topic.audience)
