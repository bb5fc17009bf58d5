"""Deliveries that fail: tried again for three days, then given up where everybody sees it, and tried again when asked."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from forum.accounts import notices
from forum.core import clock
from forum.core.db import db
from forum.jobs import outbox
from forum.jobs.models import OutboxRow
from tests.cast import Cast
from tests.mailbox import Mailbox

Submit = Callable[..., Any]


@pytest.fixture
def away(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """The mail server is away; call it to have it back."""

    def refuse(_message: object) -> None:
        raise OSError("the mail server is away")

    real = notices.send
    monkeypatch.setattr(notices, "send", refuse)
    return lambda: monkeypatch.setattr(notices, "send", real)


@pytest.fixture
def forum(app: Flask) -> Callable[..., Any]:
    runner = app.test_cli_runner()
    return lambda *words: runner.invoke(args=list(words))


def work_for(app: Flask, longest: timedelta) -> timedelta:
    """Let time pass as a worker sees it, until nothing is tried any more; answers how long that was."""
    begun = clock.now()
    with app.app_context():
        while clock.now() - begun < longest:
            outbox.sweep()
            due = db.session.scalar(select(OutboxRow.due_at).where(OutboxRow.due_at.is_not(None)))
            db.session.remove()
            if due is None:
                break
            clock.advance(max(due - clock.now(), timedelta(seconds=1)))
    return clock.now() - begun


def gauge(client: FlaskClient, name: str) -> float:
    line = next(line for line in client.get("/metrics").text.splitlines() if line.startswith(f"{name} "))
    return float(line.split()[1])


def change_password(app: Flask, submit: Submit, cast: Cast, set_password: Any, sign_in: Any) -> None:
    from tests.passwords import OTHER_PASSWORD, PASSWORD

    set_password(cast.member)
    fields = {"password": PASSWORD, "new_password": OTHER_PASSWORD}
    assert submit(sign_in(cast.member), "/settings/password", **fields).status_code == 303


def test_mail_outlasts_three_days_without_a_mail_server(
    app: Flask, submit: Submit, cast: Cast, set_password: Any, sign_in: Any, mailbox: Mailbox, away: Any
) -> None:
    change_password(app, submit, cast, set_password, sign_in)
    work_for(app, timedelta(days=3))
    away()
    clock.advance(timedelta(hours=1))
    assert [message["Subject"] for message in mailbox.to("mina@example.org")] == ["Your password was changed"]


def test_what_is_given_up_is_told_and_can_be_tried_again(
    app: Flask,
    client: FlaskClient,
    submit: Submit,
    cast: Cast,
    set_password: Any,
    sign_in: Any,
    mailbox: Mailbox,
    away: Any,
    forum: Callable[..., Any],
    caplog: pytest.LogCaptureFixture,
) -> None:
    change_password(app, submit, cast, set_password, sign_in)
    assert (gauge(client, "forum_outbox_rows"), gauge(client, "forum_outbox_given_up")) == (1, 0)
    took = work_for(app, timedelta(days=30))
    assert timedelta(days=3) < took < timedelta(days=3, hours=4)
    assert "delivery given up" in caplog.text
    assert (gauge(client, "forum_outbox_rows"), gauge(client, "forum_outbox_given_up")) == (0, 1)
    told = forum("outbox", "list").output
    assert "tell_of_password" in told
    assert "given up" in told
    assert "the mail server is away" in told
    assert "mina@example.org" not in told
    doctor = forum("doctor")
    assert doctor.exit_code == 1
    assert "forum outbox retry" in doctor.output
    away()
    assert mailbox.messages() == []
    assert "1 will be tried again" in forum("outbox", "retry").output
    assert len(mailbox.to("mina@example.org")) == 1
    assert forum("outbox", "list").output == "0 failed so far, 0 of them given up.\n"
    assert gauge(client, "forum_outbox_given_up") == 0


def test_single_deliveries_are_tried_again_by_their_number(
    app: Flask,
    submit: Submit,
    cast: Cast,
    set_password: Any,
    sign_in: Any,
    mailbox: Mailbox,
    away: Any,
    forum: Callable[..., Any],
) -> None:
    change_password(app, submit, cast, set_password, sign_in)
    assert mailbox.messages() == []
    told = forum("outbox", "list").output
    assert "again at 2026-11-20 09:00 UTC" in told
    away()
    assert mailbox.messages() == [], "not before its time"
    assert forum("outbox", "retry", told.split()[0]).exit_code == 0
    assert len(mailbox.messages()) == 1
    gone = forum("outbox", "retry", told.split()[0])
    assert gone.exit_code == 1
    assert "no longer there" in gone.output
