"""Signing in and out, and what slows guessing down."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from forum.accounts.models import Session, User, WrongPasswords
from forum.accounts.passwords import Passwords
from forum.accounts.tasks import forget_what_is_over
from forum.core import clock
from forum.core.db import db
from forum.core.transactions import transaction
from tests.accounts.conftest import is_signed_in
from tests.cast import Cast
from tests.mailbox import Mailbox
from tests.passwords import OTHER_PASSWORD, PASSWORD, SetPassword

Submit = Callable[..., Any]
SignIn = Callable[[User], FlaskClient]


def test_signing_in_begins_a_session_of_its_own(
    app: Flask, client: FlaskClient, submit: Submit, cast: Cast, set_password: SetPassword
) -> None:
    set_password(cast.member)
    assert not is_signed_in(client)
    answer = submit(client, "/signin", email="Mina@Example.org", password=PASSWORD, next="/unread")
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/unread"
    cookie = next(c for c in answer.headers.getlist("Set-Cookie") if c.startswith("sid="))
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Path=/" in cookie
    assert is_signed_in(client)
    assert submit(client, "/signout").status_code == 303
    assert submit(app.test_client(), "/signin", email="mina", password=PASSWORD).status_code == 303


@pytest.mark.parametrize(
    "where", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:x"]
)
def test_nobody_is_sent_elsewhere_after_signing_in(
    client: FlaskClient, submit: Submit, cast: Cast, set_password: SetPassword, where: str
) -> None:
    set_password(cast.member)
    assert "evil" not in client.get("/signin", query_string={"next": where}).text
    answer = submit(client, "/signin", email=cast.member.email, password=PASSWORD, next=where)
    assert answer.headers["Location"] == "/"


def test_what_does_not_fit_gets_one_answer_and_the_same_work(
    app: Flask, client: FlaskClient, submit: Submit, cast: Cast, set_password: SetPassword
) -> None:
    """Counted in verifications of a hash, which is what takes the time."""
    set_password(cast.member)
    set_password(cast.unconfirmed)
    passwords: Passwords = app.extensions["forum_passwords"]
    tries = {
        "a wrong password": (cast.member.email, OTHER_PASSWORD),
        "no such account": ("nobody@example.org", PASSWORD),
        "an account without a password": (cast.other.email, PASSWORD),
        "an address not confirmed": (cast.unconfirmed.email, PASSWORD),
        "a password that is too long": (cast.member.email, "x" * 1000),
        "no password": (cast.member.email, ""),
        "no address": ("", PASSWORD),
    }
    seen = set()
    for what, (email, password) in tries.items():
        before = passwords.verifications
        answer = submit(client, "/signin", email=email, password=password)
        assert answer.status_code == 422, what
        assert passwords.verifications == before + 1, what
        seen.add(answer.text.replace(f'value="{email}"', ""))
    assert len(seen) == 1
    assert not is_signed_in(client)
    assert submit(client, "/signin", email=cast.member.email, password=PASSWORD).status_code == 303


def test_a_password_keeps_its_spaces(
    client: FlaskClient, submit: Submit, cast: Cast, set_password: SetPassword
) -> None:
    set_password(cast.member, f"  {PASSWORD} ")
    assert submit(client, "/signin", email="mina", password=PASSWORD).status_code == 422
    assert submit(client, "/signin", email="mina", password=f"  {PASSWORD} ").status_code == 303


def test_a_password_typed_on_another_keyboard_fits(
    client: FlaskClient, submit: Submit, cast: Cast, set_password: SetPassword
) -> None:
    set_password(cast.member, "Caf\u00e9 K\u00f6ln \uff11\uff12\uff13 lampe")
    answer = submit(client, "/signin", email="mina", password="Cafe\u0301 Ko\u0308ln 123 lampe")
    assert answer.status_code == 303


def test_a_weaker_hash_is_renewed_when_its_password_is_given(
    app: Flask, client: FlaskClient, submit: Submit, cast: Cast
) -> None:
    from argon2 import PasswordHasher

    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1, hash_len=16).hash(PASSWORD)
    with app.app_context(), transaction():
        db.session.execute(update(User).where(User.id == cast.member.id).values(password_hash=weak))
    assert submit(client, "/signin", email="mina", password=PASSWORD).status_code == 303
    with app.app_context():
        assert db.session.get_one(User, cast.member.id).password_hash != weak
    assert submit(app.test_client(), "/signin", email="mina", password=PASSWORD).status_code == 303


def test_the_passwords_of_a_real_site_are_hashed_as_decided(app: Flask) -> None:
    real = Passwords(replace(app.extensions["forum_config"], testing=False))
    assert real.hash(PASSWORD).startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_somebody_suspended_is_told_why_only_with_the_right_password(
    client: FlaskClient, submit: Submit, cast: Cast, set_password: SetPassword
) -> None:
    set_password(cast.suspended)
    wrong = submit(client, "/signin", email=cast.suspended.email, password=OTHER_PASSWORD)
    assert wrong.status_code == 422
    assert "Spam." not in wrong.text
    right = submit(client, "/signin", email=cast.suspended.email, password=PASSWORD)
    assert right.status_code == 403
    assert "Spam." in right.text
    assert not is_signed_in(client)


def test_signing_out_ends_the_session_on_the_server(
    app: Flask, client: FlaskClient, submit: Submit, cast: Cast, set_password: SetPassword
) -> None:
    set_password(cast.member)
    submit(client, "/signin", email="mina", password=PASSWORD)
    cookie = client.get_cookie("sid")
    assert cookie is not None
    answer = submit(client, "/signout")
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert client.get_cookie("sid") is None
    replayed = app.test_client()
    replayed.set_cookie("sid", cookie.value)
    assert not is_signed_in(replayed)
    with app.app_context():
        assert db.session.query(Session).count() == 0


def test_signing_in_and_out_need_the_token_of_a_form(
    client: FlaskClient, cast: Cast, set_password: SetPassword, sign_in: Callable[[User], FlaskClient]
) -> None:
    set_password(cast.member)
    assert client.post("/signin", data={"email": "mina", "password": PASSWORD}).status_code == 403
    browser = sign_in(cast.member)
    assert browser.post("/signout").status_code == 403
    assert is_signed_in(browser)


def test_a_form_opened_with_a_session_that_is_over_works_and_begins_another(
    app: Flask, client: FlaskClient, cast: Cast, set_password: SetPassword
) -> None:
    set_password(cast.member)
    client.set_cookie("sid", "a-session-that-is-over-0123456789")
    token = client.get("/signin").text.split('name="csrf_token" value="')[1].split('"')[0]
    fields = {"csrf_token": token, "email": "mina", "password": PASSWORD}
    assert client.post("/signin", data=fields).status_code == 303
    begun = client.get_cookie("sid")
    assert begun is not None
    assert begun.value != "a-session-that-is-over-0123456789"


def test_five_failures_from_one_network_are_enough_for_an_account(
    app: Flask, submit: Submit, cast: Cast, set_password: SetPassword, limited: list[float]
) -> None:
    set_password(cast.member)
    browser = app.test_client()
    for _ in range(5):
        assert (
            submit(browser, "/signin", email="mina@example.org", password=OTHER_PASSWORD).status_code == 422
        )
    refused = submit(browser, "/signin", email="mina@example.org", password=PASSWORD)
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0
    assert not is_signed_in(browser)
    elsewhere = app.test_client()
    elsewhere.environ_base["REMOTE_ADDR"] = "198.51.100.7"
    assert submit(elsewhere, "/signin", email="mina@example.org", password=PASSWORD).status_code == 303


def test_an_address_and_a_username_are_one_account_to_the_throttle(
    app: Flask, submit: Submit, cast: Cast, set_password: SetPassword, limited: list[float]
) -> None:
    set_password(cast.member)
    browser = app.test_client()
    for written in ("mina@example.org", "mina", "MINA", " Mina@Example.org", "mina"):
        assert submit(browser, "/signin", email=written, password=OTHER_PASSWORD).status_code == 422
    for written in ("mina@example.org", "mina"):
        assert submit(browser, "/signin", email=written, password=PASSWORD).status_code == 429


def test_looking_an_account_up_for_the_throttle_takes_the_same_whether_or_not_it_is_there(
    app: Flask, submit: Submit, cast: Cast, limited: list[float], count_statements: Callable[[], Any]
) -> None:
    asked = []
    submit(app.test_client(), "/signin", email="whoever", password=PASSWORD)  # what is read once is read
    for email in ("mina@example.org", "nobody@example.org"):
        with count_statements() as sent:
            submit(app.test_client(), "/signin", email=email, password=PASSWORD)
        asked.append([statement.split()[0] for statement in sent])
    assert asked[0] == asked[1]


def test_a_password_is_stopped_after_a_hundred_wrong_ones_in_a_row_and_started_again_by_mail(
    app: Flask, submit: Submit, cast: Cast, set_password: SetPassword, sign_in: SignIn, mailbox: Mailbox
) -> None:
    set_password(cast.member)
    browser = app.test_client()

    def wrong(times: int) -> None:
        for number in range(times):
            written = "mina" if number % 2 else "mina@example.org"
            assert submit(browser, "/signin", email=written, password=OTHER_PASSWORD).status_code == 422

    def right() -> int:
        return int(submit(app.test_client(), "/signin", email="mina", password=PASSWORD).status_code)

    wrong(99)
    assert right() == 303, "not by the account alone before that, and the right one begins the count anew"
    wrong(99)
    assert mailbox.to("mina@example.org") == []
    wrong(1)
    assert right() == 422
    at_home = sign_in(cast.member)
    assert is_signed_in(at_home), "who is signed in stays signed in"
    refused = submit(at_home, "/settings/prove", password=PASSWORD)
    assert refused.status_code == 422
    assert "Too many wrong passwords" in refused.text
    change = {"password": PASSWORD, "new_password": OTHER_PASSWORD}
    assert submit(at_home, "/settings/password", **change).status_code == 422
    clock.advance(timedelta(days=40))
    with app.app_context():
        forget_what_is_over()
    assert right() == 422, "time alone lifts nothing"
    assert [message["Subject"] for message in mailbox.to("mina@example.org")] == ["Choose a new password"]
    submit(browser, "/reset", email="mina@example.org")
    submit(browser, mailbox.link("mina@example.org"), password="copper lantern in a marsh")
    answer = submit(browser, "/signin", email="mina", password="copper lantern in a marsh")
    assert answer.status_code == 303


def test_what_was_counted_for_nobody_is_forgotten_after_a_day(
    app: Flask, submit: Submit, cast: Cast, set_password: SetPassword
) -> None:
    set_password(cast.member)
    for email in ("nobody@example.org", "mina"):
        submit(app.test_client(), "/signin", email=email, password=OTHER_PASSWORD)
    clock.advance(timedelta(days=1, minutes=1))
    with app.app_context():
        forget_what_is_over()
        assert [row.user_id for row in db.session.query(WrongPasswords)] == [cast.member.id]


def test_a_new_password_that_is_too_weak_is_no_wrong_one(
    app: Flask, submit: Submit, cast: Cast, set_password: SetPassword, sign_in: SignIn
) -> None:
    set_password(cast.member)
    fields = {"password": PASSWORD, "new_password": "passwordpassword"}
    assert submit(sign_in(cast.member), "/settings/password", **fields).status_code == 422
    with app.app_context():
        assert db.session.query(WrongPasswords).count() == 0


def test_guesses_at_many_accounts_from_many_networks_are_stopped_for_the_whole_site(
    app: Flask, submit: Submit, cast: Cast, set_password: SetPassword, limited: list[float]
) -> None:
    set_password(cast.member)
    limiter = app.extensions["forum_limits"]
    for _ in range(999):
        limiter.note("signin:site")
    browser = app.test_client()
    assert submit(browser, "/signin", email="mina", password=OTHER_PASSWORD).status_code == 422
    elsewhere = app.test_client()
    elsewhere.environ_base["REMOTE_ADDR"] = "198.51.100.7"
    assert submit(elsewhere, "/signin", email="otto", password=PASSWORD).status_code == 429


def test_an_account_that_is_not_there_is_throttled_alike(
    app: Flask, submit: Submit, cast: Cast, limited: list[float]
) -> None:
    browser = app.test_client()
    statuses = [
        submit(browser, "/signin", email="nobody@example.org", password=PASSWORD).status_code
        for _ in range(6)
    ]
    assert statuses == [422] * 5 + [429]


def test_a_network_that_guesses_at_many_accounts_is_stopped(
    app: Flask, submit: Submit, cast: Cast, set_password: SetPassword, limited: list[float]
) -> None:
    set_password(cast.member)
    browser = app.test_client()
    for number in range(20):
        answer = submit(browser, "/signin", email=f"person{number}@example.org", password=PASSWORD)
        assert answer.status_code == 422
    assert submit(browser, "/signin", email="mina", password=PASSWORD).status_code == 429


def test_many_people_sign_in_from_one_network(
    app: Flask, submit: Submit, cast: Cast, set_password: SetPassword, limited: list[float]
) -> None:
    set_password(cast.member)
    for _ in range(25):
        assert submit(app.test_client(), "/signin", email="mina", password=PASSWORD).status_code == 303


def test_guesses_from_many_networks_take_longer_and_longer_but_lock_nobody_out(
    app: Flask, submit: Submit, cast: Cast, set_password: SetPassword, limited: list[float]
) -> None:
    set_password(cast.member)
    for number in range(12):
        browser = app.test_client()
        browser.environ_base["REMOTE_ADDR"] = f"198.51.{number}.7"
        submit(browser, "/signin", email="mina@example.org", password=OTHER_PASSWORD)
    assert limited == sorted(limited)
    assert limited[0] < 1
    assert limited[-1] == 4.0
    assert (
        submit(app.test_client(), "/signin", email="mina@example.org", password=PASSWORD).status_code == 303
    )


def test_idle_sessions_end_after_two_weeks_and_all_after_a_month(
    app: Flask, submit: Submit, cast: Cast, set_password: SetPassword
) -> None:
    set_password(cast.member)
    browser = app.test_client()
    submit(browser, "/signin", email="mina", password=PASSWORD)
    clock.advance(timedelta(days=13, hours=23))
    assert is_signed_in(browser)
    clock.advance(timedelta(days=13, hours=23))
    assert is_signed_in(browser)
    clock.advance(timedelta(days=2, hours=3))
    assert not is_signed_in(browser)
    submit(browser, "/signin", email="mina", password=PASSWORD)
    clock.advance(timedelta(days=14, minutes=1))
    assert not is_signed_in(browser)


def test_sessions_of_staff_end_sooner(
    app: Flask, submit: Submit, cast: Cast, set_password: SetPassword
) -> None:
    set_password(cast.staff)
    browser = app.test_client()
    submit(browser, "/signin", email="stella", password=PASSWORD)
    clock.advance(timedelta(hours=11, minutes=59))
    assert is_signed_in(browser)
    clock.advance(timedelta(hours=11, minutes=59))
    assert is_signed_in(browser)
    clock.advance(timedelta(minutes=3))
    assert not is_signed_in(browser)
    submit(browser, "/signin", email="stella", password=PASSWORD)
    clock.advance(timedelta(hours=12, minutes=1))
    assert not is_signed_in(browser)
