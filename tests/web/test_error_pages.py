"""Error pages: in the frame for whoever is signed in, the same for what never was, and with a way back."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from forum.accounts.models import User
from tests.cast import Cast
from tests.factories import make_post, make_topic

SignIn = Callable[[User], FlaskClient]
Submit = Callable[..., Any]
NEVER = 999_999_999


def test_a_404_says_the_same_of_what_never_was_and_of_what_may_not_be_read(
    app: Flask, cast: Cast, sign_in: SignIn
) -> None:
    with app.app_context():
        topic = make_topic(cast.closed, cast.insider, "Closed to others")
        post = make_post(topic, cast.insider, "A reply.")
    for person in (cast.guest, cast.member, cast.moderator):
        browser = sign_in(person)
        never = browser.get(f"/t/{NEVER}")
        assert never.status_code == 404
        assert 'class="rail"' in never.text
        assert "/signin" not in never.text
        assert "signing in might help" not in never.text
        for address in (f"/t/{topic.id}", f"/c/{cast.closed.slug}", f"/posts/{post.id}/edit", "/nowhere"):
            answer = browser.get(address)
            assert (answer.status_code, answer.data) == (404, never.data), address


def test_a_visitor_is_shown_how_to_sign_in(client: FlaskClient) -> None:
    page = client.get(f"/t/{NEVER}").text
    assert "signing in might help" in page
    assert 'href="/signin"' in page
    assert 'class="rail"' not in page


@pytest.mark.parametrize("method", ["get", "post"])
def test_who_is_refused_is_led_back_to_what_they_may_read(
    app: Flask, cast: Cast, sign_in: SignIn, submit: Submit, method: str
) -> None:
    with app.app_context():
        topic = make_topic(cast.lounge, cast.other, "Open to members")
        post = make_post(topic, cast.other, "A reply.")
        closed = make_topic(cast.closed, cast.insider, "Closed to others")
    browser = sign_in(cast.member)

    def ask(address: str) -> Any:
        return browser.get(address) if method == "get" else submit(browser, address, reason="x", body="y")

    refused = ask(f"/t/{topic.id}/lock")
    assert refused.status_code == 403
    assert f'href="/t/{topic.id}/{topic.slug}"' in refused.text
    refused = ask(f"/posts/{post.id}/edit")
    assert refused.status_code == 403
    assert f'href="/t/{topic.id}/{topic.slug}/{post.number}#post-{post.id}"' in refused.text
    assert 'class="rail"' in refused.text
    hidden = ask(f"/t/{closed.id}/lock")
    assert hidden.status_code == 404
    assert f"/t/{closed.id}" not in hidden.text


def test_where_the_frame_fails_the_error_is_told_all_the_same(
    cast: Cast, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_given: Any) -> None:
        raise ValueError("the frame")

    browser = sign_in(cast.member)
    monkeypatch.setattr("forum.boards.navigation.categories_for", fails)
    answer = browser.get(f"/t/{NEVER}")
    assert answer.status_code == 404
    assert "There is nothing here to read" in answer.text
    assert 'class="rail"' not in answer.text
