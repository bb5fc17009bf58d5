"""The same request twice, at once, after a crash, from another process: done once, answered alike."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from forum.accounts.models import PersonalToken, User
from forum.app import create_app
from forum.core import clock
from forum.core.db import db
from forum.discussions.models import Post, Revision, Topic
from forum.jobs.models import OutboxRow
from forum.web import submissions
from forum.web.limits import Limiter
from forum.web.submissions import Submission
from tests.api.conftest import Program, ProgramOf, TokenProgramOf
from tests.cast import Cast
from tests.conftest import make_config
from tests.factories import choice, make_post, make_topic

SignIn = Callable[[User], FlaskClient]
HELLO = {"body": "Hello, once."}


def key(text: str) -> dict[str, Any]:
    return {"headers": {"Idempotency-Key": text}}


def count(app: Flask, what: type[Any]) -> int:
    with app.app_context():
        return db.session.query(what).count()


@pytest.fixture
def topic(app: Flask, cast: Cast) -> Topic:
    with app.app_context():
        return make_topic(cast.lounge, cast.other)


def alike(first: Any, again: Any) -> None:
    assert (again.status_code, again.data) == (first.status_code, first.data)
    for name in ("Location", "ETag"):
        assert again.headers.get(name) == first.headers.get(name)
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"


def test_what_is_sent_again_is_answered_as_the_first_time(
    app: Flask, cast: Cast, topic: Topic, program: ProgramOf
) -> None:
    member, moderator = program(cast.member), program(cast.moderator)
    with app.app_context():
        post = make_post(topic, cast.member, "Tpyo.")
    new = {"title": "Once", "body": "Only once."}
    steps: list[tuple[Program, str, str, Any]] = [
        (member, "POST", f"/topics/{topic.id}/posts", HELLO),
        (member, "POST", "/categories/lounge/topics", new),
        (member, "PATCH", f"/posts/{post.id}", {"body": "Typo."}),
        (member, "PUT", f"/topics/{topic.id}/read", {"number": 2}),
        (member, "DELETE", f"/posts/{post.id}", {}),
        (moderator, "PUT", f"/topics/{topic.id}/lock", {"reason": "Enough."}),
        (moderator, "DELETE", f"/topics/{topic.id}", {"reason": "Gone."}),
    ]
    for number, (who, method, path, body) in enumerate(steps):
        first = who.call(method, path, json=body, **key(f"key-{number}"))
        assert first.status_code < 300, (method, path, first.text)
        clock.advance(timedelta(minutes=10))
        for _ in range(2):
            alike(first, who.call(method, path, json=body, **key(f"key-{number}")))
    assert count(app, Post) == 4
    assert count(app, Topic) == 2
    assert count(app, Revision) == 1
    assert count(app, Submission) == len(steps)


@pytest.mark.parametrize("in_turns", [True, False], ids=["one process", "several processes"])
def test_twenty_at_once_are_one(
    app: Flask, cast: Cast, topic: Topic, program: ProgramOf, monkeypatch: pytest.MonkeyPatch, in_turns: bool
) -> None:
    if not in_turns:  # as if each came to a process of its own: only the database is between them
        monkeypatch.setattr(submissions.turns, "take", lambda _keyed: None)
        monkeypatch.setattr(submissions.turns, "give", lambda _keyed: None)
    sides = [program(cast.member) for _ in range(20)]

    def send(side: Program) -> Any:
        return side.post(f"/topics/{topic.id}/posts", HELLO, **key("at-once"))

    with ThreadPoolExecutor(len(sides)) as pool:
        answers = list(pool.map(send, sides))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.data for answer in answers}) == 1
    assert sum("Idempotency-Replayed" not in answer.headers for answer in answers) == 1
    assert count(app, Post) == 2

    def delete(side: Program) -> Any:
        return side.delete(f"/posts/{answers[0].json['id']}", **key("deleted"))

    with ThreadPoolExecutor(len(sides)) as pool:
        gone = list(pool.map(delete, sides))
    assert {answer.status_code for answer in gone} == {204}


def test_a_restart_and_another_process_know_what_was_answered(
    app: Flask, cast: Cast, topic: Topic, program: ProgramOf, tmp_path: Path, database: str
) -> None:
    member = program(cast.member)
    first = member.post(f"/topics/{topic.id}/posts", HELLO, **key("restart"))
    elsewhere = create_app(make_config(database, tmp_path))
    browser = elsewhere.test_client()
    name = elsewhere.extensions["forum_config"].session_cookie
    browser.set_cookie(name, member.browser.get_cookie(name).value)  # type: ignore[union-attr]
    alike(first, Program(elsewhere, browser).post(f"/topics/{topic.id}/posts", HELLO, **key("restart")))
    with elsewhere.app_context():
        db.engine.dispose()
    assert count(app, Post) == 2


def test_a_crash_before_the_answer_is_kept_leaves_nothing(
    app: Flask, cast: Cast, topic: Topic, program: ProgramOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    member = program(cast.member)
    waiting = count(app, OutboxRow)

    class Crash(BaseException):
        pass

    def crash(*_args: Any) -> bytes:
        raise Crash

    with monkeypatch.context() as patch:
        patch.setattr(submissions.zlib, "compress", crash)
        with pytest.raises(Crash):
            member.post(f"/topics/{topic.id}/posts", HELLO, **key("crash"))
    assert (count(app, Post), count(app, Submission), count(app, OutboxRow)) == (1, 0, waiting)
    assert member.post(f"/topics/{topic.id}/posts", HELLO, **key("crash")).status_code == 201
    assert (count(app, Post), count(app, Submission)) == (2, 1)


def test_a_key_stands_for_one_request_of_one_person(
    app: Flask, cast: Cast, topic: Topic, program: ProgramOf
) -> None:
    with app.app_context():
        second = make_topic(cast.lounge, cast.other)
    member, other = program(cast.member), program(cast.other)
    where = f"/topics/{topic.id}/posts"
    first = member.post(where, HELLO, **key("mine"))
    for method, path, body in (
        ("POST", where, {"body": "Hello, twice."}),
        ("POST", f"/topics/{second.id}/posts", HELLO),
        ("PUT", f"/topics/{topic.id}/read", {"number": 1}),
        ("POST", f"{where}?x=1", HELLO),
    ):
        refused = member.call(method, path, json=body, **key("mine"))
        assert (refused.status_code, refused.json["code"]) == (409, "key_reused"), path
    theirs = other.post(where, HELLO, **key("mine"))
    assert theirs.status_code == 201
    assert theirs.json["id"] != first.json["id"]
    assert member.post(where, HELLO, **key("another")).json["id"] != first.json["id"]
    assert member.post(where, HELLO).status_code == 201


def test_what_was_refused_is_not_kept(app: Flask, cast: Cast, topic: Topic, program: ProgramOf) -> None:
    member, where = program(cast.member), f"/topics/{topic.id}/posts"
    assert member.post(where, {"body": ""}, **key("k")).status_code == 422
    assert member.put(f"/topics/{topic.id}/lock", {"reason": "x"}, **key("k")).status_code == 403
    assert member.post("/topics/12345/posts", HELLO, **key("k")).status_code == 404
    assert count(app, Submission) == 0
    assert member.post(where, HELLO, **key("k")).status_code == 201


def test_nothing_is_told_again_that_may_no_longer_be_read(app: Flask, cast: Cast, program: ProgramOf) -> None:
    with app.app_context():
        topic = make_topic(cast.lounge, cast.other, audience=choice("people"), people=[cast.member])
    member, author = program(cast.member), program(cast.site_moderator)
    where = f"/topics/{topic.id}/posts"
    assert member.post(where, HELLO, **key("k")).status_code == 201
    assert (
        author.put(f"/topics/{topic.id}/audience", {"read": "people", "people": ["greta"]}).status_code == 200
    )
    never = member.post("/topics/12345/posts", HELLO, **key("other"))
    gone = member.post(where, HELLO, **key("k"))
    assert (gone.status_code, gone.data) == (404, never.data)


def test_it_ends_with_the_session_the_token_and_the_account(
    app: Flask, cast: Cast, topic: Topic, program: ProgramOf, by_token: TokenProgramOf
) -> None:
    from forum.accounts import actions

    member = by_token(cast.member, "write")
    where = f"/topics/{topic.id}/posts"
    first = member.post(where, HELLO, **key("k"))
    alike(first, by_token(cast.member, "write").post(where, HELLO, **key("k")))
    assert by_token(cast.member, "write", "moderate").post(where, HELLO, **key("k")).status_code == 409
    assert by_token(cast.member).post(where, HELLO, **key("k")).status_code == 403
    assert program(None).post(where, HELLO, **key("k")).status_code == 404
    with app.app_context():
        actions.suspend_user(db.session.get_one(User, cast.member.id), reason="Spam.", actor=None)
    assert member.post(where, HELLO, **key("k")).status_code == 401


def test_a_secret_is_not_kept(app: Flask, cast: Cast, program: ProgramOf) -> None:
    member = program(cast.member)
    first = member.post("/tokens", {"name": "One"}, **key("k"))
    again = member.post("/tokens", {"name": "One"}, **key("k"))
    assert first.json["token"].startswith("collegium_")
    assert again.json == {**first.json, "token": None}
    assert again.status_code == 201
    assert count(app, PersonalToken) == 1


def test_keys_are_forgotten_after_a_day(app: Flask, cast: Cast, topic: Topic, program: ProgramOf) -> None:
    member, where = program(cast.member), f"/topics/{topic.id}/posts"
    first = member.post(where, HELLO, **key("k"))
    clock.advance(timedelta(hours=23, minutes=59))
    alike(first, member.post(where, HELLO, **key("k")))
    clock.advance(timedelta(minutes=1))
    new = member.post(where, HELLO, **key("k"))
    assert new.status_code == 201
    assert new.json["id"] != first.json["id"]
    member.post(where, HELLO, **key("l"))
    clock.advance(timedelta(days=1))
    with app.app_context():
        assert submissions.forget_old() == 2
    assert count(app, Submission) == 0


def test_what_comes_again_counts_once(
    app: Flask, cast: Cast, topic: Topic, program: ProgramOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = replace(app.extensions["forum_config"], rate_limits=True)
    member, where = program(cast.member), f"/topics/{topic.id}/posts"
    monkeypatch.setitem(app.extensions, "forum_limits", Limiter(config))
    answers = [member.post(where, HELLO, **key("k")) for _ in range(15)]
    assert {answer.status_code for answer in answers} == {201}
    assert member.post(where, HELLO, **key("l")).status_code == 201


def test_a_key_is_a_line_of_plain_characters(
    app: Flask, cast: Cast, topic: Topic, program: ProgramOf
) -> None:
    member, where = program(cast.member), f"/topics/{topic.id}/posts"
    for bad in ("", "x" * 256, "é", "a\tb", "\x7f"):
        assert member.post(where, HELLO, **key(bad)).status_code == 400, repr(bad)
    for good in ("x" * 255, '"8e03978e-40d5-43dd-bc93-6894a57f9324"', "~"):
        assert member.post(where, HELLO, **key(good)).status_code == 201
    assert member.get(where, **key("")).status_code == 200, "reads need none"


def test_an_answer_that_is_too_large_is_not_kept(
    app: Flask, cast: Cast, topic: Topic, program: ProgramOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(submissions, "LARGEST", 100)
    member, where = program(cast.member), f"/topics/{topic.id}/posts"
    assert member.post(where, HELLO, **key("k")).status_code == 201
    again = member.post(where, HELLO, **key("k"))
    assert again.status_code == 409
    assert "too large" in again.json["detail"]
    assert count(app, Post) == 2
