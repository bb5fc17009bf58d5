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


SEQUENCES = [
    ["E", "E"],
    ["E", "E as Other", "E"],
    ["E", "own", "E", "own as Other"],
    ["E as Other", "E", "own"],
]


@pytest.mark.parametrize("steps", SEQUENCES, ids=" then ".join)
def test_no_sequence_of_registrations_tells_whether_an_address_is_known(
    client: FlaskClient,
    submit: Submit,
    mailbox: Mailbox,
    cast: Cast,
    account: Account,
    app: Flask,
    steps: list[str],
) -> None:
    """Compared by every answer, and by the username that whoever tries it gets in the end."""
    outcomes = []
    for number, address in enumerate([str(cast.member.email), "stranger@example.net"]):
        own, name = f"own{number}@example.net", f"Prober {'AB'[number]}"
        told = []
        for step in steps:
            who, _as, other = step.partition(" as ")
            fields = {**NEW, "name": f"{name} {other}".strip(), "email": address if who == "E" else own}
            answer = submit(client, "/register", **fields)
            told.append((answer.status_code, answer.text.replace(fields["email"], "")))
        submit(client, "/register", **{**NEW, "name": name, "email": f"last{number}@example.net"})
        submit(app.test_client(), mailbox.link(f"last{number}@example.net"))
        made = account(f"last{number}@example.net")
        assert made is not None
        outcomes.append((told, made.username.replace(f"prober-{'ab'[number]}", "")))
    assert outcomes[0] == outcomes[1]
    assert {status for status, _text in outcomes[0][0]} == {200}


def test_registering_with_the_address_of_somebody_who_waits_takes_nothing_over(
    client: FlaskClient, submit: Submit, mailbox: Mailbox, account: Account
) -> None:
    """Whoever opens the newer of two links, which another's registration sent, still gets the account they described."""
    submit(client, "/register", **NEW)
    first = mailbox.link("nia@example.net")
    submit(client, "/register", **{**NEW, "name": "Evil Twin", "password": OTHER_PASSWORD})
    newer = mailbox.link("nia@example.net")
    assert newer != first
    page = client.get(newer)
    assert 'name="password"' in page.text
    unsure = submit(client, newer)
    assert unsure.status_code == 422
    assert 'id="f-password-error"' in unsure.text
    assert submit(client, newer, password="neither of the two phrases").status_code == 422
    assert submit(client, newer, password=PASSWORD).status_code == 200
    user = account("nia@example.net")
    assert user is not None
    assert (user.name, user.username) == ("Nia Newcomer", "nia-newcomer")
    assert submit(client, "/signin", email="nia@example.net", password=OTHER_PASSWORD).status_code == 422
    assert submit(client, "/signin", email="nia@example.net", password=PASSWORD).status_code == 303
    assert submit(client, first, password=OTHER_PASSWORD).status_code == 410


def test_each_of_several_registrations_can_be_confirmed_until_one_is(
    client: FlaskClient, submit: Submit, mailbox: Mailbox, account: Account
) -> None:
    submit(client, "/register", **{**NEW, "name": "Someone Else", "password": OTHER_PASSWORD})
    first = mailbox.link("nia@example.net")
    submit(client, "/register", **NEW)
    second = mailbox.link("nia@example.net")
    assert "Someone Else" in text_of(mailbox.to("nia@example.net")[0])
    assert "Nia Newcomer" in text_of(mailbox.to("nia@example.net")[1])
    assert client.get(second).status_code == 200
    assert submit(client, first, password=OTHER_PASSWORD).status_code == 200
    user = account("nia@example.net")
    assert user is not None
    assert user.name == "Someone Else"
    assert client.get(second).status_code == 410
    assert submit(client, second, password=PASSWORD).status_code == 410


def test_a_link_sent_again_stands_for_the_same_registration(
    client: FlaskClient, submit: Submit, mailbox: Mailbox, account: Account
) -> None:
    submit(client, "/register", **NEW)
    submit(client, "/confirm", email="nia@example.net")
    link = mailbox.link("nia@example.net")
    assert 'name="password"' not in client.get(link).text, "one registration waits, so nothing is to be asked"
    assert submit(client, link).status_code == 200
    assert submit(client, "/signin", email="nia@example.net", password=PASSWORD).status_code == 303


def test_a_registration_that_comes_while_a_link_is_used_changes_nothing(
    app: Flask, client: FlaskClient, submit: Submit, mailbox: Mailbox, account: Account
) -> None:
    submit(client, "/register", **NEW)
    submit(client, "/register", **{**NEW, "name": "Evil Twin", "password": OTHER_PASSWORD})
    newer = mailbox.link("nia@example.net")
    with app.app_context(), transaction():  # confirmed by another way, and this link left alive
        db.session.scalars(select(User).where(User.email_key == "nia@example.net")).one().confirm(clock.now())
    assert submit(client, newer, password=OTHER_PASSWORD).status_code == 410
    assert submit(client, "/signin", email="nia@example.net", password=OTHER_PASSWORD).status_code == 422


