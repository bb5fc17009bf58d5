"""What is kept for the next reader: never across identities, never past a change."""

from collections.abc import Callable
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from forum.access.models import RoleName
from forum.accounts.actions.roles import grant_role
from forum.accounts.models import User
from forum.core.db import db
from forum.core.transactions import transaction
from forum.core.versions import bump_site
from forum.discussions.actions import concealing, writing
from forum.discussions.actions.audiences import set_audience
from tests.cast import Cast
from tests.factories import choice, make_post, make_topic, written

SignIn = Callable[[User], FlaskClient]
Submit = Callable[..., Any]


def test_a_visitors_page_is_kept_and_answers_304_until_something_changes(
    app: Flask, cast: Cast, client: FlaskClient, count_statements: Any
) -> None:
    with app.app_context():
        topic = make_topic(cast.welcome, cast.member, "Kept")
        post = make_post(topic, cast.member, "First words.")
    address = f"/t/{topic.id}/kept"
    first = client.get(address)
    assert first.headers["Cache-Control"] == "public, no-cache"
    assert "Set-Cookie" not in first.headers
    with count_statements() as sent:
        again = client.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert len(sent) == 1
    with app.app_context():
        writing.edit_post(
            post, actor=db.session.get_one(User, cast.member.id), written=written("Second words.")
        )
    changed = client.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert changed.status_code == 200
    assert "Second words." in changed.text
    with app.app_context():
        concealing.hide_post(post, actor=db.session.get_one(User, cast.staff.id), reason="No.")
    assert "Second words." not in client.get(address).text
    with app.app_context():
        set_audience(topic, actor=db.session.get_one(User, cast.staff.id), choice=choice("members"))
    assert client.get(address, headers={"If-None-Match": first.headers["ETag"]}).status_code == 404


def test_nobody_with_an_identity_is_answered_from_the_shelf(
    app: Flask, cast: Cast, client: FlaskClient, sign_in: SignIn
) -> None:
    with app.app_context():
        topic = make_topic(cast.welcome, cast.member, "Shared")
    address = f"/t/{topic.id}/shared"
    assert "Sign in" in client.get(address).text
    page = sign_in(cast.guest).get(address)
    assert page.headers["Cache-Control"] == "private, no-store"
    assert "csrf" in page.text
    assert "csrf" not in client.get(address).text


def test_a_changed_place_setting_name_or_role_shows_at_once(
    app: Flask, cast: Cast, client: FlaskClient
) -> None:
    with app.app_context():
        topic = make_topic(cast.welcome, cast.member, "Marks")
    address = f"/t/{topic.id}/marks"
    assert "Moderator" not in client.get(address).text
    with app.app_context():
        grant_role(db.session.get_one(User, cast.member.id), RoleName.MODERATOR, actor=None)
    assert "Moderator" in client.get(address).text
    with app.app_context(), transaction():
        db.session.get_one(User, cast.member.id).name = "Mina Renamed"
        bump_site()
    assert "Mina Renamed" in client.get(address).text


def test_another_language_theme_or_query_is_another_page(app: Flask, cast: Cast, client: FlaskClient) -> None:
    with app.app_context():
        topic = make_topic(cast.welcome, cast.member, "Colors")
    address = f"/t/{topic.id}/colors"
    assert 'data-theme="dark"' not in client.get(address).text
    client.set_cookie("theme", "dark")
    assert 'data-theme="dark"' in client.get(address).text
    assert client.get(address + "?utm=x").headers["Cache-Control"] == "private, no-store"
    assert "thread" in client.get(address + "?view=threaded").text


def test_a_concealed_post_stays_concealed_on_a_page_that_a_moderator_read_first(
    app: Flask, cast: Cast, sign_in: SignIn
) -> None:
    with app.app_context():
        topic = make_topic(cast.lounge, cast.other, "Shared by all")
        post = make_post(topic, cast.member, "Not for everyone.")
        concealing.hide_post(
            post, actor=db.session.get_one(User, cast.moderator.id), reason="A reason of ours."
        )
    address = f"/t/{topic.id}/shared-by-all"
    assert "Not for everyone." in sign_in(cast.moderator).get(address).text
    page = sign_in(cast.grace).get(address).text
    assert "Not for everyone." not in page
    assert "A reason of ours." not in page
    assert "Mina Member" not in page


def test_a_topic_page_takes_few_statements_and_none_for_each_post(
    app: Flask, cast: Cast, sign_in: SignIn, count_statements: Any
) -> None:
    with app.app_context():
        small = make_topic(cast.lounge, cast.other, "Small")
        large = make_topic(cast.lounge, cast.other, "Large")
        for n in range(30):
            make_post(large, cast.member if n % 2 else cast.other)
    browser = sign_in(cast.grace)
    counts = []
    for topic in (small, large):
        for view in ("flat", "threaded"):
            browser.get(f"/t/{topic.id}/{topic.slug}?view={view}")
            with count_statements() as sent:
                assert browser.get(f"/t/{topic.id}/{topic.slug}?view={view}").status_code == 200
            counts.append(len(sent))
    assert max(counts) <= 5, counts
    assert len(set(counts)) == 1, counts
