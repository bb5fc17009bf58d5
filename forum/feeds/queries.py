"""What stands in feeds: the newest posts that the reader may read and that are there for everybody among them.

A feed is copied, shared and kept elsewhere. So it holds what is visible alone: nothing hidden, deleted or missing, no
tombstone, and no hidden topic, not even for moderators.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.attributes import set_committed_value

from forum.access.audience import readable_by
from forum.access.viewer import VISITOR, Viewer
from forum.accounts.models import User
from forum.boards.models import Category
from forum.boards.queries import categories_for
from forum.core.db import db
from forum.discussions.counting import visible_posts, visible_topics
from forum.discussions.models import Post, Topic
from forum.discussions.queries import topics as topic_queries

MOST = 50
TOPICS_IN_A_PART = 5000
LOOKED_BACK = 100  # numbers of one topic: more than fifty of these are rarely hidden


def posts_of_site(viewer: Viewer) -> list[Post]:
    """The newest posts anywhere. They stand in the topics where something was written last."""
    return _newest_in(topic_queries.latest_topics(viewer, limit=MOST))


def posts_of_category(viewer: Viewer, category: Category) -> list[Post]:
    return _newest_in(topic_queries.topics_of(viewer, category.place_id, limit=MOST).items)


def posts_of_topic(topic: Topic) -> list[Post]:
    """The newest posts of a topic that the reader may read (the caller has seen to that)."""
    found = select(Post.id).where(Post.topic_id == topic.id, visible_posts())
    return _within(_newest(found, Post.number), [topic])


def posts_of_person(viewer: Viewer, person: User) -> list[Post]:
    """What a person wrote last, as far as the reader may read it."""
    found = (
        select(Post.id)
        .join(Topic, Topic.id == Post.topic_id)
        .where(
            Post.author_id == person.id,
            visible_posts(),
            visible_topics(),
            readable_by(viewer, Topic.audience_id),
        )
    )
    posts = _newest(found, Post.id)
    topic_ids = dict.fromkeys(post.topic_id for post in posts)
    return _within(posts, topic_queries.with_authors(list(topic_ids)))


def find_open_topic(viewer: Viewer, topic_id: int) -> Topic | None:
    """The topic, unless it is hidden, for whomever."""
    topic = topic_queries.find_topic(viewer, topic_id)
    return topic if topic is not None and topic.is_visible else None


def parts_of_sitemap() -> list[tuple[int, datetime]]:
    """(id of its first topic, when something changed last in it) of each part; of what visitors may read."""
    public = select(
        Topic.id,
        Topic.last_post_at,
        ((func.row_number().over(order_by=Topic.id) - 1) // TOPICS_IN_A_PART).label("part"),
    ).where(visible_topics(), readable_by(VISITOR, Topic.audience_id))
    within = public.subquery()
    found = select(func.min(within.c.id), func.max(within.c.last_post_at)).group_by(within.c.part)
    return [(first, changed) for first, changed in db.session.execute(found.order_by(within.c.part))]


def topics_of_sitemap(first: int) -> list[tuple[int, str, datetime]]:
    """(id, slug, when something was written last) of the public topics of one part, by id."""
    found = (
        select(Topic.id, Topic.slug, Topic.last_post_at)
        .where(Topic.id >= first, visible_topics(), readable_by(VISITOR, Topic.audience_id))
        .order_by(Topic.id)
        .limit(TOPICS_IN_A_PART)
    )
    return [(topic_id, slug, at) for topic_id, slug, at in db.session.execute(found)]


def places_of_sitemap() -> list[tuple[str, datetime | None]]:
    """(slug, when something was written there last) of the categories that visitors may read."""
    categories = categories_for(VISITOR)
    counts = topic_queries.counts_of_places(VISITOR, [category.place_id for category in categories])
    wanted = [count.last_topic_id for count in counts.values() if count.last_topic_id]
    rows = db.session.execute(select(Topic.id, Topic.last_post_at).where(Topic.id.in_(wanted)))
    at = {row.id: row.last_post_at for row in rows}
    return [
        (
            category.slug,
            at.get(counts[category.place_id].last_topic_id or 0) if category.place_id in counts else None,
        )
        for category in categories
    ]


def _newest_in(topics: Sequence[Topic]) -> list[Post]:
    if not topics:
        return []
    found = (
        select(Post.id)
        .join(Topic, Topic.id == Post.topic_id)
        .where(
            Post.topic_id.in_([topic.id for topic in topics]),
            Post.number > Topic.last_number - LOOKED_BACK,
            visible_posts(),
        )
    )
    return _within(_newest(found, Post.created_at, Post.id), topics)


def _newest(found: Select[int], *order: Any) -> list[Post]:
    """The first of these posts by this order, greatest first, with their authors; only these are read whole."""
    greatest = [column.desc() for column in order]
    ids = found.order_by(*greatest).limit(MOST).subquery()
    whole = select(Post).options(joinedload(Post.author)).where(Post.id.in_(select(ids)))
    return list(db.session.scalars(whole.order_by(*greatest)))


def _within(posts: list[Post], topics: Sequence[Topic]) -> list[Post]:
    """The posts, each with its topic."""
    there = {topic.id: topic for topic in topics}
    for post in posts:
        set_committed_value(post, "topic", there[post.topic_id])
    return posts
