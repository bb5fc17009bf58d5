"""Whatever is moved, split and merged, in any order: paths, numbers, old links, counts and what everybody has read stay true."""

import random
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from forum.access.viewer import viewer_of
from forum.accounts.models import User
from forum.audit.models import AuditEntry
from forum.core import clock
from forum.core.db import db
from forum.core.errors import ForumError
from forum.core.transactions import transaction
from forum.discussions import counting
from forum.discussions.actions import concealing, reading, writing
from forum.discussions.actions.moving import move_topic
from forum.discussions.actions.splitting import merge_topic, move_posts, split_topic
from forum.discussions.actions.undoing import UNDOINGS, undo_act
from forum.discussions.models import Post, PostAlias, Topic, TopicEvent
from forum.discussions.queries import unread
from forum.discussions.queries.posts import find_numbered
from forum.discussions.threads import path_of
from tests.cast import Cast
from tests.conftest import NOW
from tests.factories import choice, make_topic, make_user, written

pytestmark = pytest.mark.usefixtures("context")


class Small:
    """A small forum in which some have read this and that."""

    def __init__(self, cast: Cast, chance: random.Random) -> None:
        self.cast, self.chance, self.minutes = cast, chance, 0
        self.places = [cast.lounge, cast.nook, cast.porch]
        self.readers = [cast.member, cast.other, cast.insider, cast.grace]
        self.stood: dict[tuple[int, int], int] = {}  # (topic, number): the post it was given to
        self.topics: list[int] = []
        self.acts: Counter[str] = Counter()
        for place in self.places:
            for _number in range(2):
                self.start(place)
        self.note()

    def now(self) -> Any:
        self.minutes += self.chance.choice([0, 1, 7])
        clock.freeze(NOW + timedelta(minutes=self.minutes))
        return clock.now()

    def start(self, place: Any) -> None:
        author = self.chance.choice([self.cast.member, self.cast.other, self.cast.staff])
        how = self.chance.choice([None, None, choice("staff")]) if author is self.cast.staff else None
        topic = make_topic(place, author, audience=how, at=self.now())
        self.topics.append(topic.id)
        for _number in range(self.chance.randrange(4)):
            self.answer(topic.id)

    def answer(self, topic_id: int) -> None:
        posts = list(db.session.scalars(db.select(Post).where(Post.topic_id == topic_id)))
        parent = self.chance.choice([None, *[post.id for post in posts]])
        author = self.chance.choice([*self.readers, self.cast.staff])
        try:
            writing.reply(
                db.session.get_one(Topic, topic_id),
                author=author,
                written=written("More."),
                parent_id=parent,
                at=self.now(),
            )
        except ForumError:
            db.session.rollback()

    def alive(self) -> list[Topic]:
        found = db.session.scalars(db.select(Topic).order_by(Topic.id))
        return [topic for topic in found if topic.merged_into_id is None]

    def step(self, kind: str) -> None:
        self.now()
        topics = self.alive()
        topic, other = self.chance.choice(topics), self.chance.choice(topics)
        posts = list(
            db.session.scalars(db.select(Post).where(Post.topic_id == topic.id).order_by(Post.number))
        )
        some = [post.id for post in posts if self.chance.random() < 0.4]
        reader = self.chance.choice(self.readers)
        actor = self.cast.staff
        place_id = self.chance.choice(self.places).place_id
        with_replies = self.chance.random() < 0.5
        before = self.unread()
        is_curating, done = True, True
        try:
            match kind:
                case "move":
                    move_topic(topic, actor=actor, place_id=place_id)
                case "split":
                    new = split_topic(
                        topic,
                        actor=actor,
                        post_ids=some,
                        with_replies=with_replies,
                        title="Apart",
                        place_id=self.chance.choice([None, place_id]),
                    )
                    self.topics.append(new.id)
                case "posts":
                    move_posts(
                        topic, actor=actor, post_ids=some, with_replies=with_replies, target_id=other.id
                    )
                case "merge":
                    merge_topic(topic, actor=actor, target_id=other.id)
                case "undo":
                    entry = self.last_undoable()
                    if entry is not None:
                        undo_act(entry, actor=actor)
                case _:
                    is_curating = False
                    self.live(kind, topic, posts, reader)
        except ForumError:
            db.session.rollback()
            done = False
        if is_curating:
            assert self.unread() == before, kind
            self.acts[kind] += done
        self.note()

    def last_undoable(self) -> AuditEntry | None:
        kinds = ("topic:moved", "topic:split", "topic:merged")
        found = db.select(AuditEntry).where(AuditEntry.action.in_([k for k in kinds if k in UNDOINGS]))
        return db.session.scalars(found.order_by(AuditEntry.position.desc())).first()

    def live(self, kind: str, topic: Topic, posts: list[Post], reader: User) -> None:
        number = self.chance.randrange(1, topic.last_number + 1)
        match kind:
            case "reply":
                self.answer(topic.id)
            case "read":
                reading.mark_read(
                    topic, reader=reader, up_to=self.chance.choice([0, number]), numbers=[number]
                )
            case "unread":
                reading.mark_unread_from(topic, reader=reader, number=number)
            case "all":
                reading.mark_all_read([self.chance.choice(self.places).place], reader=reader)
            case "hide":
                post = self.chance.choice(posts)
                act = concealing.restore_post if post.is_concealed else concealing.hide_post
                act(post, actor=self.cast.staff, reason="So.")
            case "hide topic":
                act = concealing.hide_topic if topic.is_visible else concealing.restore_topic
                act(topic, actor=self.cast.staff, reason="So.")
            case "join":
                person = make_user()
                with transaction():
                    reading.begin_floors(person.id)
                self.readers.append(person)

    def unread(self) -> dict[int, set[int]]:
        """Which posts are unread, for each reader, wherever they stand."""
        db.session.expire_all()
        posts = list(db.session.scalars(db.select(Post)))
        found = {}
        for reader in self.readers:
            viewer = viewer_of(db.session.get_one(User, reader.id))
            states = unread.unread_of_topics(viewer, self.topics)
            found[reader.id] = {p.id for p in posts if states[p.topic_id].has_unread(p, reader.id)}
        return found

    def note(self) -> None:
        """Look whether everything holds."""
        db.session.expire_all()
        posts = {post.id: post for post in db.session.scalars(db.select(Post))}
        topics = {topic.id: topic for topic in db.session.scalars(db.select(Topic))}
        for post in posts.values():
            assert self.stood.setdefault((post.topic_id, post.number), post.id) == post.id
            parent = posts.get(post.parent_id) if post.parent_id else None
            assert parent is None or parent.topic_id == post.topic_id
            assert post.path == path_of(parent.path if parent else None, post.number)
            assert post.number <= topics[post.topic_id].last_number
        for (topic_id, number), post_id in self.stood.items():
            found = find_numbered(topics[topic_id], number)
            assert found is not None
            assert found.id == post_id
        for alias in db.session.scalars(db.select(PostAlias)):
            assert (posts[alias.post_id].topic_id, posts[alias.post_id].number) != (
                alias.topic_id,
                alias.number,
            )
        numbers = {(post.topic_id, post.number) for post in posts.values()}
        for event in db.session.scalars(db.select(TopicEvent)):
            if topics[event.topic_id].merged_into_id is None:
                assert (event.topic_id, event.after_number) in numbers
        for topic in topics.values():
            mine = [post for post in posts.values() if post.topic_id == topic.id]
            assert topic.merged_into_id is None or (not mine and not topic.is_visible)
            assert topic.merged_into_id is not None or min(post.number for post in mine) == 1
            shown = [post for post in mine if post.is_visible]
            assert topic.post_count == len(shown)
            assert topic.last_post_id is None or topic.last_seq == max(post.seq for post in shown)
        assert counting.counted() == counting.stored()
        with transaction():
            assert counting.recount() == 0


KINDS = [
    "move",
    "split",
    "posts",
    "merge",
    "undo",
    "reply",
    "read",
    "unread",
    "all",
    "hide",
    "hide topic",
    "join",
]


@pytest.mark.parametrize("seed", range(6))
def test_everything_stays_true_in_a_long_run(cast: Cast, seed: int) -> None:
    chance = random.Random(seed)
    forum = Small(cast, chance)
    for _step in range(30):
        forum.step(chance.choice(KINDS))
    assert sum(forum.acts.values()) >= 5, forum.acts
