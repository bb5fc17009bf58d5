"""A forgotten password: a link by mail, once, for an hour."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from forum.accounts.models import AccountToken, TokenPurpose, User
from forum.accounts.signals import TokenIssued
from forum.accounts.tokens import issue
from forum.core import clock
from forum.core.db import db
from forum.core.transactions import publish, transaction
from forum.jobs.models import OutboxRow
from tests.accounts.conftest import is_signed_in
from tests.cast import Cast
from tests.factories import make_user
from tests.mailbox import Mailbox, text_of
from tests.passwords import OTHER_PASSWORD, PASSWORD, SetPassword

SignIn = Callable[[User], FlaskClient]
Submit = Callable[..., Any]


def test_a_link_leads_to_a_new_password_and_every_session_ends(
    app: Flask,
    client: FlaskClient,
    submit: Submit,
    mailbox: Mailbox,
    cast: Cast,
    sign_in: SignIn,
    set_password: SetPassword,
) -> None:
    set_password(cast.member)
    elsewhere = sign_in(cast.member)
    assert submit(client, "/reset", email="Mina@example.org").status_code == 200
    link = mailbox.link("mina@example.org")
    page = client.get(link)
    assert page.status_code == 200
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert is_signed_in(elsewhere), "asking for a link changes nothing"
    assert submit(client, link, password=OTHER_PASSWORD).status_code == 200
    assert not is_signed_in(elsewhere)
    assert submit(client, "/signin", email="mina", password=PASSWORD).status_code == 422
    assert submit(client, "/signin", email="mina", password=OTHER_PASSWORD).status_code == 303
    assert submit(client, link, password="yet another long phrase").status_code == 410
    assert "Every other device was signed out" in text_of(mailbox.to("mina@example.org")[-1])


def test_known_and_unknown_addresses_are_alike_up_to_the_worker(
    app: Flask,
    client: FlaskClient,
    submit: Submit,
    mailbox: Mailbox,
    cast: Cast,
    count_statements: Callable[[], Any],
) -> None:
    answers = []
    submit(client, "/reset", email="whoever@example.org")  # what is read once is read
    for email in ("mina@example.org", "nobody@example.org"):
        with count_statements() as sent:
            answer = submit(client, "/reset", email=email)
        kinds = [statement.split()[0] for statement in sent]
        answers.append((answer.status_code, answer.text.replace(email, ""), kinds))
    assert answers[0] == answers[1]
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(OutboxRow)) == 3
    assert len(mailbox.to("mina@example.org")) == 1
    assert mailbox.to("nobody@example.org") == []


@pytest.mark.parametrize(("minutes", "status"), [(59, 200), (61, 410)])
def test_the_link_works_for_an_hour(
    client: FlaskClient, submit: Submit, mailbox: Mailbox, cast: Cast, minutes: int, status: int
) -> None:
    submit(client, "/reset", email="mina@example.org")
    link = mailbox.link("mina@example.org")
    clock.advance(timedelta(minutes=minutes))
    assert client.get(link).status_code == status
    assert submit(client, link, password=OTHER_PASSWORD).status_code == status


def test_a_newer_link_a_new_password_or_a_new_address_ends_the_older_link(
    client: FlaskClient,
    submit: Submit,
    mailbox: Mailbox,
    cast: Cast,
    sign_in: SignIn,
    set_password: SetPassword,
) -> None:
    set_password(cast.member)
    submit(client, "/reset", email="mina@example.org")
    first = mailbox.link("mina@example.org")
    submit(client, "/reset", email="mina@example.org")
    second = mailbox.link("mina@example.org")
    assert client.get(first).status_code == 410
    assert client.get(second).status_code == 200
    browser = sign_in(cast.member)
    fields = {"password": PASSWORD, "new_password": OTHER_PASSWORD}
    assert submit(browser, "/settings/password", **fields).status_code == 303
    assert client.get(second).status_code == 410


def test_a_link_of_one_kind_does_nothing_of_another(
    client: FlaskClient, submit: Submit, mailbox: Mailbox, cast: Cast
) -> None:
    submit(client, "/reset", email="mina@example.org")
    token = mailbox.link("mina@example.org").rpartition("/")[2]
    assert client.get(f"/confirm/{token}").status_code == 410
    assert submit(client, f"/confirm/{token}").status_code == 410
    assert client.get(f"/reset/{token}").status_code == 200
    assert client.get("/reset/" + "x" * 43).status_code == 410
    assert client.get("/reset/" + "x" * 5000).status_code == 410


def test_a_weak_password_leaves_the_link_usable(
    client: FlaskClient, submit: Submit, mailbox: Mailbox, cast: Cast
) -> None:
    submit(client, "/reset", email="mina@example.org")
    link = mailbox.link("mina@example.org")
    for weak in ("short", "mina member 2026", "passwordpassword1"):
        answer = submit(client, link, password=weak)
        assert answer.status_code == 422
        assert 'id="f-password-error"' in answer.text
    assert submit(client, link, password=OTHER_PASSWORD).status_code == 200


def test_names_of_an_archive_are_never_written_to(
    app: Flask, client: FlaskClient, submit: Submit, mailbox: Mailbox
) -> None:
    with app.app_context():
        make_user("ghost", imported_at=clock.now(), email="ghost@example.org", email_key="ghost@example.org")
    for path in ("/reset", "/confirm"):
        assert submit(client, path, email="ghost@example.org").status_code == 200
    assert mailbox.messages() == []


def test_somebody_suspended_gets_no_link_and_whoever_asks_sees_no_difference(
    app: Flask, client: FlaskClient, submit: Submit, mailbox: Mailbox, cast: Cast
) -> None:
    with app.app_context():
        make_user("waiting_one", standing="guest", email_confirmed_at=None, suspended_at=clock.now())
    for path, suspended in (("/reset", cast.suspended.email), ("/confirm", "waiting_one@example.org")):
        told = submit(client, path, email=suspended)
        other = submit(client, path, email="nobody@example.org")
        assert told.status_code == other.status_code == 200
        assert told.text.replace(str(suspended), "") == other.text.replace("nobody@example.org", "")
    assert mailbox.messages() == []


def test_a_link_dies_with_a_suspension_and_one_not_yet_mailed_is_never_sent(
    app: Flask, client: FlaskClient, submit: Submit, mailbox: Mailbox, cast: Cast
) -> None:
    submit(client, "/reset", email="mina@example.org")
    link = mailbox.link("mina@example.org")
    with app.app_context(), transaction():
        other = db.session.get_one(User, cast.other.id)
        publish(TokenIssued(token_id=issue(TokenPurpose.RESET, other, "otto@example.org").id))
    with (
        app.app_context(),
        transaction(),
    ):  # the row alone, not the action, which would take the links away itself
        for person in (cast.member, cast.other):
            db.session.get_one(User, person.id).suspend(
                at=clock.now(), until=clock.now() + timedelta(minutes=20), reason="Spam."
            )
    assert client.get(link).status_code == 410
    assert submit(client, link, password=OTHER_PASSWORD).status_code == 410
    assert mailbox.to("otto@example.org") == []
    clock.advance(timedelta(minutes=21))
    assert submit(client, link, password=OTHER_PASSWORD).status_code == 200


def test_a_reset_confirms_the_address_it_came_to(
    client: FlaskClient, submit: Submit, mailbox: Mailbox, cast: Cast
) -> None:
    submit(client, "/reset", email=cast.unconfirmed.email)
    submit(client, mailbox.link(str(cast.unconfirmed.email)), password=OTHER_PASSWORD)
    assert submit(client, "/signin", email=cast.unconfirmed.email, password=OTHER_PASSWORD).status_code == 303


def test_tokens_are_kept_as_hashes_alone(
    app: Flask, client: FlaskClient, submit: Submit, mailbox: Mailbox, cast: Cast
) -> None:
    submit(client, "/reset", email="mina@example.org")
    with app.app_context():
        waiting = [str(row.payload) for row in db.session.scalars(select(OutboxRow))]
    token = mailbox.link("mina@example.org").rpartition("/")[2]
    assert len(token) >= 43
    assert not any(token in payload for payload in waiting)
    with app.app_context():
        row = db.session.scalars(select(AccountToken)).one()
        assert token.encode() not in row.token_hash
        assert len(row.token_hash) == 32


def test_of_many_who_use_a_link_at_once_one_succeeds(
    app: Flask, client: FlaskClient, submit: Submit, mailbox: Mailbox, cast: Cast
) -> None:
    submit(client, "/reset", email="mina@example.org")
    link = mailbox.link("mina@example.org")

    def use(number: int) -> int:
        phrase = f"copper lantern number {number} marsh"
        return int(submit(app.test_client(), link, password=phrase).status_code)

    with ThreadPoolExecutor(8) as pool:
        statuses = sorted(pool.map(use, range(16)))
    assert statuses == [200] + [410] * 15
