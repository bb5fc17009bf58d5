"""Guests register and confirm their address; nobody learns from it who has an account."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from forum.accounts.actions import forget_unconfirmed, register_guest
from forum.accounts.models import AccountToken, User
from forum.accounts.params import RegisterParams
from forum.core import clock, settings
from forum.core.db import db
from forum.core.errors import Invalid
from forum.core.transactions import transaction
from tests.accounts.conftest import is_signed_in
from tests.cast import Cast
from tests.mailbox import Mailbox, text_of
from tests.passwords import OTHER_PASSWORD, PASSWORD

Submit = Callable[..., Any]
Account = Callable[[str], User | None]
NEW = {"name": "Nia Newcomer", "email": "nia@example.net", "password": PASSWORD}


def test_a_guest_registers_confirms_and_signs_in(
    client: FlaskClient, submit: Submit, mailbox: Mailbox, account: Account
) -> None:
    assert client.get("/register").status_code == 200
    answer = submit(client, "/register", **NEW)
    assert answer.status_code == 200
    assert "nia@example.net" in answer.text
    assert submit(client, "/signin", email="nia@example.net", password=PASSWORD).status_code == 422
    link = mailbox.link("nia@example.net")
    assert client.get(link).status_code == 200
    assert "The account is yours" in submit(client, link).text
    user = account("nia@example.net")
    assert user is not None
    assert (user.name, user.username, user.standing) == ("Nia Newcomer", "nia-newcomer", "guest")
    assert submit(client, "/signin", email="nia@example.net", password=PASSWORD).status_code == 303
    assert is_signed_in(client)


def test_looking_at_the_link_uses_nothing_up_and_using_it_twice_does_nothing(
    app: Flask, client: FlaskClient, submit: Submit, mailbox: Mailbox
) -> None:
    submit(client, "/register", **NEW)
    link = mailbox.link("nia@example.net")
    for _ in range(3):
        scanner = app.test_client()
        page = scanner.get(link)
        assert page.status_code == 200
        assert page.headers["Referrer-Policy"] == "no-referrer"
        assert "no-store" in page.headers["Cache-Control"]
    assert submit(client, link).status_code == 200
    assert submit(client, link).status_code == 410
    assert client.get(link).status_code == 410


@pytest.mark.parametrize(("days", "status"), [(2.9, 200), (3.1, 410)])
def test_the_link_works_for_three_days(
    client: FlaskClient, submit: Submit, mailbox: Mailbox, days: float, status: int
) -> None:
    submit(client, "/register", **NEW)
    link = mailbox.link("nia@example.net")
    clock.advance(timedelta(days=days))
    assert client.get(link).status_code == status
    assert submit(client, link).status_code == status


def test_a_newer_link_ends_the_older(client: FlaskClient, submit: Submit, mailbox: Mailbox) -> None:
    submit(client, "/register", **NEW)
    first = mailbox.link("nia@example.net")
    submit(client, "/confirm", email="nia@example.net")
    second = mailbox.link("nia@example.net")
    assert first != second
    assert submit(client, first).status_code == 410
    assert submit(client, second).status_code == 200


def test_a_known_address_gets_the_same_answer_and_its_owner_a_mail(
    client: FlaskClient, submit: Submit, mailbox: Mailbox, cast: Cast, account: Account
) -> None:
    unknown = submit(client, "/register", **NEW)
    known = submit(client, "/register", **{**NEW, "email": cast.member.email})
    assert known.status_code == unknown.status_code == 200
    assert known.text.replace(str(cast.member.email), "nia@example.net") == unknown.text
    assert "You have one already" in text_of(mailbox.to(str(cast.member.email))[-1])
    member = account(str(cast.member.email))
    assert member is not None
    assert (member.name, member.password_hash) == (cast.member.name, None)


def test_registering_takes_the_same_work_for_known_and_unknown_addresses(
    app: Flask, client: FlaskClient, submit: Submit, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed: list[str] = []
    passwords = app.extensions["forum_passwords"]
    real = passwords.hash
    monkeypatch.setattr(passwords, "hash", lambda text: hashed.append(text) or real(text))
    submit(client, "/register", **NEW)
    for_unknown, hashed[:] = len(hashed), []
    submit(client, "/register", **{**NEW, "email": cast.member.email})
    assert len(hashed) == for_unknown == 1


def test_whether_a_name_is_free_afterwards_tells_nothing_either(
    client: FlaskClient, submit: Submit, mailbox: Mailbox, cast: Cast
) -> None:
    """Who registers with somebody's address and tries the same username again sees the same both times."""
    answers = []
    for number, email in enumerate([cast.member.email, "stranger@example.net"]):
        username = f"probe-{'ab'[number]}"
        submit(client, "/register", **{**NEW, "email": email, "username": username})
        other = {**NEW, "email": f"second{number}@example.net", "username": username}
        answers.append(submit(client, "/register", **other).status_code)
    assert answers == [422, 422]


def test_the_newest_registration_of_an_unconfirmed_address_holds(
    client: FlaskClient, submit: Submit, mailbox: Mailbox, account: Account
) -> None:
    submit(client, "/register", **{**NEW, "name": "Someone Else", "password": OTHER_PASSWORD})
    submit(client, "/register", **NEW)
    submit(client, mailbox.link("nia@example.net"))
    user = account("nia@example.net")
    assert user is not None
    assert user.name == "Nia Newcomer"
    assert submit(client, "/signin", email="nia@example.net", password=OTHER_PASSWORD).status_code == 422
    assert submit(client, "/signin", email="nia@example.net", password=PASSWORD).status_code == 303


