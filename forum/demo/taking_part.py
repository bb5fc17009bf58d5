"""Reactions, bookmarks and view counts of the demo: drawn by lot, the same each time, from people who wrote in the topic."""

import random
from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import select, update

from forum.accounts.models import User
from forum.core.db import db
from forum.core.ids import new_id
from forum.core.upserts import insert
from forum.discussions.counting import visible_posts
from forum.discussions.models import Bookmark, Post, Reaction, Topic

NAMES = ("like", "like", "thanks", "insightful", "agree")
NOTES = (
    ("For the next meeting of the ward.", timedelta(days=3)),
    ("Ask our pharmacist whether we do it the same way.", None),
    ("", None),
)


def draw_what_readers_do(topics: Mapping[str, Topic], users: Mapping[str, User], now: datetime) -> None:
    """Inside the transaction of the demo, when all is written; the counts of reactions are worked out after it."""
    chance = random.Random(7)  # noqa: S311 - no secret: the same demo each time
    slugs = {topic.id: slug for slug, topic in topics.items()}
    rows = select(Post.id, Post.topic_id, Post.author_id, Post.created_at).where(
        Post.topic_id.in_(slugs), visible_posts()
    )
    posts = sorted(db.session.execute(rows), key=lambda row: (slugs[row.topic_id], row.created_at, row.id))
    writers: dict[int, list[int]] = {}
    for post in posts:
        among = writers.setdefault(post.topic_id, [])
        if post.author_id not in among:
            among.append(post.author_id)
    given = [
        {"post_id": post.id, "user_id": user_id, "name": chance.choice(NAMES), "created_at": now}
        for post in posts
        for user_id in writers[post.topic_id]
        if user_id != post.author_id and chance.random() < min(0.2, 1.2 / len(writers[post.topic_id]))
    ]
    if given:
        db.session.execute(insert(Reaction).on_conflict_do_nothing(), given)
    for topic_id in sorted(slugs, key=lambda each: slugs[each]):
        views = 20 + 11 * len(writers.get(topic_id, ())) + chance.randrange(160)
        db.session.execute(update(Topic).where(Topic.id == topic_id).values(view_count=views))
    for user in users.values():
        mine = [post for post in posts if user.id in writers[post.topic_id] and post.author_id != user.id]
        if chance.random() < 0.5 and len(mine) >= len(NOTES):
            _keep(user, [post.id for post in chance.sample(mine, len(NOTES))], now)


def _keep(user: User, post_ids: list[int], now: datetime) -> None:
    for post_id, (note, later) in zip(post_ids, NOTES, strict=True):
        db.session.add(
            Bookmark(
                id=new_id(),
                user_id=user.id,
                post_id=post_id,
                note=note,
                remind_at=now + later if later else None,
                created_at=now,
            )
        )
