"""The benchmark's data is what the program itself would have written, only faster."""

import random
from collections import Counter
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from forum.access.models import AudienceKind
from forum.access.viewer import viewer_of
from forum.accounts.models import Standing, User
from forum.boards.models import Category
from forum.cli.dataset.making import make_dataset
from forum.cli.dataset.people import KNOWN
from forum.cli.dataset.plan import Size, topic_sizes
from forum.core.db import db
from forum.core.transactions import transaction
from forum.discussions import counting
from forum.discussions.models import AudienceCount, Post, ReadAhead, ReadMarker, Topic
from forum.discussions.queries.unread import unread_of_places
from forum.discussions.threads import path_of

SIZE = Size(users=60, categories=6, topics=100, posts=1000)


@pytest.fixture
def dataset(context: None) -> None:
    make_dataset(random.Random(7), SIZE, password_hash="none", progress=lambda count: None)


def everything(model: Any) -> list[Any]:
    return list(db.session.scalars(select(model)))


@pytest.mark.usefixtures("dataset")
def test_the_counts_are_those_that_the_program_would_have_kept() -> None:
    assert counting.counted() == counting.stored()
    last = {
        (row.subject_id, row.audience_id): (row.last_topic_id, row.last_seq)
        for row in everything(AudienceCount)
        if row.subject_kind == "place"
    }
    topics = everything(Topic)
    told = {t.id: (t.post_count, t.last_seq, t.last_post_id, t.last_post_author_id) for t in topics}
    with transaction():
        assert counting.recount() == 0
        for topic in topics:
            counting.refresh_topic(db.session.get_one(Topic, topic.id))
    db.session.expire_all()
    again = everything(Topic)
    assert told == {t.id: (t.post_count, t.last_seq, t.last_post_id, t.last_post_author_id) for t in again}
    assert last == {
        (row.subject_id, row.audience_id): (row.last_topic_id, row.last_seq)
        for row in everything(AudienceCount)
        if row.subject_kind == "place"
    }


@pytest.mark.usefixtures("dataset")
def test_it_has_the_size_that_was_asked_for() -> None:
    assert db.session.scalar(select(func.count(Post.id))) == SIZE.posts
    assert db.session.scalar(select(func.count(Topic.id))) == SIZE.topics
    assert db.session.scalar(select(func.count(User.id))) == SIZE.users
    assert db.session.scalar(select(func.count(Category.id))) == SIZE.categories


@pytest.mark.usefixtures("dataset")
def test_posts_stand_where_their_parents_say() -> None:
    posts = {post.id: post for post in everything(Post)}
    depths: Counter[int] = Counter()
    for post in posts.values():
        parent = posts.get(post.parent_id)
        assert parent is None or (parent.topic_id, parent.number < post.number) == (post.topic_id, True)
        assert post.path == path_of(parent.path if parent else None, post.number)
        depths[post.depth] += 1
    assert max(depths) >= 5
    assert max(depths) < 12
    for topic in everything(Topic):
        of_topic = sorted((p for p in posts.values() if p.topic_id == topic.id), key=lambda p: p.number)
        assert [p.number for p in of_topic] == list(range(1, topic.last_number + 1))
        assert [p.seq for p in of_topic] == sorted({p.seq for p in of_topic})
        assert [p.id for p in of_topic] == sorted(p.id for p in of_topic)
        assert [p.created_at for p in of_topic] == sorted(p.created_at for p in of_topic)
        assert topic.created_seq == of_topic[0].seq


@pytest.mark.usefixtures("dataset")
def test_each_place_counts_its_posts_without_a_gap() -> None:
    rows = db.session.execute(select(Topic.place_id, Post.seq).join(Topic, Topic.id == Post.topic_id))
    seqs: dict[int, list[int]] = {}
    for place_id, seq in rows:
        seqs.setdefault(place_id, []).append(seq)
    for category in everything(Category):
        found = seqs[category.place_id]
        assert sorted(found) == list(range(1, category.place.last_seq + 1))


