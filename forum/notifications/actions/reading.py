"""What has been seen: by opening what it is about, or said with a button."""

from collections.abc import Collection

from sqlalchemy import ColumnElement, and_, or_, select, update

from forum.accounts.models import User
from forum.core import clock
from forum.core.db import db
from forum.core.transactions import publish, transactional
from forum.notifications.kinds import EVEN_IF_MUTED, OFFICIAL
from forum.notifications.models import Notification, NotificationKind
from forum.notifications.signals import NotificationsSeen
from forum.notifications.subjects import POSTS


@transactional
def mark_read(user: User, ids: Collection[int]) -> None:
    """These of the person's own notifications have been seen."""
    _mark(user.id, Notification.id.in_(sorted(ids)))


@transactional
def mark_all_read(
    user: User, *, up_to: int, topic_id: int | None = None, kind: NotificationKind | None = None
) -> None:
    """All up to one have been seen, or those of one kind about one topic: what came since is still new."""
    criteria = [Notification.id <= up_to]
    if kind is not None:
        criteria.append(Notification.kind == kind)
    if topic_id is not None:
        of_topic = select(POSTS.c.id).where(POSTS.c.topic_id == topic_id)
        criteria.append(or_(Notification.topic_id == topic_id, Notification.post_id.in_(of_topic)))
    _mark(user.id, *criteria)


@transactional
def mark_shown(user: User, topic_id: int, *, up_to: int = 0, numbers: Collection[int] = ()) -> None:
    """These posts of a topic have been shown to somebody, and with them what was told of them and of the topic as a whole."""
    shown = POSTS.c.number <= up_to
    if numbers:
        shown = or_(shown, POSTS.c.number.in_(sorted(set(numbers))))
    posts = select(POSTS.c.id).where(POSTS.c.topic_id == topic_id, shown)
    _mark(
        user.id,
        or_(
            Notification.post_id.in_(posts),
            and_(Notification.post_id.is_(None), Notification.topic_id == topic_id),
        ),
    )


@transactional
def mark_silenced(user_id: int, *, topic_id: int | None = None, actor_id: int | None = None) -> None:
    """What would not be told any more, now that a topic was muted or a person is ignored, is new no longer."""
    criteria: list[ColumnElement[bool]] = []
    if topic_id is not None:
        of_topic = select(POSTS.c.id).where(POSTS.c.topic_id == topic_id)
        criteria.append(or_(Notification.topic_id == topic_id, Notification.post_id.in_(of_topic)))
        criteria.append(Notification.kind.not_in(EVEN_IF_MUTED))
    if actor_id is not None:
        criteria += [Notification.actor_id == actor_id, Notification.kind.not_in(OFFICIAL)]
    _mark(user_id, *criteria)


def _mark(user_id: int, *criteria: ColumnElement[bool]) -> None:
    marked = db.session.execute(
        update(Notification)
        .where(Notification.user_id == user_id, Notification.read_at.is_(None), *criteria)
        .values(read_at=clock.now(), mail_due_at=None)
        .returning(Notification.id)
        .execution_options(synchronize_session=False)
    )
    if marked.first() is not None:
        publish(NotificationsSeen(user_id))
