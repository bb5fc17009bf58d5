"""Bookmarks: one's own and nobody else's; what one may no longer read shows nothing; reminders come once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from forum.accounts.models import User
from forum.core import clock
from forum.core.db import db
from forum.core.transactions import transaction
from forum.discussions.actions.audiences import set_audience
from forum.discussions.actions.bookmarking import give_due_reminders, keep_post, put_bookmark
from forum.discussions.actions.concealing import hide_post, restore_post
from forum.discussions.models import Bookmark, Post, Topic
from forum.notifications.models import Notification
from tests.api.conftest import Program
from tests.cast import Cast
from tests.conftest import NOW
from tests.factories import choice, make_post, make_topic

SignIn = Callable[[User], FlaskClient]
Submit = Callable[..., Any]


@pytest.fixture
def topic(app: Flask, cast: Cast) -> Topic:
    with app.app_context():
        return make_topic(cast.lounge, cast.other, "Worth keeping")


@pytest.fixture
def post(app: Flask, cast: Cast, topic: Topic) -> Post:
    with app.app_context():
        return make_post(topic, cast.other, "A dosing table.")


def now_is(user: User) -> User:
    return db.session.get_one(User, user.id)


def kept(app: Flask, user: User, post: Post, note: str = "", at: datetime | None = None) -> Bookmark:
    with app.app_context():
        made = keep_post(post, reader=now_is(user))
        put_bookmark(made.id, reader=now_is(user), note=note, remind_at=at)
        return made


def told(app: Flask) -> list[tuple[int, str, Any]]:
    with app.app_context():
        rows = db.session.scalars(select(Notification).where(Notification.kind == "reminder"))
        return [(row.user_id, row.detail["note"], row.post_id) for row in rows]


def test_a_post_is_kept_with_a_button_annotated_found_and_given_up(
    app: Flask, cast: Cast, topic: Topic, post: Post, sign_in: SignIn, submit: Submit
) -> None:
    browser, page = sign_in(cast.member), f"/t/{topic.id}/{topic.slug}"
    assert f'formaction="/posts/{post.id}/bookmark"' in browser.get(page).text
    assert submit(browser, f"/posts/{post.id}/bookmark").status_code == 303
    submit(browser, f"/posts/{post.id}/bookmark")
    with app.app_context():
        mine = db.session.scalars(select(Bookmark)).one()
    assert f'href="/bookmarks/{mine.id}"' in browser.get(page).text
    assert f'href="/bookmarks/{mine.id}"' not in sign_in(cast.grace).get(page).text
    where = f"/bookmarks/{mine.id}"
    assert "Worth keeping" in browser.get(where).text
    assert submit(browser, where, note="For 100% of ward rounds", remind="").status_code == 303
    assert "For 100% of ward rounds" in browser.get("/bookmarks").text
    assert "ward rounds" in browser.get("/bookmarks?q=100%25+of").text
    assert "ward rounds" not in browser.get("/bookmarks?q=100_of").text
    assert "Worth keeping" not in browser.get("/bookmarks?only=reminders").text
    assert submit(browser, f"{where}/remove").status_code == 303
    assert "You keep nothing yet" in browser.get("/bookmarks").text


def test_the_moment_is_ones_own_tomorrow(
    app: Flask, cast: Cast, post: Post, sign_in: SignIn, submit: Submit
) -> None:
    with app.app_context(), transaction():
        now_is(cast.member).time_zone = "Asia/Tokyo"  # 18:00 on Friday the 20th there
    mine, browser = kept(app, cast.member, post), sign_in(cast.member)

    def set_to(**fields: str) -> datetime | None:
        answer = submit(browser, f"/bookmarks/{mine.id}", **fields)
        assert answer.status_code == 303, answer.text
        with app.app_context():
            return db.session.get_one(Bookmark, mine.id).remind_at

    assert set_to(remind="later") == NOW + timedelta(hours=3)
    assert set_to(remind="tomorrow") == datetime(2026, 11, 21, 0, 0, tzinfo=UTC)
    assert set_to(remind="week") == datetime(2026, 11, 23, 0, 0, tzinfo=UTC)
    assert set_to(remind="own", at="2026-12-01T08:30") == datetime(2026, 11, 30, 23, 30, tzinfo=UTC)
    page = browser.get(f"/bookmarks/{mine.id}").text
    assert 'value="2026-12-01T08:30"' in page
    assert "Asia/Tokyo" in page
    assert set_to(remind="keep", note="Still") == datetime(2026, 11, 30, 23, 30, tzinfo=UTC)
    assert set_to(remind="keep", at="2026-12-01T08:30") == datetime(2026, 11, 30, 23, 30, tzinfo=UTC)
    # A day that is filled in counts, also where the choice above it was forgotten.
    assert set_to(remind="keep", at="2026-12-02T08:30") == datetime(2026, 12, 1, 23, 30, tzinfo=UTC)
    assert set_to(remind="", at="2026-12-02T08:30") is None
    assert set_to(remind="", at="2026-12-03T08:30") == datetime(2026, 12, 2, 23, 30, tzinfo=UTC)
    assert set_to(remind="") is None
    for fields in (
        {"remind": "own"},
        {"remind": "own", "at": "2026-11-20T17:59"},
        {"remind": "own", "at": "2036-11-20T17:59"},
        {"remind": "own", "at": "0001-01-01T00:00"},
        {"remind": "own", "at": "soon"},
        {"remind": "never"},
        {"note": "x" * 501},
    ):
        answer = submit(browser, f"/bookmarks/{mine.id}", **{"note": "Typed", **fields})
        assert answer.status_code == 422, fields
        assert "Typed" in answer.text or "xxx" in answer.text


def test_a_reminder_comes_once_however_often_and_by_whomever_it_is_looked_for(
    app: Flask, cast: Cast, post: Post
) -> None:
    kept(app, cast.member, post, "Ask the pharmacy", NOW + timedelta(hours=1))
    kept(app, cast.grace, post, at=NOW + timedelta(days=1))

    def look(_number: int) -> int:
        with app.app_context():
            return give_due_reminders()

    assert look(0) == 0
    clock.freeze(NOW + timedelta(hours=1))
    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(look, range(8))) == 1
    assert told(app) == [(cast.member.id, "Ask the pharmacy", post.id)]
    assert look(0) == 0
    with app.app_context():
        assert db.session.scalar(select(func.count()).where(Bookmark.remind_at.is_not(None))) == 1


def test_what_is_no_longer_open_shows_nothing_and_comes_back(
    app: Flask, cast: Cast, topic: Topic, post: Post, sign_in: SignIn, submit: Submit
) -> None:
    mine = kept(app, cast.member, post, "My own words", NOW + timedelta(hours=1))
    browser, program = sign_in(cast.member), Program(app, sign_in(cast.member))
    with app.app_context():
        set_audience(topic, actor=now_is(cast.moderator), choice=choice("staff"))
    for address in ("/bookmarks", f"/bookmarks/{mine.id}"):
        page = browser.get(address).text
        assert "My own words" in page
        assert "no longer open to you" in page
        for gone in ("Worth keeping", cast.other.name, "dosing", str(topic.id)):
            assert gone not in page, gone
    one = program.get("/bookmarks").json["items"][0]
    assert [one[name] for name in ("note", "title", "number", "author", "topic_id")] == [
        "My own words",
        None,
        None,
        None,
        None,
    ]
    clock.freeze(NOW + timedelta(hours=2))
    with app.app_context():
        assert give_due_reminders() == 0
    assert told(app) == []  # who may not read is told nothing
    assert "As soon as it is open to you again" in browser.get(f"/bookmarks/{mine.id}").text
    with app.app_context():
        set_audience(topic, actor=now_is(cast.moderator), choice=None)
        hide_post(post, actor=now_is(cast.moderator), reason="For now.")
    assert "Worth keeping" not in browser.get("/bookmarks").text
    assert program.put(f"/posts/{post.id}/bookmark").status_code == 403
    assert program.delete(f"/posts/{post.id}/bookmark").status_code == 204
    assert program.get("/bookmarks").json["items"] == []


def test_a_reminder_waits_until_its_post_can_be_read_again_and_not_for_ever(
    app: Flask, cast: Cast, topic: Topic, post: Post
) -> None:
    kept(app, cast.member, post, "Mine", NOW + timedelta(hours=1))
    kept(app, cast.grace, post, "Given up", NOW + timedelta(hours=1))
    moderator = cast.moderator

    def looked(after: timedelta) -> int:
        clock.freeze(NOW + after)
        with app.app_context():
            return give_due_reminders()

    with app.app_context():
        hide_post(post, actor=now_is(moderator), reason="For now.")
    assert looked(timedelta(hours=1)) == 0
    with app.app_context():
        restore_post(post, actor=now_is(moderator))
        set_audience(topic, actor=now_is(moderator), choice=choice("staff"))
    assert looked(timedelta(hours=2)) == 0
    assert looked(timedelta(days=80)) == 0
    with app.app_context():
        set_audience(topic, actor=now_is(moderator), choice=choice("people"), people=[now_is(cast.member)])
    assert [looked(timedelta(days=80, hours=hours)) for hours in (1, 2)] == [1, 0]
    assert told(app) == [(cast.member.id, "Mine", post.id)]
    assert looked(timedelta(days=91)) == 0
    with app.app_context():
        assert db.session.scalar(select(func.count()).where(Bookmark.remind_at.is_not(None))) == 0


def test_programs_keep_and_change_only_what_they_name(
    app: Flask, cast: Cast, topic: Topic, post: Post, sign_in: SignIn
) -> None:
    program = Program(app, sign_in(cast.member))
    at = "2026-12-01T08:30:00Z"
    assert program.put(f"/posts/{post.id}/bookmark", {"note": "N", "remind_at": at}).json["remind_at"] == at
    assert program.put(f"/posts/{post.id}/bookmark").json["note"] == "N"
    changed = program.put(f"/posts/{post.id}/bookmark", {"remind_at": None}).json
    assert (changed["note"], changed["remind_at"], changed["title"]) == ("N", None, "Worth keeping")
    past = program.put(f"/posts/{post.id}/bookmark", {"remind_at": "2020-01-01T00:00:00Z"})
    assert (past.status_code, list(past.json["errors"])) == (422, ["remind_at"])
    assert program.put(f"/posts/{post.id}/bookmark", {"remind_at": "2026-12-01T08:30:00"}).status_code == 422
    stranger = Program(app, sign_in(cast.guest))
    for call in (stranger.put, stranger.delete):
        assert call(f"/posts/{post.id}/bookmark").status_code == 404
        assert call("/posts/1234/bookmark").status_code == 404
    assert program.delete(f"/posts/{post.id}/bookmark").status_code == 204
    assert program.delete(f"/posts/{post.id}/bookmark").status_code == 204


def test_nobody_reaches_anothers_bookmark(
    app: Flask, cast: Cast, post: Post, sign_in: SignIn, submit: Submit
) -> None:
    mine = kept(app, cast.member, post, "Mine")
    staff = sign_in(cast.staff)
    assert staff.get(f"/bookmarks/{mine.id}").status_code == 404
    assert staff.get(f"/bookmarks/{mine.id}").data == staff.get("/bookmarks/123").data
    assert submit(staff, f"/bookmarks/{mine.id}", note="Yours").status_code == 404
    submit(staff, f"/bookmarks/{mine.id}/remove")
    with app.app_context():
        assert db.session.get_one(Bookmark, mine.id).note == "Mine"


def test_the_list_is_paged_and_costs_the_same_for_all(
    app: Flask, cast: Cast, sign_in: SignIn, count_statements: Any
) -> None:
    browser, counts = sign_in(cast.member), []
    for several in (3, 9):
        for _ in range(several):
            with app.app_context():
                one = make_topic(cast.lounge, cast.other)
                first = db.session.scalars(select(Post).where(Post.topic_id == one.id)).one()
            kept(app, cast.member, first)
        browser.get("/bookmarks")
        with count_statements() as sent:
            browser.get("/bookmarks")
        counts.append(len(sent))
    assert counts[0] == counts[1] <= 5, sent
    assert len(Program(app, sign_in(cast.member)).items("/bookmarks?limit=5")) == 12
