"""What a split or a merge takes from a topic or gives to it besides posts, and how that is as before once it is undone.

Inside the transaction of the act. What comes of it is plain values, which the log keeps.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from forum.accounts.models import User
from forum.core.db import db
from forum.discussions.counting import visible_posts
from forum.discussions.models import Post, Topic
from forum.notifications.actions.carrying import raise_by_posts


def authors_of(post_ids: Collection[int]) -> set[int]:
    """Those who wrote these posts."""
    found = db.session.scalars(select(Post.author_id).where(Post.id.in_(post_ids)).distinct())
    return {user_id for user_id in found if user_id is not None}


class Answers:
    """Which replies are the answers of some topics, before their posts are moved: `Answers(topics)`, and `lost()` afterwards."""

    def __init__(self, topics: Sequence[Topic]) -> None:
        self.topics = [topic for topic in topics if topic.answer_id is not None]
        self.before = {t.id: (t.answer_id, t.answered_at, t.answered_by_id) for t in self.topics}

    def lost(self) -> dict[str, Any]:
        """Those that no longer are."""
        gone = [
            [str(topic.id), str(post_id), at.isoformat() if at else "", str(by_id or 0)]
            for topic in self.topics
            for post_id, at, by_id in [self.before[topic.id]]
            if topic.answer_id is None
        ]
        return {"answers": gone} if gone else {}


def give_answers_back(topics: Collection[Topic], kept: dict[str, Any]) -> None:
    """What was the answer is it again, where the reply is back and no other one has been accepted since."""
    by_id = {str(topic.id): topic for topic in topics}
    for topic_id, post_id, at, accepter in kept.get("answers", ()):
        topic = by_id[topic_id]
        is_there = select(Post.id).where(Post.id == int(post_id), Post.topic_id == topic.id, visible_posts())
        if topic.answer_id is None and db.session.scalar(is_there) is not None:
            topic.answer_id, topic.answered_by_id = int(post_id), int(accepter) or None
            topic.answered_at = datetime.fromisoformat(at) if at else None


def add_views(target: Topic, source: Topic) -> dict[str, Any]:
    """Who looked at a topic that is merged has looked at the other one."""
    target.view_count += source.view_count
    return {"views": source.view_count} if source.view_count else {}


def take_views(target: Topic, kept: dict[str, Any]) -> None:
    target.view_count = max(0, target.view_count - int(kept.get("views", 0)))


def follow_their_posts(post_ids: Collection[int], topic: Topic) -> dict[str, Any]:
    """Whoever wrote posts that stand in a topic by now follows it as if they had written them there."""
    authors = (
        select(Post.author_id)
        .join(User, User.id == Post.author_id)
        .where(Post.id.in_(post_ids), visible_posts(), User.imported_at.is_(None))
    )
    ids = [i for i in db.session.scalars(authors.distinct().order_by(Post.author_id)) if i is not None]
    return raise_by_posts(ids, topic.id)
