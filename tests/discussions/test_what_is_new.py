"""“New to you”: marked on exactly the posts that are unread, in both views, and ruled off in lists."""

import re
from collections.abc import Callable
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from forum.accounts.models import User
from forum.core.db import db
from forum.discussions.actions import concealing, reading
from forum.discussions.models import Post
from tests.cast import Cast
from tests.factories import make_post, make_topic

SignIn = Callable[[User], FlaskClient]
NEW = re.compile(r'<article class="post post--new[^"]*" id="post-\d+" data-number="(\d+)"')


def marked(page: str) -> list[int]:
    return sorted(int(number) for number in NEW.findall(page))


def test_the_posts_that_are_unread_are_marked_and_no_others(app: Flask, cast: Cast, sign_in: SignIn) -> None:
    with app.app_context():
        topic = make_topic(cast.lounge, cast.other, "Long and read in pieces")
        posts = [make_post(topic, cast.other) for _n in range(2, 11)]
        make_post(topic, cast.member, parent=posts[0])  # 11, one's own
        make_post(topic, cast.other, parent=posts[0])  # 12
        me, staff = db.session.get_one(User, cast.member.id), db.session.get_one(User, cast.staff.id)
        reading.mark_read(topic, reader=me, up_to=3)
        reading.mark_read(topic, reader=me, numbers=[6, 7, 12])
        found = db.session.query(Post).filter_by(topic_id=topic.id, number=9).one()
        concealing.hide_post(found, actor=staff, reason="No.")
    browser, address = sign_in(cast.member), f"/t/{topic.id}/{topic.slug}"
    flat, threaded = (browser.get(f"{address}?view={view}").text for view in ("flat", "threaded"))
    assert marked(flat) == marked(threaded) == [4, 5, 8, 10]
    assert flat.count('class="since"') == 1
    assert "New to you · 4 replies" in flat
    assert flat.index('class="since"') < flat.index('data-number="4"')
    assert flat.index('data-number="3"') < flat.index('class="since"')
    assert "New to you · 4 posts, each marked with a dot" in threaded
    with app.app_context():
        reading.mark_read(topic, reader=db.session.get_one(User, cast.member.id), up_to=12)
    for view in ("flat", "threaded"):
        page = browser.get(f"{address}?view={view}").text
        assert marked(page) == []
        assert "New to you" not in page
    assert "New to you" not in sign_in(cast.expired).get(address).text


def test_mark_all_read_takes_the_marks_away_and_later_posts_are_new_again(
    app: Flask, cast: Cast, sign_in: SignIn
) -> None:
    with app.app_context():
        topic = make_topic(cast.lounge, cast.other, "Under a floor")
        make_post(topic, cast.other)
    browser, address = sign_in(cast.member), f"/t/{topic.id}/{topic.slug}"
    assert marked(browser.get(address).text) == [1, 2]
    with app.app_context():
        reading.mark_all_read([cast.lounge.place], reader=db.session.get_one(User, cast.member.id))
    assert marked(browser.get(address).text) == []
    with app.app_context():
        make_post(topic, cast.other)
    for view in ("flat", "threaded"):
        assert marked(browser.get(f"{address}?view={view}").text) == [3]


def test_a_list_is_ruled_off_where_nothing_below_is_new(app: Flask, cast: Cast, sign_in: SignIn) -> None:
    with app.app_context():
        topics = [make_topic(cast.lounge, cast.other, f"Number {n}") for n in range(5)]
        me = db.session.get_one(User, cast.member.id)
        for topic in topics[:3]:
            reading.mark_read(topic, reader=me, up_to=1)
    browser, rule = sign_in(cast.member), "nothing below is new to you"
    page = browser.get("/c/lounge").text
    assert page.count(rule) == 1
    assert page.index("Number 3") < page.index(rule) < page.index("Number 2")
    assert rule not in browser.get("/c/lounge?sort=top").text  # there what is new stands anywhere
    with app.app_context():
        make_post(topics[0], cast.other)
    page = browser.get("/c/lounge").text
    assert page.index("Number 0") < page.index("Number 3") < page.index(rule) < page.index("Number 2")
    with app.app_context():
        reading.mark_all_read([cast.lounge.place], reader=db.session.get_one(User, cast.member.id))
    assert rule not in browser.get("/c/lounge").text


def test_the_marks_cost_no_statement(app: Flask, cast: Cast, sign_in: SignIn, count_statements: Any) -> None:
    with app.app_context():
        topic = make_topic(cast.lounge, cast.other, "Ranges")
        for _n in range(30):
            make_post(topic, cast.other)
        me = db.session.get_one(User, cast.member.id)
        reading.mark_read(topic, reader=me, numbers=[5, 9, 12, 13, 20])
    browser = sign_in(cast.member)
    browser.get(f"/t/{topic.id}/{topic.slug}")
    with count_statements() as sent:
        page = browser.get(f"/t/{topic.id}/{topic.slug}").text
    assert marked(page) == sorted({*range(1, 20)} - {5, 9, 12, 13})
    assert len(sent) <= 5, sent
