"""Keeping posts for oneself. Nobody else learns of it; so nothing is announced, counted or logged."""

from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import delete, select, update

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
from forum.discussions.models import Bookmark, Post
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
    """Tell everybody whose moment has come, each exactly once, whoever else does the same; answers how many."""
    due = select(Bookmark.id).where(Bookmark.remind_at <= clock.now()).order_by(Bookmark.remind_at)
    ids = list(db.session.scalars(due.limit(AT_ONCE)))
    return sum(_remind(bookmark_id) for bookmark_id in ids)


def _remind(bookmark_id: int) -> bool:
    with transaction():
        bookmark = db.session.get(Bookmark, bookmark_id)
        if bookmark is None or bookmark.remind_at is None:
            return False
        taken = (
            update(Bookmark)
            .where(Bookmark.id == bookmark.id, Bookmark.remind_at == bookmark.remind_at)
            .values(remind_at=None)
            .returning(Bookmark.id)
            .execution_options(synchronize_session=False)
        )
        if db.session.execute(taken).first() is None:  # another process was faster, or it has been put off
            return False
        notify(
            [bookmark.user_id],
            NotificationKind.REMINDER,
            key=f"reminder:{bookmark.id}:{int(bookmark.remind_at.timestamp())}",
            post_id=bookmark.post_id,
            detail={"note": bookmark.note},
        )
    return True
