"""One's own address and password: the password is asked, the new address confirmed, the old one told."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from forum.accounts.models import User
from forum.accounts.signals import EmailConfirmed
from forum.core import clock, signals
from tests.accounts.conftest import is_signed_in
from tests.cast import Cast
from tests.mailbox import Mailbox, text_of
from tests.passwords import OTHER_PASSWORD, PASSWORD, SetPassword

SignIn = Callable[[User], FlaskClient]
Submit = Callable[..., Any]
Account = Callable[[str], User | None]


def test_an_address_changes_when_the_new_one_is_confirmed_and_the_old_one_is_told(
    client: FlaskClient,
    submit: Submit,
    mailbox: Mailbox,
    cast: Cast,
    sign_in: SignIn,
    set_password: SetPassword,
    account: Account,
) -> None:
    set_password(cast.member)
    browser = sign_in(cast.member)
    fields = {"email": "mina@new.example.net", "password": PASSWORD}
    assert submit(browser, "/settings/email", **fields).status_code == 303
    assert "mina@new.example.net" in browser.get("/settings/account").text
    assert account("mina@new.example.net") is None
    assert submit(client, "/signin", email="mina@example.org", password=PASSWORD).status_code == 303
    link = mailbox.link("mina@new.example.net")
    assert client.get(link).status_code == 200
    assert account("mina@example.org") is not None
    assert submit(client, link).status_code == 200
    assert account("mina@example.org") is None
    assert account("mina@new.example.net") is not None
    told = text_of(mailbox.to("mina@example.org")[-1])
    assert "m…@new.example.net" in told
    assert "mina@new.example.net" not in told
    assert submit(client, link).status_code == 410


def test_the_password_is_asked_unless_it_was_given_lately(
    submit: Submit, mailbox: Mailbox, cast: Cast, sign_in: SignIn, set_password: SetPassword
) -> None:
    set_password(cast.member)
    browser = sign_in(cast.member)
    assert submit(browser, "/settings/email", email="a@new.example.net").status_code == 303
    clock.advance(timedelta(minutes=11))
    assert submit(browser, "/settings/email", email="b@new.example.net").status_code == 422
    wrong = submit(browser, "/settings/email", email="b@new.example.net", password=OTHER_PASSWORD)
    assert wrong.status_code == 422
    assert 'id="e-password-error"' in wrong.text
    assert mailbox.to("b@new.example.net") == []
    assert submit(browser, "/settings/email", email="b@new.example.net", password=PASSWORD).status_code == 303
    assert submit(browser, "/settings/email", email="c@new.example.net").status_code == 303
    assert len(mailbox.to("c@new.example.net")) == 1


def test_an_address_that_has_an_account_gets_the_same_answer(
    submit: Submit, mailbox: Mailbox, cast: Cast, sign_in: SignIn, account: Account
) -> None:
    browser = sign_in(cast.member)
    free = submit(browser, "/settings/email", email="free@example.net")
    taken = submit(browser, "/settings/email", email="otto@example.org")
    assert (free.status_code, free.headers["Location"]) == (taken.status_code, taken.headers["Location"])
    assert "You have one already" in text_of(mailbox.to("otto@example.org")[-1])
    other = account("otto@example.org")
    assert other is not None
    assert other.username == "otto"


def test_a_link_to_an_address_that_somebody_took_meanwhile_changes_nothing(
    app: Flask,
    client: FlaskClient,
    submit: Submit,
    mailbox: Mailbox,
    cast: Cast,
    sign_in: SignIn,
    account: Account,
) -> None:
    submit(sign_in(cast.member), "/settings/email", email="shared@example.net")
    submit(sign_in(cast.other), "/settings/email", email="shared@example.net")
    mails = mailbox.to("shared@example.net")
    first, second = ("/confirm/" + text_of(m).split("/confirm/")[1].split()[0] for m in mails)
    assert submit(client, first).status_code == 200
    assert submit(client, second).status_code == 422
    holder = account("shared@example.net")
    assert holder is not None
    assert holder.username == "mina"
    assert account("otto@example.org") is not None


def test_whoever_confirms_an_address_takes_it_from_an_account_that_never_did(
    client: FlaskClient, submit: Submit, mailbox: Mailbox, cast: Cast, sign_in: SignIn, account: Account
) -> None:
    for person in (cast.member, cast.staff):  # ids before and after that of the other account
        squatter = {"name": "Squatter", "email": "mine@example.net", "password": OTHER_PASSWORD}
        submit(client, "/register", **squatter)
        submit(sign_in(person), "/settings/email", email="mine@example.net")
        assert submit(client, mailbox.link("mine@example.net")).status_code == 200
        holder = account("mine@example.net")
        assert holder is not None
        assert holder.username == person.username
        submit(sign_in(person), "/settings/email", email=f"back.{person.username}@example.net")
        submit(client, mailbox.link(f"back.{person.username}@example.net"))


def test_whoever_confirms_an_address_is_announced_once(
    client: FlaskClient, submit: Submit, mailbox: Mailbox, cast: Cast, sign_in: SignIn
) -> None:
    """What imported under this address is claimed by a listener of this signal."""
    heard: list[EmailConfirmed] = []

    def listen(signal: EmailConfirmed) -> None:
        heard.append(signal)

    signals.listens_to(EmailConfirmed)(listen)
    try:
        submit(sign_in(cast.member), "/settings/email", email="old.list@example.net")
        link = mailbox.link("old.list@example.net")
        submit(client, link)
        submit(client, link)
    finally:
        signals._listeners[EmailConfirmed].remove(listen)
    assert heard == [EmailConfirmed(user_id=cast.member.id, email="old.list@example.net")]


def test_a_new_password_ends_every_other_session_and_renews_this_one(
    app: Flask,
    client: FlaskClient,
    submit: Submit,
    mailbox: Mailbox,
    cast: Cast,
    sign_in: SignIn,
    set_password: SetPassword,
) -> None:
    set_password(cast.member)
    here, elsewhere = sign_in(cast.member), sign_in(cast.member)
    before = here.get_cookie("sid")
    wrong = submit(here, "/settings/password", password=OTHER_PASSWORD, new_password=OTHER_PASSWORD)
    assert wrong.status_code == 422
    weak = submit(here, "/settings/password", password=PASSWORD, new_password="mina@example.org")
    assert weak.status_code == 422
    assert 'id="f-new_password-error"' in weak.text
    assert is_signed_in(elsewhere)
    fields = {"password": PASSWORD, "new_password": OTHER_PASSWORD}
    assert submit(here, "/settings/password", **fields).status_code == 303
    after = here.get_cookie("sid")
    assert before is not None
    assert after is not None
    assert before.value != after.value
    assert is_signed_in(here)
    assert not is_signed_in(elsewhere)
    replayed = app.test_client()
    replayed.set_cookie("sid", before.value)
    assert not is_signed_in(replayed), "the old token is dead at once"
    assert submit(client, "/signin", email="mina", password=OTHER_PASSWORD).status_code == 303
    assert "was changed" in text_of(mailbox.to("mina@example.org")[-1])


def test_guessing_the_password_in_a_stolen_session_is_throttled(
    app: Flask, submit: Submit, cast: Cast, sign_in: SignIn, set_password: SetPassword, limited: list[float]
) -> None:
    set_password(cast.member)
    browser = sign_in(cast.member)
    statuses = [
        submit(browser, path, password=f"guess number {n} of many", **more).status_code
        for n, (path, more) in enumerate(
            [
                ("/settings/password", {"new_password": OTHER_PASSWORD}),
                ("/settings/email", {"email": "x@example.net"}),
                ("/settings/prove", {}),
            ]
            * 2
        )
    ]
    assert statuses == [422] * 5 + [429]
