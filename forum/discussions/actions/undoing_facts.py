"""What is there now of what entries of the log are about, as far as undoing them asks for it: loaded together."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import aliased, joinedload

from forum.access.models import Place
from forum.access.rules.discussions import moderates
from forum.access.viewer import Viewer
from forum.accounts.models import User
from forum.audit.actions import AuditAction
from forum.audit.models import AuditEntry
from forum.core.db import db
from forum.discussions.models import Post, Revision, Topic

AT_ONCE = 5000  # ids in one statement

# What was done is only undone as long as nothing alike came after it. For posts that were moved, where they stand now tells.
ALIKE = (
    (AuditAction.TOPIC_LOCKED, AuditAction.TOPIC_UNLOCKED),
    (AuditAction.TOPIC_PINNED, AuditAction.TOPIC_UNPINNED),
    (AuditAction.TOPIC_ARCHIVED, AuditAction.TOPIC_UNARCHIVED),
    (AuditAction.TOPIC_SLOWED,),
    (AuditAction.TOPIC_MOVED,),
    (AuditAction.AUTHOR_CHANGED,),
    (AuditAction.AUDIENCE_CHANGED,),
    (AuditAction.TOPIC_HIDDEN, AuditAction.TOPIC_DELETED, AuditAction.TOPIC_RESTORED),
    (AuditAction.POST_HIDDEN, AuditAction.POST_DELETED, AuditAction.POST_RESTORED),
)


@dataclass
class Facts:
    """By id, but where something else is said."""

    done_anew: set[int] = field(default_factory=set)  # ids of entries
    topics: dict[int, Topic] = field(default_factory=dict)
    posts: dict[int, Post] = field(default_factory=dict)
    places: dict[int, Place] = field(default_factory=dict)
    people: dict[int, User] = field(default_factory=dict)
    spots: dict[int, tuple[int, int, int | None, int]] = field(
        default_factory=dict
    )  # of posts: topic, number, parent, seq
    children: dict[int, set[int]] = field(default_factory=dict)  # of posts
    highest: defaultdict[int, int] = field(
        default_factory=lambda: defaultdict(int)
    )  # of topics: the last number at which a post stands
    curated: set[int] = field(default_factory=set)  # ids of moves after which another moderated
    written: set[int] = field(default_factory=set)  # ids of moves after which another wrote


def facts_about(viewer: Viewer, entries: Sequence[AuditEntry]) -> Facts:
    facts = Facts()
    if not entries:
        return facts
    anew = select(AuditEntry.id).where(AuditEntry.id.in_([e.id for e in entries]), is_done_anew())
    facts.done_anew = set(db.session.scalars(anew))
    entries = [entry for entry in entries if entry.id not in facts.done_anew]
    post_ids = [e.subject_id for e in entries if e.subject_kind == "post"]
    topic_ids = {e.subject_id for e in entries if e.subject_kind == "topic"}
    apart = [e for e in entries if "into" in e.detail]
    topic_ids |= {int(e.detail["into"]) for e in apart}
    in_context = joinedload(Post.topic, innerjoin=True).options(
        joinedload(Topic.audience), joinedload(Topic.place)
    )
    posts = select(Post).options(in_context).where(Post.id.in_(post_ids))
    for post in _fresh(posts) if post_ids else ():
        facts.posts[post.id] = post
    topics = select(Topic).options(joinedload(Topic.audience), joinedload(Topic.place))
    for topic in _fresh(topics.where(Topic.id.in_(topic_ids))) if topic_ids else ():
        facts.topics[topic.id] = topic
    moves = [e for e in entries if e.action == AuditAction.TOPIC_MOVED and e.subject_id in facts.topics]
    if moves:
        wanted = {int(e.detail["from"]) for e in moves}
        places = select(Place).options(joinedload(Place.audience)).where(Place.id.in_(wanted))
        facts.places = {place.id: place for place in _fresh(places)}
        elsewhere = [e for e in moves if not moderates(viewer, facts.topics[e.subject_id])]
        _look_since(viewer, facts, [e for e in elsewhere if e.actor_id == viewer.id])
    people = {int(e.detail["from"]) for e in entries if e.action == AuditAction.AUTHOR_CHANGED}
    if people:
        found = select(User).where(User.id.in_(people))
        facts.people = {user.id: user for user in db.session.scalars(found)}
    _look_at_posts(facts, apart)
    return facts


def is_done_anew() -> ColumnElement[bool]:
    """The criterion for entries of the log after which the same, or its opposite, was done to the same thing again."""
    later = aliased(AuditEntry)
    return exists().where(
        later.subject_kind == AuditEntry.subject_kind,
        later.subject_id == AuditEntry.subject_id,
        later.position > AuditEntry.position,
        or_(*(and_(AuditEntry.action.in_(alike), later.action.in_(alike)) for alike in ALIKE)),
    )


def _fresh(statement: Any) -> Iterable[Any]:
    """The rows as they are, whatever was read before the wait for a lock."""
    return db.session.scalars(statement.execution_options(populate_existing=True)).unique()


def _look_since(viewer: Viewer, facts: Facts, moves: Sequence[AuditEntry]) -> None:
    """What others have done since with topics that the viewer brought to where others moderate."""
    if not moves:
        return
    ids = {entry.subject_id for entry in moves}
    of_topic, of_post = AuditEntry.subject_kind == "topic", AuditEntry.subject_kind == "post"
    topic_of = select(Post.id, Post.topic_id).where(Post.topic_id.in_(ids)).subquery()
    revised = select(Revision.id, Post.topic_id).join(Post, Post.id == Revision.post_id)
    topic_of_revision = revised.where(Post.topic_id.in_(ids)).subquery()
    rows = db.session.execute(
        select(
            AuditEntry.position,
            func.coalesce(topic_of.c.topic_id, topic_of_revision.c.topic_id, AuditEntry.subject_id),
        )
        .outerjoin(topic_of, and_(of_post, topic_of.c.id == AuditEntry.subject_id))
        .outerjoin(
            topic_of_revision,
            and_(AuditEntry.subject_kind == "revision", topic_of_revision.c.id == AuditEntry.subject_id),
        )
        .where(
            AuditEntry.position > min(entry.position for entry in moves),
            AuditEntry.actor_id.is_distinct_from(viewer.id),
            or_(
                and_(of_topic, AuditEntry.subject_id.in_(ids)),
                topic_of.c.id.is_not(None),
                topic_of_revision.c.id.is_not(None),
            ),
        )
    )
    done: defaultdict[int, int] = defaultdict(int)
    for position, topic_id in rows:
        done[topic_id] = max(done[topic_id], position)
    wrote = select(Post.topic_id, func.max(Post.created_at), func.max(Post.edited_at))
    by_others = Post.topic_id.in_(ids), Post.author_id.is_distinct_from(viewer.id)
    last = {
        topic_id: max(moment for moment in moments if moment is not None)
        for topic_id, *moments in db.session.execute(wrote.where(*by_others).group_by(Post.topic_id))
    }
    facts.curated = {e.id for e in moves if done[e.subject_id] > e.position}
    facts.written = {e.id for e in moves if e.subject_id in last and last[e.subject_id] > e.at}


def _look_at_posts(facts: Facts, apart: Sequence[AuditEntry]) -> None:
    """Where the posts stand that were split off or merged."""
    ids = sorted({int(row[0]) for entry in apart for row in entry.detail.get("posts") or ()})
    for start in range(0, len(ids), AT_ONCE):
        part = ids[start : start + AT_ONCE]
        stand = select(Post.id, Post.topic_id, Post.number, Post.parent_id, Post.seq)
        for row in db.session.execute(stand.where(Post.id.in_(part))):
            facts.spots[row.id] = (row.topic_id, row.number, row.parent_id, row.seq)
        below = select(Post.parent_id, Post.id).where(Post.parent_id.in_(part))
        for parent_id, post_id in db.session.execute(below):
            assert parent_id is not None
            facts.children.setdefault(parent_id, set()).add(post_id)
    if apart:
        targets = {int(entry.detail["into"]) for entry in apart}
        highest = select(Post.topic_id, func.max(Post.number)).where(Post.topic_id.in_(targets))
        for topic_id, number in db.session.execute(highest.group_by(Post.topic_id)):
            facts.highest[topic_id] = number
