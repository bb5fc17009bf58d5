"""One's own settings: profile, reading, devices, colors."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from forum.accounts import last_use
from forum.accounts.models import Session, User
from forum.core import clock
from forum.core.db import db
from tests.accounts.conftest import is_signed_in
from tests.cast import Cast

SignIn = Callable[[User], FlaskClient]
Submit = Callable[..., Any]
Account = Callable[[str], User | None]

PROFILE = {
    "name": "Mina Mbeki",
    "username": "mina",
    "credentials": "MD, PhD",
    "specialty": "Breast oncology",
    "institution": "Clinic of the Lake",
    "city": "Nairobi",
    "country": "KE",
    "bio": "Two lines.\nAnd one more.",
}


def test_visitors_have_no_settings_but_colors(client: FlaskClient) -> None:
    for room in ("", "/profile", "/account", "/sessions", "/preferences", "/prove"):
        assert client.get(f"/settings{room}").status_code == 401
    assert client.get("/settings/theme").status_code == 200


def test_one_page_has_all_the_settings_and_each_leads_back(cast: Cast, sign_in: SignIn) -> None:
    browser = sign_in(cast.member)
    rooms = re.findall(r'class="settings-all__link" href="([^"]+)"', browser.get("/settings").text)
    assert len(rooms) == len(set(rooms)) == 13
    for room in rooms:
        page = browser.get(room).text
        assert f'href="{room}" aria-current="page"' in page
        assert 'class="settings-back" href="/settings"' in page
        assert page.count("<h1") == 1


def test_a_profile_is_filled_in_and_shown_beside_what_one_writes(
    cast: Cast, sign_in: SignIn, submit: Submit, account: Account
) -> None:
    browser = sign_in(cast.member)
    assert submit(browser, "/settings/profile", **PROFILE).status_code == 303
    user = account("mina")
    assert user is not None
    assert {name: getattr(user, name) for name in PROFILE} == PROFILE
    assert user.byline == "MD, PhD · Breast oncology · Nairobi"
    assert user.name_key == "mina mbeki"
    page = browser.get("/settings/profile").text
    assert 'value="Mina Mbeki"' in page
    assert "MD, PhD · Breast oncology · Nairobi" in page


def test_a_profile_with_faults_says_where_and_keeps_what_was_typed(
    cast: Cast, sign_in: SignIn, submit: Submit, account: Account
) -> None:
    browser = sign_in(cast.member)
    for field, value in [
        ("name", "\u202eanim"),
        ("username", "otto"),
        ("username", "moderator"),
        ("username", "0tto"),
        ("credentials", "x" * 65),
        ("country", "XX"),
        ("bio", "x" * 2001),
        ("city", "Nai\nrobi"),
        ("standing", "staff"),
    ]:
        answer = submit(browser, "/settings/profile", **{**PROFILE, field: value})
        assert answer.status_code == 422, (field, value)
        assert 'value="Clinic of the Lake"' in answer.text
    user = account("mina")
    assert user is not None
    assert (user.name, user.institution) == ("Mina Member", "")


def test_a_username_changes_and_the_old_one_is_kept_from_others_for_a_year(
    cast: Cast, sign_in: SignIn, submit: Submit, account: Account
) -> None:
    member, other = sign_in(cast.member), sign_in(cast.other)
    assert submit(member, "/settings/profile", **{**PROFILE, "username": "mina.m"}).status_code == 303
    assert account("mina") is None
    taken = submit(other, "/settings/profile", **{**PROFILE, "username": "mina"})
    assert taken.status_code == 422
    assert submit(member, "/settings/profile", **{**PROFILE, "username": "mina"}).status_code == 303
    assert submit(member, "/settings/profile", **{**PROFILE, "username": "Mina"}).status_code == 303
    assert submit(member, "/settings/profile", **{**PROFILE, "username": "mbeki"}).status_code == 303
    clock.advance(timedelta(days=366))
    other = sign_in(cast.other)
    assert submit(other, "/settings/profile", **{**PROFILE, "username": "mina"}).status_code == 303


def test_devices_are_listed_and_ended(
    app: Flask, cast: Cast, sign_in: SignIn, submit: Submit, set_password: Callable[..., None]
) -> None:
    set_password(cast.member)
    phone = app.test_client()
    agent = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605 Version/19.0 Safari/605"
    phone.environ_base.update(HTTP_USER_AGENT=agent, REMOTE_ADDR="203.0.113.77")
    from tests.passwords import PASSWORD

    submit(phone, "/signin", email="mina", password=PASSWORD)
    desk, stranger = sign_in(cast.member), sign_in(cast.other)
    page = desk.get("/settings/sessions").text
    assert "Safari, iPhone" in page
    assert "203.0.113.x" in page
    assert "203.0.113.77" not in page
    with app.app_context():
        phone_id = db.session.scalar(select(Session.id).where(Session.device == "Safari, iPhone"))
    assert submit(stranger, f"/settings/sessions/{phone_id}/end").status_code == 404
    assert is_signed_in(phone)
    for never in (2**63, 10**18 * 9, 10**19 - 1):
        assert submit(desk, f"/settings/sessions/{never}/end").status_code == 404
    assert submit(desk, f"/settings/sessions/{phone_id}/end").status_code == 303
    assert not is_signed_in(phone)
    another = sign_in(cast.member)
    assert submit(desk, "/settings/sessions/end-others").status_code == 303
    assert is_signed_in(desk)
    assert not is_signed_in(another)
    assert is_signed_in(stranger)


def test_how_one_reads_is_kept(cast: Cast, sign_in: SignIn, submit: Submit, account: Account) -> None:
    browser = sign_in(cast.member)
    chosen = {"theme": "dark", "locale": "en", "time_zone": "Africa/Nairobi", "topic_view": "threaded"}
    assert submit(browser, "/settings/preferences", **chosen).status_code == 303
    user = account("mina")
    assert user is not None
    assert {name: getattr(user, name) for name in chosen} == chosen
    assert 'data-theme="dark"' in browser.get("/settings/preferences").text
    for field, value in [
        ("theme", "pink"),
        ("locale", "tlh"),
        ("time_zone", "Moon/Crater"),
        ("topic_view", "x"),
    ]:
        assert submit(browser, "/settings/preferences", **{**chosen, field: value}).status_code == 422


def test_visitors_choose_their_colors(client: FlaskClient, submit: Submit) -> None:
    assert "data-theme" not in client.get("/settings/theme").text
    answer = submit(client, "/settings/theme", theme="dark", next="/signin")
    assert answer.headers["Location"] == "/signin"
    assert 'data-theme="dark"' in client.get("/signin").text
    submit(client, "/settings/theme", theme="")
    assert "data-theme" not in client.get("/signin").text
    assert submit(client, "/settings/theme", theme="dark", next="//evil.example").headers["Location"] == (
        "/settings/theme"
    )


def test_a_page_view_writes_nothing_and_last_use_is_written_later(
    app: Flask, cast: Cast, sign_in: SignIn, count_statements: Callable[[], Any]
) -> None:
    browser = sign_in(cast.member)
    clock.advance(timedelta(hours=2))
    with count_statements() as sent:
        assert browser.get("/settings/preferences").status_code == 200
    assert [s for s in sent if not s.startswith("SELECT")] == []
    with app.app_context():
        begun = db.session.scalar(select(Session.used_at))
        assert last_use.write() == 1
        assert db.session.scalar(select(Session.used_at)) == clock.now() != begun
        assert db.session.get_one(User, cast.member.id).last_seen_at == clock.now()
        assert last_use.write() == 0
    clock.advance(timedelta(minutes=4))
    browser.get("/settings/preferences")
    with app.app_context():
        assert last_use.write() == 0, "kept by five minutes, not by every request"


def test_old_sessions_make_room(app: Flask, cast: Cast, client: FlaskClient) -> None:
    from forum.accounts.actions import sign_in_as
    from forum.accounts.actions.signing_in import Browser
    from forum.accounts.sessions import MOST_AT_ONCE

    with app.app_context():
        for _ in range(MOST_AT_ONCE + 3):
            clock.advance(timedelta(seconds=1))
            sign_in_as(cast.member, browser=Browser())
        assert db.session.scalar(select(func.count()).select_from(Session)) <= MOST_AT_ONCE + 1
