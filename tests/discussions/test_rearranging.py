"""Whatever is moved, split, merged and taken back, in any order: posts, numbers, old links, counts, tags, audiences and what
everybody has read stay true."""

import contextlib
import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test
from sqlalchemy.orm import joinedload

from forum.access.models import Place
from forum.access.places import planned_audience
from forum.access.viewer import viewer_of
from forum.accounts.models import User
from forum.audit.models import AuditEntry
from forum.core import clock
from forum.core.db import db
from forum.core.errors import ForumError
from forum.core.transactions import transaction, transactional
from forum.discussions import counting
from forum.discussions.actions import answering, concealing, reading, tag_groups, tagging, writing
from forum.discussions.actions.moving import choice_of, move_topic
from forum.discussions.actions.splitting import merge_topic, move_posts, split_topic
from forum.discussions.actions.undoing import undo_act
from forum.discussions.models import Post, PostAlias, Topic, TopicEvent
from forum.discussions.models.tags import TopicTag
from forum.discussions.queries import unread
from forum.discussions.queries.posts import find_numbered
from forum.discussions.queries.tags import needed_group, vocabulary
from forum.discussions.queries.topics import default_audience
from forum.discussions.tag_params import MOST_TAGS
from forum.discussions.threads import path_of
from forum.notifications.actions import watching
from forum.notifications.models import TopicWatch, WatchLevel
from tests import images
from tests.cast import Cast, make_cast
from tests.conftest import NOW, begun_anew
from tests.factories import choice, make_category, make_topic, make_user, settled, written

ACTS = ("topic:moved", "topic:split", "topic:merged")
SIX = ("read_scope_id", "reply_scope_id", "gate1_id", "gate2_id", "oversight_id", "overseers_id")
WORDS = ("Case", "Question", "Pain", "Rotas", "Hospice")
some = st.integers(0, 99)  # counted round among what is there by then
a_few = st.sets(st.integers(1, 6), min_size=1, max_size=4)  # posts of a topic, counted from the second
tags = st.none() | st.lists(st.sampled_from(WORDS), max_size=3, unique=True)


def make_small(cast: Cast) -> tuple[list[Any], list[int], dict[tuple[int, int], int]]:
    """Places (one for questions, one that needs a tag), topics in them, and at which number each post stands."""
    asked = make_category("asked", read="guests", for_questions=True)
    places = [cast.lounge, cast.nook, asked]
    with transaction():
        kind = tag_groups.keep_group(
            None, name="Kind", only_one=True, place_ids=[cast.nook.place_id], actor=None
        )
        for word in WORDS:
            group_id = kind.id if word in ("Case", "Question") else None
            tagging.create_tag(tagging.TagPlan(word, group_id=group_id), actor=None)
    people = [cast.member, cast.other, cast.staff]
    topics = []
    for n in range(5):
        clock.freeze(NOW + timedelta(minutes=n))
        place, author = places[n % 3], people[n % 3]
        how = choice("staff") if n == 2 else choice("people", opened=True) if n == 4 else None
        topic = make_topic(place, author, audience=how, people=[cast.grace] if n == 4 else None)
        tagging.set_tags(
            topic, ["Case"] if place is cast.nook else ["Pain", "Rotas"][: n + 1], actor=cast.staff
        )
        above = None
        for m in range(4):
            clock.freeze(NOW + timedelta(minutes=n + 3 * m))
            post = (
                writing.reply(
                    topic,
                    author=people[(n + m) % 3],
                    written=written("More."),
                    parent_id=above,
                    at=clock.now(),
                )
                if n != 2 and n != 4
                else writing.reply(
                    topic, author=cast.staff, written=written("More."), parent_id=above, at=clock.now()
                )
            )
            above = post.id if m % 2 else above
        topics.append(topic.id)
        reading.mark_read(topic, reader=people[(n + 1) % 3], up_to=n)
    clock.freeze(NOW)  # the moment at which it is put back for the next
    posts = db.session.scalars(db.select(Post))
    return [settled(place) for place in places], topics, {(p.topic_id, p.number): p.id for p in posts}


