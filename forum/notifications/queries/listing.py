"""What somebody was told of, as far as they may read it now: one criterion for the list, the count and the mail.

A notification is there while its topic may be read and what it is about is visible. What moderators did to one's own, and
what became of a report, is told even where the thing itself is hidden; then its title is for its author and moderators.
"""

import functools
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Select, and_, bindparam, case, exists, func, literal, or_, select
from sqlalchemy.orm import aliased

from forum.access.audience import SCOPES, allows_reading
from forum.access.models import Audience
from forum.access.viewer import Viewer
from forum.accounts.models import User
from forum.core import reading
from forum.core.db import db
from forum.core.pages import Page, cut, decode_cursor, encode_cursor
from forum.notifications.models import Notification, NotificationKind
from forum.notifications.subjects import POSTS, TOPICS, topic_of

MOST = 100  # counted no further: shown as 99+
_ME: Any = bindparam("me")

# What concerns the person and not what is there to read.
TOLD_ANYWAY = (NotificationKind.MODERATED, NotificationKind.FLAGGED)
# Of a topic these stand in one line.
TOGETHER = (
    NotificationKind.REPLY,
    NotificationKind.QUOTE,
    NotificationKind.MENTION,
    NotificationKind.WATCHED,
)


@dataclass(frozen=True, slots=True)
class Told:
    """One notification, with what its words need. `title` is None where it must not be said or there is no topic."""

    id: int
    kind: NotificationKind
    created_at: datetime
    is_read: bool
    post_id: int | None
    topic_id: int | None
    title: str | None
    slug: str
    number: int  # of the post; 0 where it is about none
    actor: User | None
    is_open: bool = True  # the topic can be gone to
    detail: dict[str, Any] = field(default_factory=dict)

    @property
    def href(self) -> str | None:
        """Where it leads: to the post, or the topic; for what is done elsewhere, where `detail` says."""
        if "href" in self.detail:
            return str(self.detail["href"])
        if self.topic_id is None or not self.is_open:
            return None
        topic = f"/t/{self.topic_id}/{self.slug}"
        return f"{topic}/{self.number}#post-{self.post_id}" if self.number > 1 else topic


@dataclass(frozen=True, slots=True)
class Line:
    """What the list shows as one: the newest and the oldest of a kind about a topic, how many there are, by how many others."""

    newest: Told
    oldest: Told
    count: int = 1
    others: int = 0  # people besides who did the newest


def unseen_count(viewer: Viewer) -> int:
    """How many are under the bell and not seen, to MOST."""
    if viewer.is_visitor:
        return 0
    found = reading.first(_unseen_count(), me=viewer.id, scopes=sorted(viewer.scopes))
    return int(found[0])


@functools.cache
def _unseen_count() -> Any:
    """Built once: that takes longer than to answer it."""
    return select(unseen())


def unseen() -> Any:
    """The same as a column, for statements that have `me` and `scopes`."""
    inner = _listed(literal(1)).where(Notification.in_app, Notification.read_at.is_(None)).limit(MOST)
    return select(func.count()).select_from(inner.subquery()).scalar_subquery()


def lines_of(
    viewer: Viewer, *, only_unseen: bool = False, after: str | None = None, limit: int = 20
) -> Page[Line]:
    """What is under the bell, newest first, paged by key; in two statements."""
    before = decode_cursor(after, [int])[0] if after else None
    found = reading.rows(
        _lines(only_unseen, before is not None),
        me=viewer.id,
        scopes=sorted(viewer.scopes),
        before=before,
        limit=limit + 1,
    )
    rows, more = cut(list(found), limit)
    told = find_told(viewer, {row.newest for row in rows} | {row.oldest for row in rows})
    lines = [
        Line(told[row.newest], told[row.oldest], row.count, max(row.people - 1, 0))
        for row in rows
        if row.newest in told and row.oldest in told
    ]
    return Page(lines, encode_cursor([rows[-1].newest]) if more else None)


