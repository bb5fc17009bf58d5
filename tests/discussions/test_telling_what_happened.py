"""What was done to a topic is told in its thread: each event once in either view, after the post it followed."""

import random
import re
from collections import Counter
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from forum.core import settings
from forum.core.db import db
from forum.core.transactions import transaction
from forum.discussions import moving
from forum.discussions.actions.concealing import hide_post, restore_post
from forum.discussions.actions.loading import locked_topic
from forum.discussions.actions.locking import lock_topic, unlock_topic
from forum.discussions.models import Post, Topic, TopicEvent
from forum.discussions.queries.paging import View
from forum.discussions.queries.shared import SharedPage, shared_page
from tests.cast import Cast
from tests.factories import make_post, make_topic

VIEWS: tuple[View, ...] = ("flat", "threaded")
LIMIT = 7


def make_eventful(cast: Cast, seed: int, posts: int = 40) -> Topic:
    """A thread of random shape in which now and then something is done to the topic or to a post."""
    choose = random.Random(seed)
    topic = make_topic(cast.lounge, cast.member, f"Eventful {seed}")
    written: list[Post] = []
    hidden: set[int] = set()
    while len(written) < posts:
        open_ones = [post for post in written if post.id not in hidden]
        parent = choose.choice(open_ones) if open_ones and choose.random() < 0.8 else None
        written.append(make_post(topic, cast.member, parent=parent))
        if choose.random() < 0.2:
            lock_topic(topic, actor=cast.staff, reason=f"Reason {len(written)}.")
            unlock_topic(topic, actor=cast.staff)
        if choose.random() < 0.2:
            post = choose.choice(written)
            hide_post(post, actor=cast.staff, reason="Off the subject.")
            hidden.add(post.id)
        if choose.random() < 0.05:
            restore_post(choose.choice(written), actor=cast.staff)
    return topic


def pages(topic_id: int, view: View, *, backwards: bool = False) -> Iterator[SharedPage]:
    topic = db.session.get_one(Topic, topic_id, populate_existing=True)
    last = shared_page(topic, view=view, limit=LIMIT, after=None, before=None, around=None)
    while not backwards:
        yield last
        if last.page.after is None:
            return
        last = shared_page(topic, view=view, limit=LIMIT, after=last.page.after, before=None, around=None)
    while last.page.after is not None:
        last = shared_page(topic, view=view, limit=LIMIT, after=last.page.after, before=None, around=None)
    yield last
    while last.page.before is not None:
        last = shared_page(topic, view=view, limit=LIMIT, after=None, before=last.page.before, around=None)
        yield last


def told_once(topic_id: int) -> list[int]:
    """The ids of a topic's events, after every view has told each of them once and in its place."""
    stored = {e.id: e for e in db.session.scalars(select(TopicEvent).where(TopicEvent.topic_id == topic_id))}
    for view in VIEWS:
        for backwards in (False, True):
            told: Counter[int] = Counter()
            for shared in pages(topic_id, view, backwards=backwards):
                there = [post.number for post in shared.page.posts]
                for number, events in shared.events.items():
                    told.update(event.id for event in events)
                    assert number in there
                    assert all(stored[event.id].after_number == number for event in events)
            assert told == dict.fromkeys(stored, 1), (view, backwards)
    return list(stored)


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.usefixtures("context")
def test_each_event_is_told_once_over_all_pages_of_a_view(cast: Cast, seed: int) -> None:
    assert len(told_once(make_eventful(cast, seed).id)) > 5


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.usefixtures("context")
def test_each_event_is_told_once_wherever_posts_were_moved(cast: Cast, seed: int) -> None:
    choose = random.Random(seed)
    topics = [make_eventful(cast, 10 * seed + n, posts=15).id for n in range(2)]
    before = [event for topic_id in topics for event in told_once(topic_id)]

    def some_post(topic_id: int) -> Post:
        found = db.session.scalars(select(Post).where(Post.topic_id == topic_id, Post.number > 1)).all()
        return choose.choice(sorted(found, key=lambda post: post.number))

    for _n in range(4):
        with transaction():
            source, target = (locked_topic(topic_id) for topic_id in topics)
            above = some_post(target.id)
            moving.move_branch(source, target, some_post(source.id).id, moving.Above(above.id, above.path))
        assert sorted(event for topic_id in topics for event in told_once(topic_id)) == sorted(before)
        topics.reverse()
    with transaction():
        source, target = (locked_topic(topic_id) for topic_id in topics)
        head = db.session.scalars(select(Post).where(Post.topic_id == source.id, Post.number == 1)).one()
        above = some_post(target.id)
        moving.merge(source, target, head.id, moving.Above(above.id, above.path))
    assert sorted(told_once(topics[1])) == sorted(before)
    for event in db.session.scalars(select(TopicEvent).where(TopicEvent.kind == "post_hidden")):
        about = select(Post).where(Post.topic_id == event.topic_id, Post.number == event.about_post)
        assert event.after_number == event.about_post
        assert db.session.scalars(about).one().author_id == int(event.detail["author_id"])


def read_in_order(browser: FlaskClient, address: str) -> list[str]:
    """Post numbers and reasons as they stand on the pages, one page after another."""
    found: list[str] = []
    while address:
        page = browser.get(address).get_data(as_text=True)
        found += re.findall(r'<article [^>]*data-number="(\d+)"|<bdi>(Because of \d+\.)</bdi>”', page)  # type: ignore[arg-type]
        onward = re.search(r'href="([^"]*view=\w+&amp;after=\d+)"', page)
        address = onward[1].replace("&amp;", "&") if onward else ""
    return ["".join(one) for one in found]


def test_an_event_stands_after_its_post_also_where_a_page_ends(
    app: Flask, cast: Cast, client: FlaskClient
) -> None:
    with app.app_context():
        size = settings.current().posts_per_page
        topic = make_topic(cast.welcome, cast.member, "Cut after an event")
        first = make_post(topic, cast.member)
        for number in range(3, 2 * size):
            make_post(topic, cast.member, parent=first if number % 2 else None)
            if number in (size, size + 1, 2 * size - 1):
                lock_topic(topic, actor=cast.staff, reason=f"Because of {number}.")
                unlock_topic(topic, actor=cast.staff)
    for view in VIEWS:
        read = read_in_order(client, f"/t/{topic.id}/{topic.slug}?view={view}")
        reasons = [at for at, said in enumerate(read) if said.startswith("Because")]
        assert len(reasons) == 3
        assert [read[at] for at in reasons] == [f"Because of {read[at - 1]}." for at in reasons]
