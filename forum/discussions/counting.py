"""Counts of places, people and tags by audience, kept in the transaction that changes them, so that what a viewer may not see counts nowhere."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from sqlalchemy import String, and_, case, cast, func, select, update
from sqlalchemy import delete as delete_from

from forum.access.models import Place
from forum.core.db import db
from forum.core.upserts import insert
from forum.discussions.models import AudienceCount, Post, PostKind, Reaction, Topic
from forum.discussions.models.tags import TopicTag

PLACE, USER, TAG = "place", "user", "tag"


def visible_posts() -> Any:
    """The criterion for posts that count: not hidden, not deleted, not a gap."""
    return and_(Post.hidden_at.is_(None), Post.deleted_at.is_(None), Post.kind == PostKind.POST)


def visible_topics() -> Any:
    return and_(Topic.hidden_at.is_(None), Topic.deleted_at.is_(None))


def add(kind: str, subject_id: int, audience_id: int, *, topics: int = 0, posts: int = 0) -> None:
    """Add to (or take from) the counts of one subject under one audience."""
    row = insert(AudienceCount).values(
        subject_kind=kind,
        subject_id=subject_id,
        audience_id=audience_id,
        topic_count=topics,
        post_count=posts,
        last_seq=0,
    )
    db.session.execute(
        row.on_conflict_do_update(
            index_elements=["subject_kind", "subject_id", "audience_id"],
            set_={
                "topic_count": AudienceCount.topic_count + topics,
                "post_count": AudienceCount.post_count + posts,
            },
        )
    )


Count = tuple[str, int, int, int, int]  # kind, subject, audience, topics, posts
_ORDER = (PLACE, USER, TAG)  # in which everybody takes them, so that nobody waits in a circle


def add_all(counts: Iterable[Count]) -> None:
    """Add to many counts at once, each only once and in one order for everybody."""
    totals: defaultdict[tuple[int, int, int], list[int]] = defaultdict(lambda: [0, 0])
    for kind, subject_id, audience_id, topics, posts in counts:
        total = totals[_ORDER.index(kind), subject_id, audience_id]
        total[0] += topics
        total[1] += posts
    rows = [
        {
            "subject_kind": _ORDER[kind],
            "subject_id": subject_id,
            "audience_id": audience_id,
            "topic_count": topics,
            "post_count": posts,
            "last_seq": 0,
        }
        for (kind, subject_id, audience_id), (topics, posts) in sorted(totals.items())
        if topics or posts
    ]
    if not rows:
        return
    row = insert(AudienceCount)
    row = row.on_conflict_do_update(
        index_elements=["subject_kind", "subject_id", "audience_id"],
        set_={
            "topic_count": AudienceCount.topic_count + row.excluded.topic_count,
            "post_count": AudienceCount.post_count + row.excluded.post_count,
        },
    )
    db.session.connection().execute(row, rows)


def note_last(topic: Topic) -> None:
    """The newest activity of a place under an audience is in this topic."""
    db.session.execute(
        update(AudienceCount)
        .where(
            AudienceCount.subject_kind == PLACE,
            AudienceCount.subject_id == topic.place_id,
            AudienceCount.audience_id == topic.audience_id,
            AudienceCount.last_seq <= topic.last_seq,
        )
        .values(last_topic_id=topic.id, last_seq=topic.last_seq)
    )


def refill_last(place_id: int, audience_id: int) -> None:
    """Find again the newest topic of a place under an audience, after one went away or changed."""
    newest = db.session.execute(
        select(Topic.id, Topic.last_seq)
        .where(Topic.place_id == place_id, Topic.audience_id == audience_id, visible_topics())
        .order_by(Topic.last_seq.desc())
        .limit(1)
    ).first()
    db.session.execute(
        update(AudienceCount)
        .where(
            AudienceCount.subject_kind == PLACE,
            AudienceCount.subject_id == place_id,
            AudienceCount.audience_id == audience_id,
        )
        .values(last_topic_id=newest[0] if newest else None, last_seq=newest[1] if newest else 0)
    )


def add_post(topic: Topic, author_id: int | None, sign: int) -> None:
    """A post of a visible topic appears (+1) or goes (-1)."""
    if not topic.is_visible:
        return
    add(PLACE, topic.place_id, topic.audience_id, posts=sign)
    if author_id is not None:
        add(USER, author_id, topic.audience_id, posts=sign)


def add_topic(topic: Topic, sign: int) -> None:
    """A topic appears with all its visible posts, or goes with them. Call it while `audience_id` is the one meant."""
    add_all(counts_of(topic, sign))
    if sign > 0:
        note_last(topic)
    else:
        refill_last(topic.place_id, topic.audience_id)


def counts_of(topic: Topic, sign: int) -> list[Count]:
    """What a topic counts for with all its visible posts, as it is now: for `add_all`."""
    db.session.flush()
    authors = db.session.execute(
        select(Post.author_id, func.count())
        .where(Post.topic_id == topic.id, visible_posts())
        .group_by(Post.author_id)
    ).all()
    under = topic.audience_id
    counts = [(PLACE, topic.place_id, under, sign, sign * sum(n for _author, n in authors))]
    counts.append((USER, topic.author_id, under, sign, 0))
    counts += [(USER, author_id, under, 0, sign * n) for author_id, n in authors if author_id is not None]
    tags = db.session.scalars(select(TopicTag.tag_id).where(TopicTag.topic_id == topic.id))
    return counts + [(TAG, tag_id, under, sign, 0) for tag_id in (tags if topic.tag_ids else ())]


def drop_lost_answer(topic: Topic) -> None:
    """What is hidden, deleted or stands in another topic by now is the answer no longer."""
    accepted = select(Post.id).where(Post.id == topic.answer_id, Post.topic_id == topic.id, visible_posts())
    if topic.answer_id is not None and db.session.scalar(accepted) is None:
        topic.accept_none()


def refresh_topic(topic: Topic) -> None:
    """Work out again what a topic says of its visible posts: how many, the last, and which is the answer."""
    db.session.flush()
    drop_lost_answer(topic)
    topic.post_count = (
        db.session.scalar(select(func.count()).where(Post.topic_id == topic.id, visible_posts())) or 0
    )
    last = db.session.execute(
        select(Post.id, Post.seq, Post.created_at, Post.author_id)
        .where(Post.topic_id == topic.id, visible_posts())
        .order_by(Post.number.desc())
        .limit(1)
    ).first()
    if last:
        topic.last_post_id, topic.last_seq, topic.last_post_at, topic.last_post_author_id = last
    else:
        topic.last_post_id, topic.last_seq = None, topic.created_seq
        topic.last_post_at, topic.last_post_author_id = topic.created_at, None
    db.session.flush()
    refill_last(topic.place_id, topic.audience_id)


def counted() -> dict[tuple[str, int, int], tuple[int, int]]:
    """What the counts should be, worked out from the rows: {(kind, subject, audience): (topics, posts)}."""
    found: dict[tuple[str, int, int], list[int]] = {}

    def gather(rows: Iterable[Any], kind: str, which: int) -> None:
        for subject, audience, n in rows:
            found.setdefault((kind, subject, audience), [0, 0])[which] += n

    is_post = case((visible_posts(), 1))
    posts = select(Topic.place_id, Topic.audience_id, func.count(is_post)).join(
        Post, Post.topic_id == Topic.id
    )
    gather(
        db.session.execute(posts.where(visible_topics()).group_by(Topic.place_id, Topic.audience_id)),
        PLACE,
        1,
    )
    topics = select(Topic.place_id, Topic.audience_id, func.count()).where(visible_topics())
    gather(db.session.execute(topics.group_by(Topic.place_id, Topic.audience_id)), PLACE, 0)
    written = select(Post.author_id, Topic.audience_id, func.count()).join(Topic, Post.topic_id == Topic.id)
    written = written.where(visible_topics(), visible_posts(), Post.author_id.is_not(None))
    gather(db.session.execute(written.group_by(Post.author_id, Topic.audience_id)), USER, 1)
    started = select(Topic.author_id, Topic.audience_id, func.count()).where(visible_topics())
    gather(db.session.execute(started.group_by(Topic.author_id, Topic.audience_id)), USER, 0)
    tagged = select(TopicTag.tag_id, Topic.audience_id, func.count()).join(
        Topic, TopicTag.topic_id == Topic.id
    )
    tagged = tagged.where(visible_topics()).group_by(TopicTag.tag_id, Topic.audience_id)
    gather(db.session.execute(tagged), TAG, 0)
    return {key: (t, p) for key, (t, p) in found.items() if t or p}


def stored() -> dict[tuple[str, int, int], tuple[int, int]]:
    """What the counts are."""
    rows = db.session.scalars(select(AudienceCount))
    return {
        (row.subject_kind, row.subject_id, row.audience_id): (row.topic_count, row.post_count)
        for row in rows
        if row.topic_count or row.post_count
    }


def recount() -> int:
    """Put every count right, inside a transaction; answers how many were wrong. Topics' own counts come first."""
    wrong = _recount_topics() + _recount_reactions()
    db.session.execute(select(Place.id).order_by(Place.id).with_for_update(key_share=True))
    right, there = counted(), stored()
    wrong += sum(right.get(key) != there.get(key) for key in right.keys() | there.keys())
    db.session.execute(delete_from(AudienceCount))
    for (kind, subject, audience), (topics, posts) in sorted(right.items()):
        add(kind, subject, audience, topics=topics, posts=posts)
    for kind, subject, audience in right:
        if kind == PLACE:
            refill_last(subject, audience)
    return wrong


