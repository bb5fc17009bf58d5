"""Fragments are rendered once for the same key, and never for another reader's."""

from collections.abc import Callable

import pytest
from flask import Flask, render_template_string
from flask.testing import FlaskClient

from forum.accounts.actions import profiles
from forum.accounts.models import User
from forum.core.transactions import transaction
from forum.core.versions import bump_site
from forum.discussions.actions import concealing, writing
from tests.cast import Cast
from tests.factories import make_post, make_topic, written

SignIn = Callable[[User], FlaskClient]


def said(app: Flask, template: str, **values: object) -> str:
    with app.test_request_context("/"):
        return render_template_string(template, **values)


@pytest.fixture
def counted() -> tuple[list[int], Callable[[], int]]:
    calls: list[int] = []

    def call() -> int:
        calls.append(1)
        return len(calls)

    return calls, call


def test_a_fragment_is_rendered_once_for_a_key(
    app: Flask, counted: tuple[list[int], Callable[[], int]]
) -> None:
    _calls, call = counted
    template = "{% kept key %}<b>{{ call() }}</b>{% endkept %}"
    assert said(app, template, key=("a", 1), call=call) == "<b>1</b>"
    assert said(app, template, key=("a", 1), call=call) == "<b>1</b>"
    assert said(app, template, key=("a", 2), call=call) == "<b>2</b>"
    assert said(app, template, key=None, call=call) == "<b>3</b>"
    assert said(app, template, key=None, call=call) == "<b>4</b>"
    with app.app_context(), transaction():
        bump_site()
    assert said(app, template, key=("a", 1), call=call) == "<b>5</b>"


def test_what_a_fragment_shows_is_escaped_once(app: Flask) -> None:
    template = "{% kept 1 %}{{ text }}{% endkept %}"
    for _ in range(2):
        assert said(app, template, text="<i>&") == "&lt;i&gt;&amp;"


def test_each_reader_sees_posts_as_they_may(app: Flask, cast: Cast, sign_in: SignIn) -> None:
    """The same topic read in turn by everybody, changed in between: what one may see never comes from another's page."""
    with app.app_context():
        topic = make_topic(cast.welcome, cast.member, "Turns", body="The first words.")
        post = make_post(topic, cast.guest, "Words of a guest.")
    readers = {
        name: sign_in(user) for name, user in cast.people.items() if name in {"guest", "member", "staff"}
    }
    readers["visitor"] = app.test_client()
    address = f"/t/{topic.id}/{topic.slug}"

    def pages() -> dict[str, str]:
        return {name: browser.get(address).text for name, browser in [*readers.items()] * 2}

    for page in pages().values():
        assert "Words of a guest." in page
    assert f"/posts/{post.id}/edit" in pages()["guest"]
    assert f"/posts/{post.id}/edit" not in pages()["member"]
    assert f"/posts/{post.id}/hide" in pages()["staff"]
    assert f"/posts/{post.id}/hide" not in pages()["visitor"]
    with app.app_context():
        writing.edit_post(post, actor=cast.guest, written=written("Other words of a guest."))
    for page in pages().values():
        assert "Other words of a guest." in page
    with app.app_context():
        concealing.hide_post(post, actor=cast.staff, reason="Off topic.")
    told = pages()
    assert "Other words" in told["staff"]
    assert "Other words" not in told["guest"] + told["member"] + told["visitor"]
    with app.app_context():
        concealing.restore_post(post, actor=cast.staff)
    for page in pages().values():
        assert "Other words of a guest." in page


def test_a_new_name_stands_everywhere_at_once(app: Flask, cast: Cast, sign_in: SignIn) -> None:
    with app.app_context():
        topic = make_topic(cast.welcome, cast.member, "Names")
    browser, address = sign_in(cast.other), f"/t/{topic.id}/{topic.slug}"
    assert "/people/mina" in browser.get(address).text
    with app.app_context():
        profiles.change_username(cast.member, username="wilhelmina")
    page = browser.get(address).text
    assert "/people/wilhelmina" in page
    assert "/people/mina" not in page
