"""`forum user` and `forum doctor`, as typed in a terminal."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from forum.access.models import RoleName
from forum.accounts.models import User
from forum.accounts.queries import roles_held
from forum.cli.doctor import examine
from forum.core.db import db
from tests.accounts.conftest import is_signed_in
from tests.cast import Cast
from tests.passwords import OTHER_PASSWORD, PASSWORD

Account = Callable[[str], User | None]
SignIn = Callable[[User], FlaskClient]


@pytest.fixture
def forum(app: Flask) -> Callable[..., Any]:
    runner = app.test_cli_runner()
    return lambda *words, typed="": runner.invoke(args=list(words), input=typed)


def test_an_account_is_made_that_can_sign_in_at_once(
    forum: Callable[..., Any], client: FlaskClient, submit: Callable[..., Any], account: Account
) -> None:
    made = forum(
        "user",
        "create",
        "new@example.net",
        "--name",
        "Nia Newcomer",
        "--username",
        "admin",
        "--standing",
        "member",
        "--until",
        "2027-01-31",
        "--role",
        "staff",
        "--password-stdin",
        typed=f"{PASSWORD}\n",
    )
    assert made.exit_code == 0, made.output
    user = account("new@example.net")
    assert user is not None
    assert (user.username, user.standing) == ("admin", "member")
    assert user.member_until is not None
    assert user.member_until.isoformat() == "2027-02-01T00:00:00+00:00"
    assert submit(client, "/signin", email="new@example.net", password=PASSWORD).status_code == 303
    assert client.get("/staff/people").status_code == 200


def test_without_more_it_is_a_guest_named_after_the_person(
    forum: Callable[..., Any], account: Account
) -> None:
    assert forum("user", "create", "g@example.net", "--name", "Zoë Brontë").exit_code == 0
    user = account("g@example.net")
    assert user is not None
    assert (user.username, user.standing, user.password_hash) == ("zoe-bronte", "guest", None)


@pytest.mark.parametrize(
    "words",
    [
        ("mina@example.org", "--name", "X Y"),
        ("new@example.net", "--name", "X Y", "--username", "mina"),
        ("no address", "--name", "X Y"),
        ("new@example.net", "--name", "X\nY"),
        ("new@example.net", "--name", "X Y", "--standing", "member", "--until", "soon"),
        ("new@example.net", "--name", "X Y", "--role", "king"),
        ("new@example.net", "--name", "X Y", "--role", "moderator:nowhere"),
        ("new@example.net", "--name", "X Y", "--role", "moderator:"),
        ("new@example.net", "--name", "X Y", "--role", "staff:lounge"),
        ("new@example.net", "--name", "X Y", "--password-stdin"),
    ],
)
def test_what_cannot_be_made_is_said_on_one_line(
    forum: Callable[..., Any], cast: Cast, account: Account, words: tuple[str, ...]
) -> None:
    result = forum("user", "create", *words, typed="too short\n")
    assert result.exit_code != 0
    assert result.output.startswith("Error: ")
    assert "Traceback" not in result.output
    assert account("new@example.net") is None


def test_changes_hold_on_the_next_request_of_a_running_server(
    forum: Callable[..., Any], cast: Cast, sign_in: SignIn, account: Account
) -> None:
    browser = sign_in(cast.guest)
    assert browser.get("/c/lounge").status_code == 404
    assert forum("user", "set", "gaspard@example.org", "--standing", "member").exit_code == 0
    assert browser.get("/c/lounge").status_code == 200
    assert forum("user", "set", "gaspard", "--standing", "lapsed").exit_code == 0
    assert browser.get("/c/lounge").status_code == 200, "within grace"
    assert forum("user", "set", "gaspard", "--standing", "member", "--until", "2020-01-01").exit_code == 0
    assert browser.get("/c/lounge").status_code == 404, "after it"
    assert forum("user", "set", "gaspard", "--standing", "member").exit_code == 0
    assert browser.get("/moderation/log").status_code == 403
    assert forum("user", "set", "gaspard", "--role", "moderator:lounge").exit_code == 0
    assert browser.get("/moderation/log").status_code == 200
    assert forum("user", "set", "gaspard", "--revoke", "moderator:lounge", "--role", "staff").exit_code == 0
    assert browser.get("/staff/people").status_code == 200
    assert forum("user", "set", "gaspard", "--role", "none", "--standing", "guest").exit_code == 0
    assert browser.get("/staff/people").status_code == 403
    assert forum("user", "set", "gaspard", "--suspend", "Spam.").exit_code == 0
    assert not is_signed_in(browser)
    assert forum("user", "set", "gaspard", "--reinstate").exit_code == 0
    again = sign_in(cast.guest)
    assert is_signed_in(again)
    assert forum("user", "set", "gaspard", "--password-stdin", typed=f"{OTHER_PASSWORD}\n").exit_code == 0
    assert not is_signed_in(again)


def test_an_unknown_account_or_place_is_said(forum: Callable[..., Any], cast: Cast) -> None:
    for words in (("nobody@example.net", "--standing", "guest"), ("mina", "--role", "moderator:nowhere")):
        result = forum("user", "set", *words)
        assert result.exit_code == 1
        assert "there is no" in result.output


def test_a_moderator_of_one_place_is_made_for_that_place_alone(
    app: Flask, forum: Callable[..., Any], cast: Cast, account: Account
) -> None:
    words = ("user", "create", "new@example.net", "--name", "Nia Newcomer", "--role", "moderator:lounge")
    assert forum(*words).exit_code == 0
    user = account("new@example.net")
    assert user is not None
    with app.app_context():
        assert roles_held(user) == [(RoleName.MODERATOR, cast.lounge.place_id)]


def test_a_password_that_is_no_text_is_said(forum: Callable[..., Any], cast: Cast, account: Account) -> None:
    for words in (("create", "new@example.net", "--name", "X Y"), ("set", "mina")):
        result = forum("user", *words, "--password-stdin", typed=b"no text \xff in these bytes\n")
        assert result.exit_code == 1
        assert result.output == "Error: what came on standard input is no text in UTF-8\n"
    assert account("new@example.net") is None


def test_options_that_would_do_nothing_are_refused(
    forum: Callable[..., Any], cast: Cast, account: Account
) -> None:
    for words in (
        ("create", "new@example.net", "--name", "X Y", "--until", "2027-01-31"),
        ("create", "new@example.net", "--name", "X Y", "--until", "2027-01-31", "--standing", "guest"),
        ("set", "mina", "--suspend-until", "2027-01-31"),
        ("set", "mina", "--until", "2027-01-31", "--standing", "guest"),
        ("set", "mina", "--role", "none", "--revoke", "staff"),
    ):
        result = forum("user", *words)
        assert result.exit_code == 2, words
        assert "Usage:" in result.output
    assert account("new@example.net") is None
    mina = account("mina")
    assert mina is not None
    assert (mina.standing, mina.member_until) == ("member", cast.member.member_until)


def test_role_none_takes_back_what_is_held_in_places_too(
    app: Flask, forum: Callable[..., Any], cast: Cast
) -> None:
    given = forum("user", "set", "mina", "--role", "moderator", "--role", "moderator:lounge")
    assert "moderator, moderator:lounge." in given.output
    result = forum("user", "set", "mina", "--role", "none", "--role", "moderator:porch")
    assert result.exit_code == 0, result.output
    with app.app_context():
        assert roles_held(cast.member) == [(RoleName.MODERATOR, cast.porch.place_id)]


def test_of_changes_asked_for_together_all_are_made_or_none(
    app: Flask, forum: Callable[..., Any], cast: Cast, account: Account
) -> None:
    together = ("user", "set", "mina", "--standing", "guest", "--role", "moderator:lounge")
    for words, typed in (
        (("--suspend", "Spam.", "--suspend-until", "2020-01-01"), ""),
        (("--role", "staff:lounge"), ""),
        (("--password-stdin",), "passwordpassword\n"),
    ):
        result = forum(*together, *words, typed=typed)
        assert result.exit_code == 1, words
        assert result.output.startswith("Error: ")
    mina = account("mina")
    assert mina is not None
    assert (mina.standing, mina.suspended_at) == ("member", None)
    with app.app_context():
        assert roles_held(cast.member) == []


@pytest.mark.durable
def test_the_doctor_finds_a_sound_site_sound(forum: Callable[..., Any], cast: Cast) -> None:
    result = forum("doctor")
    assert result.exit_code == 0, result.output
    for what in ("configuration", "database", "log", "outbox", "storage", "mail"):
        assert f"ok  {what}" in result.output


def test_the_doctor_says_what_is_wrong_and_what_to_do(app: Flask, context: None, tmp_path: Any) -> None:
    (tmp_path / "file").write_text("")
    config = replace(
        app.extensions["forum_config"],
        redis_url="redis://127.0.0.1:1/0",
        media_url=f"file://{tmp_path}/file/media",
        mail_url="smtp://127.0.0.1:1",
    )
    advice = {finding.what: finding.advice for finding in examine(config)}
    assert advice["configuration"] == advice["database"] == ""
    assert all(advice[what] for what in ("redis", "storage", "mail"))


@pytest.mark.durable
def test_the_doctor_finds_what_others_can_read(
    app: Flask, forum: Callable[..., Any], context: None, tmp_path: Path
) -> None:
    outbox = tmp_path / "outbox of mail"
    outbox.mkdir(mode=0o700)
    for number in range(7):
        (outbox / f"{number}.eml").write_text("")
    config = replace(
        app.extensions["forum_config"], instance_path=tmp_path, mail_url=f"file://{quote(str(outbox))}"
    )
    assert "files" not in {finding.what for finding in examine(config)}
    for path in (*outbox.iterdir(), outbox):
        path.chmod(0o755)
    finding = next(finding for finding in examine(config) if finding.what == "files")
    assert finding.found.endswith(" and 3 more")
    assert finding.advice.startswith(f"chmod go= '{outbox}' '{outbox}/0.eml'")
    result = forum("doctor")
    assert result.exit_code == 0, result.output


def test_the_doctor_notices_a_database_that_was_not_migrated(
    app: Flask, forum: Callable[..., Any], context: None
) -> None:
    with db.engine.connect() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
        connection.connection.commit()
    try:
        result = forum("doctor")
        assert result.exit_code == 1
        assert "forum db upgrade" in result.output
    finally:
        with db.engine.connect() as connection:
            from forum.cli.doctor import newest_revision

            connection.execute(
                text("UPDATE alembic_version SET version_num = :head"), {"head": newest_revision()}
            )
            connection.connection.commit()