def _recount_topics() -> int:
    n = (
        select(func.count())
        .select_from(Post)
        .where(Post.topic_id == Topic.id, visible_posts())
        .correlate(Topic)
        .scalar_subquery()
    )
    off = list(db.session.scalars(select(Topic).where(Topic.post_count != n)))
    for topic in off:
        refresh_topic(topic)
    return len(off)


def _recount_reactions() -> int:
    """Posts that say other numbers of reactions than there are, and their topics' pages, put right."""
    right: dict[int, dict[str, int]] = {}
    each = select(Reaction.post_id, Reaction.name, func.count()).group_by(Reaction.post_id, Reaction.name)
    for post_id, name, n in db.session.execute(each):
        right.setdefault(post_id, {})[name] = n
    said = select(Post.id, Post.topic_id, Post.reaction_counts)
    has = Post.id.in_(select(Reaction.post_id)) | (cast(Post.reaction_counts, String) != "{}")
    off = [row for row in db.session.execute(said.where(has)) if row.reaction_counts != right.get(row.id, {})]
    for row in off:
        counts = right.get(row.id, {})
        db.session.execute(update(Post).where(Post.id == row.id).values(reaction_counts=counts))
    topics = sorted({row.topic_id for row in off})
    db.session.execute(update(Topic).where(Topic.id.in_(topics)).values(version=Topic.version + 1))
    return len(off)


__all__ = ["PLACE", "TAG", "USER", "add_post", "add_topic", "recount", "refresh_topic", "visible_posts"]
