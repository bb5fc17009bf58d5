"""Home: what is unread first, each topic once, few statements."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from forum.accounts.models import User
from forum.discussions.actions.reading import mark_all_read
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


@pytest.mark.parametrize("unread_count", [0, 1, LITTLE - 1, LITTLE, LITTLE + 20])
def test_home_takes_few_statements_whatever_is_unread(
    app: Flask, cast: Cast, sign_in: SignIn, count_statements: Callable[[], Any], unread_count: int
) -> None:
    people = (cast.member, cast.guest, cast.staff)
    with app.app_context():
        for number in range(12):
            make_topic(cast.porch, cast.other, f"Read {number}")
            make_topic(cast.lounge, cast.other, f"Opened {number}", audience=choice("guests", opened=True))
        for person in people:
            mark_all_read([cast.porch.place, cast.lounge.place], reader=person)
        for number in range(unread_count):
            make_topic(cast.porch, cast.other, f"Unread {number}")
    for person in people:
        browser = sign_in(person)
        page = browser.get("/").text
        assert ("Lately" in page) == (unread_count < LITTLE)
        assert ("Open to you" in page) == (person is cast.guest)
        with count_statements() as sent:
            browser.get("/")
        assert len(sent) <= 6, sent
