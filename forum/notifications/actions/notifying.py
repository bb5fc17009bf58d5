"""Telling people: the one way in which a notification comes to be."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from forum.access.audience import may_read
from forum.access.models import Audience
from forum.access.viewer import viewer_of
from forum.accounts.ignored import does_not_ignore
from forum.accounts.models import User
from forum.core import clock, settings
from forum.core.db import db
from forum.core.ids import new_id
from forum.core.transactions import publish, transactional
from forum.core.upserts import insert_or_ignore
from forum.notifications.kinds import EVEN_IF_MUTED, OFFICIAL
from forum.notifications.models import Notification, NotificationKind
from forum.notifications.queries.preferences import (
    APP,
    MAIL,
    THE_USUAL,
    preferences_of_all,
    without_mail,
)
from forum.notifications.queries.watching import NOT_WATCHED, watches_of
from forum.notifications.signals import PeopleNotified
from forum.notifications.subjects import POSTS, TOPICS


@transactional
def notify(
    receiver_ids: Iterable[int],
    kind: NotificationKind,
    *,
    key: str,
    actor_id: int | None = None,
    topic_id: int | None = None,
    post_id: int | None = None,
    detail: dict[str, Any] | None = None,
) -> None:
    """Tell these people of one event, each at most once for its `key`; usually from a listener with `later=True`.

    Not told are: whoever did it, whoever may not read what it is about or has muted it, whoever ignores who did it, and
    whoever wants to hear nothing of this kind. `detail` holds plain values that the words need: `act` (what a moderator did,
    as the log has it: locked, hidden …), `reason`, `note` (of a reminder), `verdict` (of a report).
    """
    people = _people(set(receiver_ids) - {actor_id}, None if kind in OFFICIAL else actor_id)
    if post_id is not None:
        topic_id = db.session.scalar(select(POSTS.c.topic_id).where(POSTS.c.id == post_id))
        if topic_id is None:
            return
    told = [person.id for person in _readers(people, topic_id)]
    if topic_id is not None and told and kind not in EVEN_IF_MUTED:
        watches = watches_of(topic_id, told)
        told = [user_id for user_id in told if not watches.get(user_id, NOT_WATCHED).is_muted]
    wishes, unmailed = preferences_of_all(told), without_mail(told, topic_id)
    now = clock.now()
    due = now + timedelta(minutes=settings.current().mail_delay_minutes)
    rows: list[dict[str, Any]] = []
    for user_id in told:
        wish = wishes.get(user_id, THE_USUAL)
        in_app, by_mail = wish.allows(kind, APP), wish.allows(kind, MAIL) and user_id not in unmailed
        if in_app or by_mail:
            rows.append(
                {
                    "id": new_id(),
                    "user_id": user_id,
                    "kind": kind,
                    "key": key,
                    "actor_id": actor_id,
                    "topic_id": topic_id,
                    "post_id": post_id,
                    "detail": detail or {},
                    "created_at": now,
                    "in_app": in_app,
                    "mail_due_at": due if by_mail else None,
                }
            )
    insert_or_ignore(Notification, rows)
    rung = {row["user_id"]: row["id"] for row in rows if row["in_app"]}
    if rung:
        publish(PeopleNotified(rung))


def _people(ids: Iterable[int], actor_id: int | None) -> Sequence[User]:
    """Those of them who have an account of their own that may do anything at all, and do not ignore the actor."""
    wanted = select(User).where(
        User.id.in_(sorted(ids)),
        User.email_confirmed_at.is_not(None),
        User.imported_at.is_(None),
        does_not_ignore(actor_id),
    )
    return [person for person in db.session.scalars(wanted.order_by(User.id)) if not person.is_suspended()]


def _readers(people: Sequence[User], topic_id: int | None) -> Sequence[User]:
    """Those of them in the audience of the topic."""
    if topic_id is None or not people:
        return people
    audience = db.session.scalar(
        select(Audience).join(TOPICS, TOPICS.c.audience_id == Audience.id).where(TOPICS.c.id == topic_id)
    )
    return [person for person in people if audience is not None and may_read(viewer_of(person), audience)]
