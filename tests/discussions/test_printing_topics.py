"""A whole topic to print: all of it in one place, for exactly those who may read it."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from forum.accounts.models import User
from forum.core.db import db
from forum.discussions.actions import concealing
from forum.discussions.routes import printing
from tests.cast import Cast
from tests.factories import make_post, make_topic

SignIn = Callable[[User], FlaskClient]


def test_it_has_every_post_with_author_date_and_address(app: Flask, cast: Cast, client: FlaskClient) -> None:
    with app.app_context():
        topic = make_topic(cast.welcome, cast.member, "On paper")
        for n in range(40):
            answered = make_post(topic, cast.guest, f"Answer number {n}.")
        make_post(topic, cast.member, "To the last.", parent=answered)
    page = client.get(f"/t/{topic.id}/on-paper/print")
    assert page.status_code == 200
    assert page.text.count('class="paper__post"') == 42
    for said in (
        "Answer number 39.",
        "Gaspard Guest",
        "20 November 2026, 09:00",
        f"http://127.0.0.1:8000/t/{topic.id}/on-paper/42",
        "in reply to 41",
        "can read this",
        '<meta name="robots" content="noindex">',
        f'<link rel="canonical" href="http://127.0.0.1:8000/t/{topic.id}/on-paper">',
    ):
        assert said in page.text, said
    assert client.get(f"/t/{topic.id}/wrong/print").headers["Location"] == f"/t/{topic.id}/on-paper/print"
    assert f"/t/{topic.id}/on-paper/print" in client.get(f"/t/{topic.id}/on-paper").text


def test_it_goes_on_where_there_are_too_many(
    app: Flask, cast: Cast, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(printing, "MOST", 10)
    with app.app_context():
        topic = make_topic(cast.welcome, cast.member, "Long")
        for n in range(2, 26):
            make_post(topic, cast.member, f"Text {n}.")
    address, seen = f"/t/{topic.id}/long/print", []
    pages = [client.get(address), client.get(f"{address}?after=10"), client.get(f"{address}?after=20")]
    for page in pages:
        seen += [n for n in range(2, 26) if f"Text {n}." in page.text]
    assert seen == list(range(2, 26))
    assert 'rel="next"' in pages[0].text
    assert 'rel="prev"' not in pages[0].text
    assert f'href="{address}?after=0" rel="prev"' in pages[1].text
    assert f'href="{address}?after=20" rel="next"' in pages[1].text
    assert 'rel="next"' not in pages[2].text
    for wrong in ("x", "-1", "99999999999"):
        assert client.get(f"{address}?after={wrong}").status_code == 400
    assert client.get(f"{address}?after=9999").status_code == 200


def test_who_may_not_read_the_topic_finds_no_print_of_it(
    app: Flask, cast: Cast, client: FlaskClient, sign_in: SignIn
) -> None:
    with app.app_context():
        topic = make_topic(cast.lounge, cast.member, "For members")
    never = client.get("/t/123456/for-members/print")
    answer = client.get(f"/t/{topic.id}/for-members/print")
    assert (answer.status_code, answer.data) == (404, never.data)
    assert client.get(f"/t/{topic.id}/x/print").data == never.data
    assert sign_in(cast.guest).get(f"/t/{topic.id}/for-members/print").status_code == 404
    page = sign_in(cast.other).get(f"/t/{topic.id}/for-members/print")
    assert page.status_code == 200
    assert "Members can read this and answer." in page.text
    assert page.headers["Cache-Control"] == "private, no-store"


def test_what_is_hidden_stands_on_no_paper_not_even_a_moderators(
    app: Flask, cast: Cast, sign_in: SignIn
) -> None:
    with app.app_context():
        topic = make_topic(cast.lounge, cast.member, "Partly")
        post = make_post(topic, cast.other, "Hidden words.")
        concealing.hide_post(post, actor=db.session.get_one(User, cast.moderator.id), reason="Our reason.")
    for person in (cast.member, cast.other, cast.moderator, cast.staff):
        page = sign_in(person).get(f"/t/{topic.id}/partly/print").text
        assert "Hidden words." not in page
        assert "Our reason." not in page
        assert "This post is no longer here" in page
        assert "Otto Other" not in page or person is cast.other


def test_printing_takes_few_statements_and_none_for_each_post(
    app: Flask, cast: Cast, sign_in: SignIn, count_statements: Any
) -> None:
    with app.app_context():
        small, large = (make_topic(cast.lounge, cast.other, title) for title in ("Small", "Large"))
        for n in range(60):
            make_post(large, cast.member if n % 2 else cast.other)
    browser, counts = sign_in(cast.grace), []
    for topic in (small, large):
        browser.get(f"/t/{topic.id}/{topic.slug}/print")
        with count_statements() as sent:
            assert browser.get(f"/t/{topic.id}/{topic.slug}/print").status_code == 200
        counts.append(len(sent))
    assert counts[0] == counts[1] <= 4, counts