@pytest.mark.usefixtures("dataset")
def test_every_audience_and_standing_is_there_and_some_topics_have_their_own() -> None:
    kinds = Counter(category.place.read_kind for category in everything(Category))
    assert kinds == {AudienceKind.PUBLIC: 2, AudienceKind.GUESTS: 2, AudienceKind.MEMBERS: 2}
    rows = db.session.execute(select(Topic.audience_id, func.count()).group_by(Topic.audience_id))
    assert len(rows.all()) > SIZE.categories
    assert {user.standing for user in everything(User)} == set(Standing)
    assert set(db.session.scalars(select(User.username))) >= KNOWN.keys()
    assert db.session.scalar(select(func.count(Post.id)).where(Post.hidden_at.is_not(None)))


@pytest.mark.usefixtures("dataset")
def test_some_have_read_a_part() -> None:
    member = db.session.scalars(select(User).where(User.username == "bench-member")).one()
    places = [category.place_id for category in everything(Category)]
    found = unread_of_places(viewer_of(member), places)
    assert sum(unread.topics for unread in found.values()) > 0
    marked = select(func.count()).where(ReadMarker.user_id == member.id)
    assert 0 < (db.session.scalar(marked) or 0) < SIZE.topics
    last = dict(db.session.execute(select(Topic.id, Topic.last_number)).all())
    for marker in everything(ReadMarker):
        assert 0 < marker.number <= last[marker.topic_id]
    for ahead in everything(ReadAhead):
        assert ahead.first <= ahead.last <= last[ahead.topic_id]


def test_the_same_seed_gives_the_same_data(app: Flask, context: None) -> None:
    def made(seed: int) -> list[Any]:
        make_dataset(random.Random(seed), Size(12, 3, 20, 120), password_hash="none", progress=lambda n: None)
        rows = db.session.execute(
            select(Post.id, Topic.title, Post.number, Post.path, Post.seq, Post.body, Post.body_html)
            .join(Topic, Topic.id == Post.topic_id)
            .order_by(Post.id)
        ).all()
        clear()
        return [tuple(row) for row in rows]

    def clear() -> None:
        with transaction():
            names = "read_ahead read_markers read_floors topic_events posts topics audience_counts"
            for name in names.split():
                db.session.execute(db.metadata.tables[name].delete())
            db.session.execute(db.metadata.tables["role_assignments"].delete())
            db.session.execute(db.metadata.tables["users"].delete())
            db.session.execute(db.metadata.tables["categories"].delete())

    first = made(1)
    assert made(1) == first
    assert made(2) != first


@pytest.mark.parametrize(
    ("topics", "posts"), [(2000, 35000), (100_000, 1_000_000), (1, 1), (5, 5), (30, 400), (1, 5000)]
)
def test_sizes_add_up(topics: int, posts: int) -> None:
    sizes = topic_sizes(topics, posts)
    assert (len(sizes), sum(sizes)) == (topics, posts)
    assert min(sizes) >= 1
    if topics >= 2000:
        assert sizes[:21] == [5000] + [500] * 20
        assert max(sizes[21:]) < 500


def test_people_are_not_joined_by_invented_ones(app: Flask, cast: object) -> None:
    result = app.test_cli_runner().invoke(args=["bench", "dataset", "--users", "10"])
    assert result.exit_code == 1
    assert "there are people" in result.output


def test_the_command_says_how_to_sign_in(app: Flask) -> None:
    result = app.test_cli_runner().invoke(
        args=["bench", "dataset", "--users", "12", "--categories", "3", "--topics", "4", "--posts", "9"]
    )
    assert result.exit_code == 0, result.output
    assert "bench-moderator" in result.output
    again = app.test_cli_runner().invoke(args=["bench", "dataset", "--force"])
    assert "already" in again.output
