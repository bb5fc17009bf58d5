"""Reading on where one stopped, as the pages show it."""

import re
from datetime import UTC, datetime
from typing import Any

from flask import Flask

from forum.accounts.models import User
from forum.core.db import db
from forum.core.transactions import transaction
from forum.discussions.actions import reading
from tests.cast import Cast
from tests.conftest import SignIn
from tests.factories import make_post, make_topic


def test_every_unread_topic_is_reached_page_by_page(app: Flask, cast: Cast, sign_in: SignIn) -> None:
    with app.app_context():
        for n in range(65):
            make_topic(cast.lounge if n % 3 else cast.nook, cast.other, f"Unread {n:02}")
    browser = sign_in(cast.member)
    seen: list[str] = []
    where = "/unread"
    while where:
        page = browser.get(where).text
        seen += re.findall(r"Unread \d\d", page.partition("<main")[2])
        following = re.search(r'href="([^"]*)" rel="next"', page)
        where = following[1].replace("&amp;", "&") if following else ""
    assert sorted(seen) == [f"Unread {n:02}" for n in range(65)]


def test_only_what_was_not_read_is_marked_also_between_what_was(
    app: Flask, cast: Cast, sign_in: SignIn, submit: Any
) -> None:
    with app.app_context():
        topic = make_topic(cast.lounge, cast.other)
        for _n in range(9):
            make_post(topic, cast.other)
        reading.mark_read(topic, reader=cast.member, numbers=[1, 5, 6, 9])
    browser = sign_in(cast.member)
    where = f"/t/{topic.id}/{topic.slug}"
    for view in ("flat", "threaded"):
        page = browser.get(f"{where}?view={view}").text
        new = re.findall(r'class="post post--new" id="post-\d+" data-number="(\d+)"', page)
        assert [int(number) for number in new] == [2, 3, 4, 7, 8, 10]
    # Without scripts the button says what the page showed, no more.
    assert re.findall(r'name="numbers" value="(\d+)"', page) == ["2", "3", "4", "7", "8", "10"]
    submit(browser, f"/t/{topic.id}/read", numbers=["2", "3"])
    page = browser.get(where).text
    assert re.findall(r'name="numbers" value="(\d+)"', page) == ["4", "7", "8", "10"]


def test_a_day_is_the_readers_day(app: Flask, cast: Cast, sign_in: SignIn) -> None:
    with app.app_context():
        begun = datetime(2026, 11, 8, 12, tzinfo=UTC)
        topic = make_topic(cast.lounge, cast.other, at=begun)
        early = make_post(topic, cast.other, at=datetime(2026, 11, 9, 20, tzinfo=UTC))  # the tenth in Tokyo
        late = make_post(topic, cast.other, at=datetime(2026, 11, 10, 20, tzinfo=UTC))
        with transaction():
            db.session.get_one(User, cast.member.id).time_zone = "Asia/Tokyo"
    where = f"/t/{topic.id}/{topic.slug}?go=2026-11-10"
    assert sign_in(cast.member).get(where).location.endswith(f"#post-{early.id}")
    assert sign_in(cast.grace).get(where).location.endswith(f"#post-{late.id}")
