"""The demo in a database: all of it, nobody sees more than the files say, and every count is right."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from forum.access.audience import readable_by
from forum.access.permissions import Permission
from forum.access.rules import judge
from forum.access.viewer import VISITOR, Viewer, viewer_of
from forum.accounts.models import User
from forum.audit.actions import AuditAction, first_broken
from forum.audit.models import AuditEntry
from forum.boards.queries import all_categories
from forum.core import clock, settings
from forum.core.db import db
from forum.core.transactions import transaction
from forum.demo import plan
from forum.demo.loader import State, load_demo, state_of_database
from forum.demo.parsing import read_demo
from forum.demo.readers import may_read, may_reply
from forum.discussions import counting
from forum.discussions.models import Post, PostQuote, Revision, Topic
from forum.discussions.queries.unread import unread_of_places, unread_of_topics
from forum.media.models import Upload
from forum.media.queries import find_open
from tests.conftest import NOW, begun_anew


@pytest.fixture(scope="module")
def demo() -> plan.Demo:
    return read_demo()


@pytest.fixture(scope="module")
def demo_app(
    migrated_app: Flask, database: str, demo: plan.Demo, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    """The application with the demo in it, loaded once: these tests only look."""
    with begun_anew(migrated_app, database, tmp_path_factory.mktemp("demo")):
        with migrated_app.app_context():
            assert load_demo(demo)
        yield migrated_app


@pytest.fixture
def now(demo_app: Flask) -> Iterator[datetime]:
    """The moment of the loading, inside the application."""
    with demo_app.app_context():
        yield clock.now()


def people() -> dict[str, User]:
    return {user.username: user for user in db.session.scalars(select(User))}


def topics(demo: plan.Demo) -> dict[str, Topic]:
    """The loaded topics by the names of their files."""
    found = db.session.scalars(select(Topic).options(joinedload(Topic.audience), joinedload(Topic.place)))
    by_title = {topic.title: topic for topic in found}
    return {topic.slug: by_title[topic.title] for topic in demo.topics}


def posts_of(topic: Topic) -> dict[int, Post]:
    return {post.number: post for post in db.session.scalars(select(Post).where(Post.topic_id == topic.id))}


def readable(viewer: Viewer) -> set[int]:
    return set(db.session.scalars(select(Topic.id).where(readable_by(viewer, Topic.audience_id))))


def as_said(body: str, numbers: dict[str, str]) -> str:
    """As the files have it: a quote names its post by its number, and there is one picture."""
    body = re.sub(r"(?<=/uploads/)\d+", "1", body)
    return re.sub(r"(?<=/posts/)\d+", lambda found: numbers[found[0]], body)


def test_the_demo_is_loaded_whole_and_in_order(now: datetime, demo: plan.Demo) -> None:
    assert now == NOW
    assert state_of_database() is State.DEMO
    assert set(people()) == {person.username for person in demo.people}
    assert [c.slug for c in all_categories()] == [c.slug for c in demo.categories]
    assert settings.current().name == "Meridian"
    for slug, topic in topics(demo).items():
        said = next(t for t in demo.topics if t.slug == slug)
        posts = posts_of(topic)
        numbers = {str(post.id): str(post.number) for post in posts.values()}
        assert [as_said(posts[p.number].body, numbers) for p in said.posts] == [p.body for p in said.posts]
        assert [posts[p.number].created_at for p in said.posts] == [now - p.ago for p in said.posts]
        for post in said.posts:
            above = posts[post.parent].id if post.parent else None
            assert posts[post.number].parent_id == above
            assert posts[post.number].body_html
        assert topic.last_number == len(said.posts)
        assert topic.post_count == sum(post.is_visible for post in said.posts)
        assert topic.last_post_at == now - [p for p in said.posts if p.is_visible][-1].ago
    in_order = select(Post.seq, Post.created_at, Topic.place_id).join(Topic, Topic.id == Post.topic_id)
    rows = db.session.execute(in_order.order_by(Topic.place_id, Post.seq)).all()
    assert all(a.created_at <= b.created_at for a, b in pairwise(rows) if a[2] == b[2])
    assert len({(row.place_id, row.seq) for row in rows}) == len(rows)


def test_counts_are_right_and_the_log_is_whole(now: datetime, demo: plan.Demo) -> None:
    with transaction():
        assert counting.recount() == 0
    assert first_broken() is None
    entries = db.session.scalars(select(AuditEntry).order_by(AuditEntry.position)).all()
    assert [e.at for e in entries] == sorted(e.at for e in entries)
    told = {entry.action for entry in entries}
    assert told >= {
        AuditAction.TOPIC_LOCKED,
        AuditAction.TOPIC_PINNED,
        AuditAction.TOPIC_ARCHIVED,
        AuditAction.POST_HIDDEN,
        AuditAction.USER_SUSPENDED,
    }
    hidden = db.session.scalars(select(Post).where(Post.hidden_at.is_not(None))).all()
    assert {post.hidden_reason for post in hidden} == {
        post.hidden.reason for topic in demo.topics for post in topic.posts if post.hidden
    }
    assert db.session.scalar(select(func.count()).where(Post.deleted_at.is_not(None))) == 1
    assert db.session.scalar(select(func.count(Revision.id))) == 1
    assert db.session.scalar(select(func.max(Post.created_at))) == now - timedelta(minutes=9)


def test_everybody_reads_and_answers_what_the_files_say(now: datetime, demo: plan.Demo) -> None:
    there, users = topics(demo), people()
    ids = {topic.id: slug for slug, topic in there.items()}
    for person in demo.people:
        viewer = viewer_of(users[person.username])
        seen = {ids[i] for i in readable(viewer)}
        if person.suspended:
            assert not any(judge(Permission.REPLY, viewer, t) for t in there.values())
            continue
        assert seen == {t.slug for t in demo.topics if may_read(demo, person, t)}, person.username
        answers = {s for s, t in there.items() if judge(Permission.REPLY, viewer, t)}
        shut = {t.slug for t in demo.topics if t.locked or t.archived}
        expected = {t.slug for t in demo.topics if may_reply(demo, person, t)} - shut
        assert answers == expected, person.username
    public = {t.slug for t in demo.topics if t.read == "public" or t.category == "welcome-desk"}
    assert {ids[i] for i in readable(VISITOR)} == public


def test_the_demo_accounts_have_exactly_this_to_read(now: datetime, demo: plan.Demo) -> None:
    there, users = topics(demo), people()
    places = [category.place_id for category in all_categories()]
    for reader in demo.readers:
        viewer = viewer_of(users[reader.username])
        unread = unread_of_topics(viewer, sorted(readable(viewer)))
        found = {topic_id: u for topic_id, u in unread.items() if u.count}
        assert sum(u.count for u in found.values()) == reader.expect.posts, reader.username
        assert len(found) == reader.expect.topics
        assert {i for i, u in found.items() if u.is_new} == {there[slug].id for slug in reader.new}
        by_place = unread_of_places(viewer, places).values()
        assert sum(place.topics for place in by_place) == reader.expect.topics
        assert sum(place.new for place in by_place) == reader.expect.new


def test_nobody_can_sign_in_to_the_demo_with_a_password(now: datetime, demo: plan.Demo) -> None:
    assert {user.password_hash for user in people().values()} == {None}


def test_loading_again_changes_nothing(demo_app: Flask, now: datetime, demo: plan.Demo) -> None:
    result = demo_app.test_cli_runner().invoke(args=["demo", "load"])
    assert (result.exit_code, result.output) == (0, "The demo is there already.\n")
    assert db.session.scalar(select(func.count(User.id))) == len(demo.people)


def test_the_sign_in_page_offers_the_demo_accounts(demo_app: Flask, demo: plan.Demo) -> None:
    browser = demo_app.test_client()
    page = browser.get("/signin").text
    for person in demo.people:
        offered = f'value="{person.username}"' in page
        assert offered == (person.demo is not None)
        assert (person.demo_line in page) or not person.demo_line
    assert "This is a demo." in page
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token is not None
    fields = {"csrf_token": token[1]}
    assert browser.post("/signin/demo", data={**fields, "username": "paulo"}).status_code == 404
    assert browser.post("/signin/demo", data={**fields, "username": "noor"}).status_code == 303
    assert "Noor" in browser.get("/").text


def test_every_readable_topic_shows_on_its_page(demo_app: Flask, demo: plan.Demo) -> None:
    browser = demo_app.test_client()
    with demo_app.app_context():
        pages = [f"/t/{topic_id}/x" for topic_id in readable(VISITOR)]
    assert len(pages) == 5
    for address in pages:
        for view in ("flat", "threaded"):
            answer = browser.get(f"{address}?view={view}", follow_redirects=True)
            assert answer.status_code == 200
            assert "This is a demo." in answer.text


def test_its_quotes_lead_to_their_posts(now: datetime, demo: plan.Demo) -> None:
    assert now == NOW
    quotes = db.session.query(PostQuote).all()
    assert len(quotes) == sum("/posts/" in post.body for topic in demo.topics for post in topic.posts)
    assert quotes
    for quote in quotes:
        post, quoted = db.session.get_one(Post, quote.post_id), db.session.get_one(Post, quote.quoted_id)
        assert post.topic_id == quoted.topic_id
        assert f'data-post="{quoted.id}"' in post.body_html
        assert f'href="/posts/{quoted.id}"' in post.body_html


def test_the_picture_of_the_demo_is_seen_by_who_reads_its_post(now: datetime) -> None:
    upload = db.session.scalars(select(Upload)).one()
    assert upload.owner_id == people()["selam"].id
    assert set(upload.parts) == {"320.webp", "1200x640.webp"}
    members, guest = viewer_of(people()["noor"]), viewer_of(people()["giacomo"])
    assert find_open(members, upload.id, "320.webp") is not None
    assert find_open(guest, upload.id, "320.webp") is None
