"""Asking over the line: who is who, what is answered, and that there always is an answer."""

from typing import Any

import pytest
from flask import Flask

from forum.accounts.actions import suspend_user
from forum.accounts.models import User
from forum.accounts.sessions import end_sessions
from forum.core.db import db
from forum.core.transactions import transaction
from forum.realtime import events
from forum.web.token_scopes import TokenScope
from tests.cast import Cast
from tests.conftest import SignIn
from tests.factories import make_token, make_topic
from tests.lines import Line, OpenLine


@pytest.mark.one_database
def test_every_event_says_who_may(app: Flask) -> None:
    assert {"topic:join", "topic:leave"} <= events.EVENTS.keys()
    for event in events.EVENTS.values():
        assert event.access.startswith(("requires ", "signed in", "open to all")), event.name


def test_an_event_that_says_nothing_of_access_is_not_taken() -> None:
    with pytest.raises(TypeError, match="say who may"):
        events.on("some:thing", events.Params)


def test_a_topic_that_one_may_read_is_joined_and_one_that_one_may_not_is_not_there(
    app: Flask, cast: Cast, open_line: OpenLine
) -> None:
    with app.app_context():
        topic = make_topic(cast.lounge, cast.other)
    member, visitor = open_line(cast.member), open_line()
    joined = member.ask("topic:join", {"topic_id": str(topic.id)})
    assert joined == {"ok": True, "data": {"last_number": 1}}
    real = visitor.ask("topic:join", {"topic_id": str(topic.id)})
    assert real == visitor.ask("topic:join", {"topic_id": "123456"})
    assert real["ok"] is False
    assert real["error"]["code"] == "not_found"
    assert member.ask("topic:leave", {"topic_id": str(topic.id)}) == {"ok": True, "data": {}}


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ((), "invalid"),
        (({},), "invalid"),
        (({"topic_id": 5},), "invalid"),
        (({"topic_id": "5", "more": 1},), "invalid"),
        (({"topic_id": "x" * 40},), "invalid"),
        (([1],), "malformed"),
        (("5",), "malformed"),
        (({"topic_id": "\x00"},), "malformed"),
        (({"topic_id": "5"}, {"topic_id": "5"}), "malformed"),
    ],
)
@pytest.mark.one_database
def test_what_is_not_of_its_shape_is_refused_by_field(
    app: Flask, open_line: OpenLine, sent: tuple[Any, ...], code: str
) -> None:
    told = open_line().ask("topic:join", *sent)
    assert (told["ok"], told["error"]["code"]) == (False, code)


@pytest.mark.one_database
@pytest.mark.parametrize("name", ["no:such", "connect", "disconnect", "session:ended", ""])
def test_an_event_that_is_none_is_answered(app: Flask, open_line: OpenLine, name: str) -> None:
    line = open_line()
    told = line.ask(name, {"HTTP_COOKIE": "sid=x"}, {"token": "x"}) if name else line.ask(name, {})
    assert told["ok"] is False
    assert line.is_open


@pytest.mark.one_database
def test_a_fault_of_ours_is_answered_without_its_insides(
    app: Flask, open_line: OpenLine, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(_viewer: Any, _params: Any) -> dict[str, Any]:
        raise ZeroDivisionError("the insides")

    monkeypatch.setitem(
        events.EVENTS,
        "it:fails",
        events.Event("it:fails", events.Params, fails, "open to all", None, None, TokenScope.READ),
    )
    told = open_line().ask("it:fails", {})
    assert told["error"]["code"] == "internal"
    assert "insides" not in str(told)
    assert "it:fails" in caplog.text


def test_who_is_signed_out_is_told_so_and_hung_up_on(app: Flask, cast: Cast, open_line: OpenLine) -> None:
    line, other = open_line(cast.member), open_line(cast.other)
    with app.app_context(), transaction():
        end_sessions(db.session.get_one(User, cast.member.id), reason="ended")
    assert not line.is_open
    assert line.last_words() == [("session:ended", {"reason": "signed_out"})]
    assert other.is_open


def test_a_program_is_who_its_token_says_within_what_it_may(
    app: Flask, cast: Cast, open_line: OpenLine
) -> None:
    with app.app_context():
        topic = make_topic(cast.lounge, cast.other)
        token = make_token(cast.member, TokenScope.READ)
    program = Line(app, auth={"token": token}, headers={})
    assert program.ask("topic:join", {"topic_id": str(topic.id)})["ok"]
    with app.app_context():
        staff = db.session.get_one(User, cast.staff.id)
        suspend_user(db.session.get_one(User, cast.member.id), reason="Spam.", until=None, actor=staff)
    assert not program.is_open


@pytest.mark.one_database
@pytest.mark.parametrize("auth", [{"token": "collegium_nobody"}, {"token": 5}, {"token": None}])
def test_a_token_that_does_not_hold_is_refused(app: Flask, open_line: OpenLine, auth: Any) -> None:
    assert not Line(app, auth=auth).is_open


@pytest.mark.one_database
def test_the_cookie_counts_for_pages_of_ours_alone(
    app: Flask, cast: Cast, sign_in: SignIn, open_line: OpenLine
) -> None:
    assert open_line(cast.member).is_open
    assert open_line(cast.member, headers={"Sec-Fetch-Site": "same-origin"}).is_open
    assert not open_line(cast.member, headers={}).is_open
    assert not open_line(cast.member, headers={"Origin": "http://localhost:81"}).is_open
    assert open_line(headers={}).is_open