def test_whoever_registered_first_is_not_pushed_out_by_many_others(
    app: Flask, client: FlaskClient, submit: Submit, mailbox: Mailbox
) -> None:
    submit(client, "/register", **NEW)
    for number in range(7):
        submit(client, "/register", **{**NEW, "password": f"copper lantern number {number} marsh"})
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(AccountToken)) == 5
    link = mailbox.link("nia@example.net")
    assert submit(client, link, password="copper lantern number 5 marsh").status_code == 422
    assert submit(client, link, password=PASSWORD).status_code == 200


def test_guessing_which_registration_is_meant_is_slowed_down(
    client: FlaskClient, submit: Submit, mailbox: Mailbox, limited: list[float]
) -> None:
    submit(client, "/register", **NEW)
    submit(client, "/register", **{**NEW, "password": OTHER_PASSWORD})
    link = mailbox.link("nia@example.net")
    statuses = [submit(client, link, password=f"guess number {n}").status_code for n in range(11)]
    assert statuses == [422] * 10 + [429]


def test_a_new_password_makes_an_account_that_waited_whole(
    client: FlaskClient, submit: Submit, mailbox: Mailbox, account: Account
) -> None:
    submit(client, "/register", **NEW)
    confirming = mailbox.link("nia@example.net")
    submit(client, "/reset", email="nia@example.net")
    submit(client, mailbox.link("nia@example.net"), password=OTHER_PASSWORD)
    user = account("nia@example.net")
    assert user is not None
    assert user.username == "nia-newcomer"
    assert submit(client, confirming).status_code == 410
    assert submit(client, "/signin", email="nia@example.net", password=OTHER_PASSWORD).status_code == 303


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
    ("username", "nia"),
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


def test_names_in_any_script_are_welcome(
    client: FlaskClient, submit: Submit, mailbox: Mailbox, account: Account
) -> None:
    for number, name in enumerate(["佐々木 遥香", "نور الهدى", "Zoë O’Brien-Ní Chonaráin", "क्षिति राय"]):
        email = f"person{number}@example.net"
        assert submit(client, "/register", name=name, email=email, password=PASSWORD).status_code == 200
        user = account(email)
        assert user is not None
        assert user.name == name
        submit(client, mailbox.link(email))
        confirmed = account(email)
        assert confirmed is not None
        assert confirmed.username.isascii()
        assert not confirmed.username.startswith("waiting")


def test_a_society_that_is_closed_to_guests_says_so(
    app: Flask, client: FlaskClient, submit: Submit, account: Account
) -> None:
    with app.app_context(), transaction():
        settings.change({"registration_open": False}, actor_id=None)
    assert "not being made" in client.get("/register").text
    assert submit(client, "/register", **NEW).status_code == 403
    assert account("nia@example.net") is None


def test_accounts_that_nobody_confirms_go_away_and_take_no_name_meanwhile(
    app: Flask, client: FlaskClient, submit: Submit, mailbox: Mailbox, cast: Cast, account: Account
) -> None:
    submit(client, "/register", **NEW)
    submit(client, "/register", **{**NEW, "email": "second@example.net"})
    submit(client, mailbox.link("second@example.net"))
    second = account("second@example.net")
    assert second is not None
    assert second.username == "nia-newcomer"
    clock.advance(timedelta(days=2))
    with app.app_context():
        assert forget_unconfirmed() == 0
    clock.advance(timedelta(days=1, minutes=1))
    with app.app_context():
        assert forget_unconfirmed() == 2  # Uma of the cast never confirmed either
    assert account("nia@example.net") is None


def test_of_people_with_one_name_who_confirm_at_once_each_gets_a_username(
    app: Flask, mailbox: Mailbox, submit: Submit
) -> None:
    addresses = [f"nia{number}@example.net" for number in range(12)]
    with app.app_context():
        for email in addresses:
            register_guest(RegisterParams(name="Nia Newcomer", email=email, password=PASSWORD))
    links = {email: mailbox.link(email) for email in addresses}
    with ThreadPoolExecutor(8) as pool:
        answers = pool.map(lambda email: submit(app.test_client(), links[email]).status_code, addresses)
        assert set(answers) == {200}
    with app.app_context():
        taken = set(db.session.scalars(select(User.username).where(User.email_key.in_(addresses))))
    assert taken == {"nia-newcomer"} | {f"nia-newcomer-{number}" for number in range(2, 13)}


def test_of_fifty_registrations_of_one_address_one_account_comes(app: Flask, mailbox: Mailbox) -> None:
    params = RegisterParams(name="Nia Newcomer", email="nia@example.net", password=PASSWORD)

    def attempt(_number: int) -> None:
        with app.app_context():
            register_guest(params)

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(attempt, range(50)))
    with app.app_context():
        assert db.session.scalar(select(func.count()).where(User.email_key == "nia@example.net")) == 1
        assert db.session.scalar(select(func.count()).select_from(AccountToken)) == 5
    assert len(mailbox.to("nia@example.net")) == 5


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
