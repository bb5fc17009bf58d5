"""Home: what is unread first, each topic once, few statements."""

import re
from collections.abc import Callable
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from forum.accounts.models import User
from forum.pages.routes import LITTLE
from tests.cast import Cast
from tests.factories import choice, make_topic

SignIn = Callable[[User], FlaskClient]


def titles_of(page: str) -> list[str]:
    main = page.partition("<main")[2].partition("</main>")[0].partition('class="page__margin"')[0]
    return re.findall(r'class="topic-row__link"[^>]*>([^<]+)<', main)


def test_what_is_unread_comes_first_and_no_topic_stands_twice(
    app: Flask, cast: Cast, sign_in: SignIn, submit: Callable[..., Any]
) -> None:
    with app.app_context():
        opened = make_topic(cast.lounge, cast.member, "Opened", audience=choice("guests", opened=True))
        make_topic(cast.porch, cast.member, "In the porch")
    guest = sign_in(cast.guest)
    page = guest.get("/").text
    assert sorted(titles_of(page)) == ["In the porch", "Opened"]
    assert 'id="h-opened"' not in page
    submit(guest, f"/t/{opened.id}/read", number=1)
    page = guest.get("/").text
    assert titles_of(page) == ["In the porch", "Opened"]
    assert page.index('id="h-unread"') < page.index('id="h-opened"')


def test_home_takes_few_statements(
    app: Flask, cast: Cast, sign_in: SignIn, count_statements: Callable[[], Any]
) -> None:
    with app.app_context():
        for number in range(LITTLE):
            make_topic(cast.lounge, cast.other, f"Topic {number}")
            make_topic(cast.porch, cast.member, f"For guests {number}")
    for person in (cast.member, cast.guest, cast.staff):
        browser = sign_in(person)
        browser.get("/")
        with count_statements() as sent:
            browser.get("/")
        assert len(sent) <= 6
