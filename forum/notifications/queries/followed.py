"""What somebody follows or has muted, and of what they want no mail; as far as they may read it."""

from dataclasses import dataclass

from sqlalchemy import and_, or_, select

from forum.access.audience import readable_by
from forum.access.viewer import Viewer
from forum.core.db import db
from forum.core.pages import Page, cut, decode_cursor, encode_cursor
from forum.notifications.models import MailStop, PlaceWatch, TopicWatch, WatchLevel, WatchReason
from forum.notifications.queries.watching import Watch
from forum.notifications.subjects import TOPICS


@dataclass(frozen=True, slots=True)
class Followed:
    """A topic with the level of its own, where it has one, and whether mail about it was stopped."""

    topic_id: int
    title: str
    slug: str
    watch: Watch
    is_mailed: bool


def followed_topics(viewer: Viewer, *, after: str | None = None, limit: int = 50) -> Page[Followed]:
    """The newest first; one statement."""
    mine = and_(TopicWatch.user_id == viewer.id, TopicWatch.topic_id == TOPICS.c.id)
    stopped = and_(MailStop.user_id == viewer.id, MailStop.topic_id == TOPICS.c.id)
    found = (
        select(
            TOPICS.c.id,
            TOPICS.c.title,
            TOPICS.c.slug,
            TopicWatch.level,
            TopicWatch.reason,
            MailStop.topic_id,
        )
        .select_from(TOPICS)
        .outerjoin(TopicWatch, mine)
        .outerjoin(MailStop, stopped)
        .where(
            TOPICS.c.id.in_(
                select(TopicWatch.topic_id)
                .where(TopicWatch.user_id == viewer.id)
                .union_all(select(MailStop.topic_id).where(MailStop.user_id == viewer.id))
            ),
            or_(TopicWatch.topic_id.is_not(None), MailStop.topic_id.is_not(None)),
            TOPICS.c.hidden_at.is_(None),
            TOPICS.c.deleted_at.is_(None),
            readable_by(viewer, TOPICS.c.audience_id),
        )
        .order_by(TOPICS.c.id.desc())
        .limit(limit + 1)
    )
    if after:
        found = found.where(TOPICS.c.id < decode_cursor(after, [int])[0])
    rows, more = cut(db.session.execute(found).all(), limit)
    items = [
        Followed(
            topic_id,
            title,
            slug,
            Watch(level or WatchLevel.NORMAL, reason or WatchReason.DEFAULT),
            stopped_id is None,
        )
        for topic_id, title, slug, level, reason, stopped_id in rows
    ]
    return Page(items, encode_cursor([rows[-1][0]]) if more else None)


def followed_places(viewer: Viewer) -> dict[int, WatchLevel]:
    """Place id -> the level that was chosen for it."""
    rows = db.session.execute(
        select(PlaceWatch.place_id, PlaceWatch.level).where(PlaceWatch.user_id == viewer.id)
    )
    return {place_id: level for place_id, level in rows}  # noqa: C416 - rows are no pairs to mypy
