"""Tokens of feeds: made, renewed and revoked by their owner; good for nothing else; dead with suspension and a new password."""

import logging
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from forum.accounts.actions import AccountChanges, change_user, suspend_user
from forum.accounts.feed_tokens import MOST_AT_ONCE
from forum.accounts.models import FeedToken, User
from forum.core import clock
from forum.core.db import db
from forum.core.transactions import transaction
from tests.cast import Cast
from tests.factories import make_topic

SignIn = Callable[[User], FlaskClient]
Submit = Callable[..., Any]
TokenOf = Callable[[User], str]
SITE = "/feeds/site.atom?token="


@pytest.fixture
def closed(app: Flask, cast: Cast) -> None:
    with app.app_context():
        make_topic(cast.lounge, cast.other, "For members")


def token_on(page: Any) -> str:
    found = re.search(r"site\.atom\?token=([\w-]+)", page.text)
    assert found
    return found[1]


def test_a_token_is_made_shown_once_renewed_and_revoked(
    app: Flask, cast: Cast, client: FlaskClient, sign_in: SignIn, submit: Submit, closed: None
) -> None:
    browser = sign_in(cast.member)
    made = submit(browser, "/settings/feeds", name="On the phone")
    assert made.status_code == 200
    assert made.headers["Cache-Control"] == "private, no-store"
    first = token_on(made)
    assert len(first) >= 40
    assert "For members" in client.get(SITE + first).text
    page = browser.get("/settings/feeds").text
    assert "On the phone" in page
    assert first not in page
    with app.app_context():
        held = db.session.scalars(select(FeedToken)).one()
        assert first.encode() not in held.token_hash
        address = f"/settings/feeds/{held.id}"
    second = token_on(submit(browser, f"{address}/renew"))
    assert second != first
    assert client.get(SITE + first).status_code == 404
    assert "For members" in client.get(SITE + second).text
    assert submit(browser, f"{address}/revoke").status_code == 303
    assert client.get(SITE + second).status_code == 404
    assert submit(browser, f"{address}/revoke").status_code == 404


def test_a_token_that_opens_nothing_is_answered_with_nothing(
    app: Flask, cast: Cast, client: FlaskClient, token_of: TokenOf, closed: None
) -> None:
    with app.app_context():
        make_topic(cast.welcome, cast.member, "For everybody")
    good = token_of(cast.member)
    never = client.get("/feeds/t/123456.atom")
    for wrong in (
        "",
        "x",
        "x" * 43,
        good[:-1],
        good + "x",
        good.upper(),
        "ü" * 43,
        "%00" * 43,
        f"{good}&token={good}",
    ):
        for path in (
            "/feeds/site.atom",
            "/feeds/c/welcome.atom",
            "/feeds/c/lounge.atom",
            "/feeds/people/mina.atom",
        ):
            answer = client.get(f"{path}?token={wrong}")
            assert (answer.status_code, answer.data) == (404, never.data), (path, wrong)
            assert answer.headers["Cache-Control"] == "private, no-store"
            assert "For everybody" not in answer.text


def test_nobody_touches_the_tokens_of_another(
    app: Flask, cast: Cast, client: FlaskClient, sign_in: SignIn, submit: Submit, token_of: TokenOf
) -> None:
    token = token_of(cast.member)
    with app.app_context():
        held = db.session.scalars(select(FeedToken)).one().id
    for other in (sign_in(cast.other), sign_in(cast.staff)):
        for act in ("renew", "revoke"):
            assert submit(other, f"/settings/feeds/{held}/{act}").status_code == 404
        assert "A reader" not in other.get("/settings/feeds").text
    assert client.get(SITE + token).status_code == 200
    assert client.get("/settings/feeds").status_code == 401


def test_a_token_opens_feeds_and_nothing_else(
    cast: Cast, client: FlaskClient, token_of: TokenOf, closed: None
) -> None:
    token = token_of(cast.member)
    for path in ("/", "/c/lounge", "/settings/feeds", "/api/v1/me", "/api/v1/categories", "/sitemap.xml"):
        plain, tried = client.get(path), client.get(f"{path}?token={token}")
        assert tried.status_code in {plain.status_code, 400}, path  # the interface knows no such name
        assert "For members" not in tried.text
        held = client.get(path, headers={"Authorization": f"Bearer {token}"})
        expected = 401 if path.startswith("/api/") else plain.status_code  # a wrong key is never passed over
        assert held.status_code == expected, path
        assert "For members" not in held.text
    assert client.post(SITE + token).status_code == 405


def test_a_token_dies_with_suspension_and_a_new_password(
    app: Flask, cast: Cast, client: FlaskClient, token_of: TokenOf, closed: None
) -> None:
    suspended, reset = token_of(cast.member), token_of(cast.other)
    assert {client.get(SITE + token).status_code for token in (suspended, reset)} == {200}
    with app.app_context():
        suspend_user(db.session.get_one(User, cast.member.id), reason="Spam.", actor=None)
        other = db.session.get_one(User, cast.other.id)
        change_user(other, AccountChanges(password="seven quiet herons wade"))
    assert {client.get(SITE + token).status_code for token in (suspended, reset)} == {404}
    with app.app_context():
        assert db.session.scalars(select(FeedToken)).all() == []


def test_whoever_is_suspended_reads_nothing_even_with_a_token_left(
    app: Flask, cast: Cast, client: FlaskClient, token_of: TokenOf, closed: None
) -> None:
    token = token_of(cast.member)
    with app.app_context(), transaction():
        user = db.session.get_one(User, cast.member.id)
        user.suspended_at, user.rights_epoch = clock.now(), user.rights_epoch + 1
    assert client.get(SITE + token).status_code == 404


def test_there_are_only_so_many(cast: Cast, sign_in: SignIn, submit: Submit, token_of: TokenOf) -> None:
    for _n in range(MOST_AT_ONCE):
        token_of(cast.member)
    refused = submit(sign_in(cast.member), "/settings/feeds", name="One too many")
    assert refused.status_code == 422
    assert "One too many" in refused.text
    assert "Revoke one first" in refused.text


def test_a_token_stands_in_no_log_and_in_no_feed(
    app: Flask,
    cast: Cast,
    client: FlaskClient,
    token_of: TokenOf,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: Any,
) -> None:
    token = token_of(cast.member)
    logging.getLogger("forum").setLevel("DEBUG")
    with caplog.at_level(logging.DEBUG):
        answer = client.get(SITE + token)
        monkeypatch.setattr("forum.feeds.queries.posts_of_site", lambda _viewer: 1 / 0)
        failed = client.get(SITE + token)
    logging.getLogger("forum").setLevel("WARNING")
    assert failed.status_code == 500
    assert "Mina Member" not in failed.text  # what goes wrong is told to a visitor
    assert any("/feeds/site.atom" in str(record.__dict__) for record in caplog.records)
    assert not any(token in str(record.__dict__) + record.getMessage() for record in caplog.records)
    assert token not in answer.text + str(answer.headers)