class SmallForum(RuleBasedStateMachine):
    """What moderators do to it, and what people do meanwhile; each step is looked at as a whole."""

    begin: Callable[[], Any]

    def __init__(self) -> None:
        super().__init__()
        self.stack = contextlib.ExitStack()
        self.cast, (self.places, topics, self.stood) = self.stack.enter_context(type(self).begin())
        self.topics = list(topics)
        self.readers = [self.cast.member, self.cast.other, self.cast.insider, self.cast.grace]
        self.minutes = 30
        self.look()

    def teardown(self) -> None:
        with self.stack:
            db.session.rollback()
            topics = {topic.id: topic for topic in db.session.scalars(db.select(Topic))}
            for (topic_id, number), post_id in self.stood.items():
                found = find_numbered(topics[topic_id], number)
                assert found is not None
                assert found.id == post_id
            with transaction():
                assert counting.recount() == 0

    # What moderators do
    @rule(which=some, place=some, named=tags, back=st.booleans())
    def move(self, which: int, place: int, named: list[str] | None, back: bool) -> None:
        topic, place_id = self.topic(which), self.places[place % 3].place_id
        self.curate(lambda actor: move_topic(topic, actor=actor, place_id=place_id, tags=named), back=back)

    @rule(which=some, few=a_few, below=st.booleans(), place=some, named=tags, back=st.booleans())
    def split(
        self, which: int, few: set[int], below: bool, place: int, named: list[str] | None, back: bool
    ) -> None:
        topic = self.topic(which)
        wanted = {"post_ids": self.few_of(topic, few), "with_replies": below, "title": "Apart", "tags": named}
        place_id = [None, *(one.place_id for one in self.places)][place % 4]
        self.curate(lambda actor: split_topic(topic, actor=actor, place_id=place_id, **wanted), back=back)

    @rule(which=some, into=some, few=a_few, below=st.booleans(), back=st.booleans())
    def join(self, which: int, into: int, few: set[int], below: bool, back: bool) -> None:
        topic, target = self.topic(which), self.topic(into)
        wanted = {"post_ids": self.few_of(topic, few), "with_replies": below, "target_id": target.id}
        self.curate(lambda actor: move_posts(topic, actor=actor, **wanted), back=back)

    @rule(which=some, into=some, back=st.booleans())
    def merge(self, which: int, into: int, back: bool) -> None:
        topic, target = self.topic(which), self.topic(into)
        self.curate(lambda actor: merge_topic(topic, actor=actor, target_id=target.id), back=back)

    @precondition(lambda self: self.entries())
    @rule(which=st.integers(0, 2))
    def undo(self, which: int) -> None:
        entries = self.entries()
        self.curate(lambda actor: undo_act(entries[which % len(entries)], actor=actor))

    # What people do meanwhile
    @rule(which=some, above=some, who=some)
    def reply(self, which: int, above: int, who: int) -> None:
        topic = self.topic(which)
        posts = [None, *(post.id for post in self.posts(topic))]
        author = [*self.readers, self.cast.staff][who % 5]
        parent_id = posts[above % len(posts)]
        made = self.done(
            lambda: writing.reply(
                topic, author=author, written=written("And."), parent_id=parent_id, at=clock.now()
            )
        )
        if made is not None:
            self.stood[made.topic_id, made.number] = made.id
        self.look()

    @rule(which=some, who=some, number=some, how=st.sampled_from(["to", "one", "from", "all"]))
    def read(self, which: int, who: int, number: int, how: str) -> None:
        topic, reader = self.topic(which), self.readers[who % len(self.readers)]
        number = number % topic.last_number + 1
        if how == "from":
            self.done(lambda: reading.mark_unread_from(topic, reader=reader, number=number))
        elif how == "all":
            self.done(lambda: reading.mark_all_read([self.places[number % 3].place], reader=reader))
        else:
            up_to = number if how == "to" else 0
            self.done(lambda: reading.mark_read(topic, reader=reader, up_to=up_to, numbers=[number]))

    @rule(which=some, number=some, whole=st.booleans())
    def hide(self, which: int, number: int, whole: bool) -> None:
        topic = self.topic(which)
        if whole:
            act = concealing.hide_topic if topic.is_visible else concealing.restore_topic
            self.done(lambda: act(topic, actor=self.cast.staff, reason="So."))
        else:
            posts = self.posts(topic)
            post = posts[number % len(posts)]
            act_on = concealing.restore_post if post.is_concealed else concealing.hide_post
            self.done(lambda: act_on(post, actor=self.cast.staff, reason="So."))
        self.look()

    @rule(which=some, number=some, who=some, named=tags)
    def choose(self, which: int, number: int, who: int, named: list[str] | None) -> None:
        """Tags, an answer, a level."""
        topic, staff = self.topic(which), self.cast.staff
        posts = self.posts(topic)
        if named is not None:
            self.done(lambda: tagging.set_tags(topic, named, actor=staff))
        elif who % 2:
            post_id = posts[number % len(posts)].id
            self.done(lambda: answering.accept_answer(topic, post_id=post_id, actor=staff))
        else:
            level = [WatchLevel.MUTED, WatchLevel.WATCHING, None][number % 3]
            watching.choose_topic_level(self.readers[who % 4], topic.id, level)
        self.look()

    @precondition(lambda self: len(self.readers) < 6)
    @rule()
    def register(self) -> None:
        person = make_user()
        with transaction():
            reading.begin_floors(person.id)
        self.readers.append(person)

    # How it is looked at
    def topic(self, which: int) -> Topic:
        db.session.expire_all()
        found = list(
            db.session.scalars(db.select(Topic).where(Topic.merged_into_id.is_(None)).order_by(Topic.id))
        )
        return found[which % len(found)]

    def posts(self, topic: Topic) -> list[Post]:
        return list(
            db.session.scalars(db.select(Post).where(Post.topic_id == topic.id).order_by(Post.number))
        )

    def few_of(self, topic: Topic, few: set[int]) -> list[int]:
        posts = self.posts(topic)
        return sorted({posts[n % len(posts)].id for n in few})

    def entries(self) -> list[AuditEntry]:
        found = db.select(AuditEntry).where(AuditEntry.action.in_(ACTS)).order_by(AuditEntry.position.desc())
        return list(db.session.scalars(found.limit(3)))

    def done(self, act: Callable[[], Any]) -> Any:
        """What an act answers; None where it is refused, with nothing changed."""
        self.minutes += 1
        clock.freeze(NOW + timedelta(minutes=self.minutes))
        try:
            return act() or True
        except ForumError:
            db.session.rollback()
            return None

    def curate(self, act: Callable[[User], Any], *, back: bool = False) -> None:
        """Do it, and perhaps take it back at once: nobody has read more or less for it, and then all is as it was."""
        before, unread_before, last = self.state(), self.unread(), self.entries()[:1]
        if self.done(lambda: act(self.cast.staff)) is None:
            assert self.state() == before
            return
        self.topics = list(db.session.scalars(db.select(Topic.id)))
        assert {i: posts for i, posts in self.unread().items() if posts} == {
            i: posts for i, posts in unread_before.items() if posts
        }
        self.look()
        entries = self.entries()
        if back and entries[:1] != last and self.done(lambda: undo_act(entries[0], actor=self.cast.staff)):
            for part, (was, now) in enumerate(zip(before, self.state(), strict=True)):
                assert was == now, part
            assert self.unread() == unread_before
            self.look()

    def state(self) -> tuple[Any, ...]:
        """What is as before when the last act is taken back."""
        db.session.expire_all()
        alive = [t for t in db.session.scalars(db.select(Topic)) if t.merged_into_id is None]
        ids = [topic.id for topic in alive]
        watches = db.session.scalars(db.select(TopicWatch).where(TopicWatch.topic_id.in_(ids)))
        return (
            {(p.id, p.topic_id, p.number, p.parent_id, p.path) for p in db.session.scalars(db.select(Post))},
            {(t.id, t.place_id, t.audience_id, tuple(t.tag_ids)) for t in alive},
            {(t.id, t.answer_id, t.answered_at, t.view_count, t.post_count, t.last_post_id) for t in alive},
            {(w.user_id, w.topic_id, w.level, w.reason, w.changed_at) for w in watches},
        )

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

    def look(self) -> None:
        """Whether everything holds."""
        db.session.expire_all()
        posts = {post.id: post for post in db.session.scalars(db.select(Post))}
        whole = db.select(Topic).options(
            joinedload(Topic.place).joinedload(Place.audience), joinedload(Topic.audience)
        )
        topics = {topic.id: topic for topic in db.session.scalars(whole)}
        here = {(post.topic_id, post.number): post.id for post in posts.values()}
        assert len(here) == len(posts) == len(set(self.stood.values()))
        for post in posts.values():
            assert self.stood.setdefault((post.topic_id, post.number), post.id) == post.id
            parent = posts.get(post.parent_id) if post.parent_id else None
            assert parent is None or parent.topic_id == post.topic_id
            assert post.path == path_of(parent.path if parent else None, post.number)
            assert post.number <= topics[post.topic_id].last_number
        moved = {(a.topic_id, a.number): a.post_id for a in db.session.scalars(db.select(PostAlias))}
        assert not moved.keys() & here.keys()
        assert here | moved == self.stood
        for event in db.session.scalars(db.select(TopicEvent)):
            if topics[event.topic_id].merged_into_id is None:
                assert (event.topic_id, event.after_number) in here
        for topic in topics.values():
            self.look_at(topic, [post for post in posts.values() if post.topic_id == topic.id])
        tagged = {(row.topic_id, row.tag_id) for row in db.session.scalars(db.select(TopicTag))}
        assert tagged == {(topic.id, tag_id) for topic in topics.values() for tag_id in topic.tag_ids}
        assert counting.counted() == counting.stored()

    def look_at(self, topic: Topic, posts: list[Post]) -> None:
        if topic.merged_into_id is not None:
            assert not posts
            assert not topic.is_visible
            return
        assert min(post.number for post in posts) == 1
        shown = [post for post in posts if post.is_visible]
        assert topic.post_count == len(shown)
        assert topic.last_post_id is None or topic.last_seq == max(post.seq for post in shown)
        assert topic.answer_id is None or topic.answer_id in {post.id for post in shown}
        has = vocabulary().of(topic.tag_ids)
        assert len(topic.tag_ids) == len(set(topic.tag_ids)) <= MOST_TAGS
        assert sum(tag.group_id is not None for tag in has) <= 1  # of the one group
        assert needed_group(topic.place_id, has) is None
        wanted = choice_of(topic.audience)
        if wanted is None:
            assert topic.audience_id == default_audience(topic).id
        else:
            planned = planned_audience(topic.place, wanted, topic_id=topic.id)
            for column in SIX:
                is_made_anew = getattr(planned, column) < 0
                assert is_made_anew or getattr(planned, column) == getattr(topic.audience, column)


def test_everything_stays_true_whatever_is_done(migrated_app: Flask, database: str, tmp_path: Path) -> None:
    """`REARRANGING_EXAMPLES=500` looks further."""

    @contextlib.contextmanager
    def begin() -> Any:
        with begun_anew(migrated_app, database, tmp_path), migrated_app.app_context():
            cast = images.made_or_put_back(migrated_app, database, "cast", transactional(make_cast))
            small = images.made_or_put_back(migrated_app, database, "small forum", lambda: make_small(cast))
            yield cast, small

    few = 12 if database.startswith("sqlite") else 3
    examples = int(os.environ.get("REARRANGING_EXAMPLES", few))
    profile = settings(
        max_examples=examples,
        stateful_step_count=10,
        deadline=None,
        derandomize=examples == few,
        database=None,
        phases=[Phase.generate] if examples == few else list(Phase),
        suppress_health_check=list(HealthCheck),
    )
    machine = type("SmallForum", (SmallForum,), {"begin": staticmethod(begin)})
    run_state_machine_as_test(machine, settings=profile)