def notifications_of(
    viewer: Viewer, *, only_unseen: bool = False, after: str | None = None, limit: int = 30
) -> Page[Told]:
    """What is under the bell one by one, newest first."""
    before = decode_cursor(after, [int])[0] if after else None
    statement = _listed(Notification.id).where(Notification.in_app)
    if only_unseen:
        statement = statement.where(Notification.read_at.is_(None))
    if before is not None:
        statement = statement.where(Notification.id < before)
    statement = statement.order_by(Notification.id.desc()).limit(limit + 1)
    found = [row.id for row in reading.rows(statement, me=viewer.id, scopes=sorted(viewer.scopes))]
    ids, more = cut(found, limit)
    told = find_told(viewer, ids)
    return Page([told[i] for i in ids if i in told], encode_cursor([ids[-1]]) if more else None)


def find_told(viewer: Viewer, ids: Collection[int]) -> dict[int, Told]:
    """These notifications of the viewer, as far as they may be told of them now; in the app or by mail."""
    if not ids:
        return {}
    is_open = and_(TOPICS.c.hidden_at.is_(None), TOPICS.c.deleted_at.is_(None))
    audience = aliased(Audience)
    overseen = exists(
        select(literal(1)).where(
            audience.id == TOPICS.c.audience_id,
            or_(audience.oversight_id.in_(SCOPES), audience.overseers_id.in_(SCOPES)),
        )
    )
    can_go = or_(is_open, overseen)
    title = case((or_(can_go, TOPICS.c.author_id == _ME), TOPICS.c.title))
    statement = (
        _listed(Notification, User, topic_of(Notification), title, can_go, TOPICS.c.slug, POSTS.c.number)
        .outerjoin(User, User.id == Notification.actor_id)
        .where(Notification.id.in_(sorted(ids)))
    )
    rows = db.session.execute(statement, {"me": viewer.id, "scopes": sorted(viewer.scopes)})
    return {
        row.id: Told(
            id=row.id,
            kind=row.kind,
            created_at=row.created_at,
            is_read=row.read_at is not None,
            post_id=row.post_id,
            topic_id=topic_id,
            title=title,
            is_open=bool(can_go),
            slug=slug or "",
            number=number or 0,
            actor=actor,
            detail=row.detail,
        )
        for row, actor, topic_id, title, can_go, slug, number in rows
    }


def _listed(*columns: Any) -> Select[Any]:
    """Of the person's notifications, those about what may be read now."""
    audience = aliased(Audience)
    readable = exists(
        select(literal(1)).where(audience.id == TOPICS.c.audience_id, allows_reading(SCOPES, audience))
    )
    visible = and_(
        TOPICS.c.hidden_at.is_(None),
        TOPICS.c.deleted_at.is_(None),
        POSTS.c.hidden_at.is_(None),
        POSTS.c.deleted_at.is_(None),
    )
    about_nothing = and_(Notification.topic_id.is_(None), Notification.post_id.is_(None))
    return (
        select(*columns)
        .select_from(Notification)
        .outerjoin(POSTS, POSTS.c.id == Notification.post_id)
        .outerjoin(TOPICS, TOPICS.c.id == topic_of(Notification))
        .where(
            Notification.user_id == _ME,
            or_(about_nothing, and_(readable, or_(visible, Notification.kind.in_(TOLD_ANYWAY)))),
        )
    )


@cache
def _lines(only_unseen: bool, continued: bool) -> Select[Any]:
    """What stands in one line is all seen or all not."""
    is_read = Notification.read_at.is_not(None)
    about = case((Notification.kind.in_(TOGETHER), topic_of(Notification)), else_=-Notification.id)
    newest, people = func.max(Notification.id), func.count(Notification.actor_id.distinct())
    found = (
        _listed(
            newest.label("newest"),
            func.min(Notification.id).label("oldest"),
            func.count().label("count"),
            people.label("people"),
        )
        .where(Notification.in_app)
        .group_by(about, Notification.kind, is_read)
        .order_by(newest.desc())
        .limit(bindparam("limit"))
    )
    if only_unseen:
        found = found.where(Notification.read_at.is_(None))
    return found.having(newest < bindparam("before")) if continued else found
