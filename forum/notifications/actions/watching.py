"""Following topics and places. Levels that come about by themselves only rise, and never over what was chosen."""

from collections.abc import Collection

from sqlalchemy import and_, delete, or_

from forum.accounts.models import User
from forum.core import clock
from forum.core.db import db
from forum.core.transactions import transactional
from forum.core.upserts import insert
from forum.notifications.actions.reading import mark_silenced
from forum.notifications.models import MailStop, PlaceWatch, TopicWatch, WatchLevel, WatchReason
from forum.notifications.queries.preferences import preferences_of
from forum.notifications.queries.watching import RANK


@transactional
def choose_topic_level(user: User, topic_id: int, level: WatchLevel | None) -> None:
    """Follow a topic as chosen; None takes the choice back. Whoever chooses to hear of it may be mailed about it again."""
    if level is None:
        db.session.execute(
            delete(TopicWatch).where(TopicWatch.user_id == user.id, TopicWatch.topic_id == topic_id)
        )
    else:
        values = {"level": level, "reason": WatchReason.CHOSEN, "changed_at": clock.now()}
        row = insert(TopicWatch).values(user_id=user.id, topic_id=topic_id, **values)
        db.session.execute(row.on_conflict_do_update(index_elements=["user_id", "topic_id"], set_=values))
    if level in (WatchLevel.TRACKING, WatchLevel.WATCHING):
        allow_mail(user, topic_id)
    if level is WatchLevel.MUTED:
        mark_silenced(user.id, topic_id=topic_id)


@transactional
def choose_place_level(user: User, place_id: int, level: WatchLevel | None) -> None:
    """Follow a place as chosen; None takes the choice back."""
    if level is None:
        db.session.execute(
            delete(PlaceWatch).where(PlaceWatch.user_id == user.id, PlaceWatch.place_id == place_id)
        )
        return
    values = {"level": level, "changed_at": clock.now()}
    row = insert(PlaceWatch).values(user_id=user.id, place_id=place_id, **values)
    db.session.execute(row.on_conflict_do_update(index_elements=["user_id", "place_id"], set_=values))


@transactional
def raise_by_writing(user: User, topic_id: int, reason: WatchReason) -> None:
    """Somebody began a topic, or wrote in it."""
    raise_level([user.id], topic_id, preferences_of(user.id).posting, reason)


@transactional
def raise_by_reading(user: User, topic_id: int) -> None:
    """Somebody has spent some time with a topic."""
    raise_level([user.id], topic_id, preferences_of(user.id).reading, WatchReason.READ)


@transactional
def raise_level(user_ids: Collection[int], topic_id: int, level: WatchLevel, reason: WatchReason) -> None:
    """Raise the level of a topic for these people, where they have not chosen one and it is lower."""
    if RANK[level] <= RANK[WatchLevel.NORMAL] or not user_ids:
        return
    row = insert(TopicWatch)
    row = row.on_conflict_do_update(
        index_elements=["user_id", "topic_id"],
        set_={"level": level, "reason": reason, "changed_at": row.excluded.changed_at},
        where=and_(
            TopicWatch.reason != WatchReason.CHOSEN,
            or_(*(TopicWatch.level == lower for lower in RANK if RANK[lower] < RANK[level])),
        ),
    )
    values = {"topic_id": topic_id, "level": level, "reason": reason, "changed_at": clock.now()}
    db.session.execute(row, [{"user_id": user_id, **values} for user_id in sorted(user_ids)])


@transactional
def stop_mail(user: User, topic_id: int) -> None:
    """No more mail about a topic, whatever the level."""
    row = insert(MailStop).values(user_id=user.id, topic_id=topic_id, stopped_at=clock.now())
    db.session.execute(row.on_conflict_do_nothing())


@transactional
def allow_mail(user: User, topic_id: int) -> None:
    """Mail about a topic may be sent again."""
    db.session.execute(delete(MailStop).where(MailStop.user_id == user.id, MailStop.topic_id == topic_id))