REFUSED = [
    ("name", ""),
    ("name", "12345"),
    ("name", "Nia\u202eNewcomer"),
    ("name", "Nia\r\nBcc: all@example.org"),
    ("name", "N" * 65),
    ("name", "Ni\u200ba"),
    ("name", "mail@example.org"),
    ("email", "nia"),
    ("email", "nia@example"),
    ("email", "nia@example.net\r\nBcc: all@example.org"),
    ("email", "nia@example.net, all@example.org"),
    ("email", '"a b"@example.net'),
    ("email", "nia@" + "a" * 260 + ".net"),
    ("password", "too short"),
    ("password", "passwordpassword"),
    ("password", "nia newcomer 2026"),
    ("password", "x" * 257),
    ("username", "ad"),
    ("username", "admin"),
    ("username", "nia..newcomer"),
    ("username", "ni a"),
    ("username", "níá"),
    ("username", "404"),
    ("username", "M1na"),
    ("username", "mi.na"),
    ("rank", "staff"),
]


def test_what_cannot_be_taken_is_refused_and_said_at_its_field(
    client: FlaskClient, submit: Submit, cast: Cast, account: Account
) -> None:
    for field, value in REFUSED:
        answer = submit(client, "/register", **{**NEW, field: value})
        assert answer.status_code == 422, value
        if field in NEW:
            assert f'id="f-{field}-error"' in answer.text, value
        assert PASSWORD not in answer.text
    assert account("nia@example.net") is None
    assert submit(client, "/register", **NEW).status_code == 200


def test_a_form_that_failed_keeps_what_was_typed_but_for_the_password(
    client: FlaskClient, submit: Submit
) -> None:
    answer = submit(client, "/register", **{**NEW, "password": "short one 12"})
    assert 'value="Nia Newcomer"' in answer.text
    assert 'value="nia@example.net"' in answer.text
    assert "short one 12" not in answer.text


def test_names_in_any_script_are_welcome(client: FlaskClient, submit: Submit, account: Account) -> None:
    for number, name in enumerate(["佐々木 遥香", "نور الهدى", "Zoë O’Brien-Ní Chonaráin", "क्षिति राय"]):
        email = f"person{number}@example.net"
        assert submit(client, "/register", name=name, email=email, password=PASSWORD).status_code == 200
        user = account(email)
        assert user is not None
        assert user.name == name
        assert user.username.isascii()


def test_a_society_that_is_closed_to_guests_says_so(
    app: Flask, client: FlaskClient, submit: Submit, account: Account
) -> None:
    with app.app_context(), transaction():
        settings.change({"registration_open": False}, actor_id=None)
    assert "not being made" in client.get("/register").text
    assert submit(client, "/register", **NEW).status_code == 403
    assert account("nia@example.net") is None


def test_accounts_that_nobody_confirms_go_away_and_their_names_are_free(
    app: Flask, client: FlaskClient, submit: Submit, cast: Cast, account: Account
) -> None:
    submit(client, "/register", **NEW, username="nia-one")
    submit(client, "/register", **{**NEW, "email": cast.member.email}, username="nia-two")
    clock.advance(timedelta(days=2))
    with app.app_context():
        assert forget_unconfirmed() == 0
    clock.advance(timedelta(days=1, minutes=1))
    with app.app_context():
        assert forget_unconfirmed() == 2  # Uma of the cast never confirmed either
    assert account("nia@example.net") is None
    for number, username in enumerate(["nia-one", "nia-two"]):
        fields = {**NEW, "email": f"later{number}@example.net", "username": username}
        assert submit(client, "/register", **fields).status_code == 200


def test_of_fifty_registrations_with_one_username_one_succeeds(app: Flask) -> None:
    def attempt(number: int) -> str:
        params = RegisterParams(
            name="Nia Newcomer", email=f"nia{number}@example.net", password=PASSWORD, username="nia"
        )
        with app.app_context():
            try:
                register_guest(params)
            except Invalid as refused:
                return ",".join(refused.errors)
            return "made"

    with ThreadPoolExecutor(16) as pool:
        outcomes = list(pool.map(attempt, range(50)))
    assert sorted(set(outcomes)) == ["made", "username"]
    assert outcomes.count("made") == 1
    with app.app_context():
        assert db.session.scalar(select(func.count()).where(User.username_key == "nia")) == 1


def test_of_fifty_registrations_of_one_address_one_account_comes(app: Flask, mailbox: Mailbox) -> None:
    params = RegisterParams(name="Nia Newcomer", email="nia@example.net", password=PASSWORD)

    def attempt(_number: int) -> None:
        with app.app_context():
            register_guest(params)

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(attempt, range(50)))
    with app.app_context():
        assert db.session.scalar(select(func.count()).where(User.email_key == "nia@example.net")) == 1
        assert db.session.scalar(select(func.count()).select_from(AccountToken)) == 1
    assert len(mailbox.to("nia@example.net")) == 1


def test_of_many_clicks_at_once_on_a_link_one_counts(
    app: Flask, client: FlaskClient, submit: Submit, mailbox: Mailbox
) -> None:
    submit(client, "/register", **NEW)
    link = mailbox.link("nia@example.net")

    def click(_number: int) -> int:
        return int(submit(app.test_client(), link).status_code)

    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(click, range(20)))
    assert sorted(statuses) == [200] + [410] * 19
