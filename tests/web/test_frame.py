"""What stands around every page: the menu of the person, the rail, the foot."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from forum.accounts.models import User
from tests.cast import Cast
from tests.factories import make_topic

SignIn = Callable[[User], FlaskClient]


def part(page: str, pattern: str) -> str:
    found = re.search(pattern, page, re.DOTALL)
    assert found, pattern
    return found[0]


def menu_of(page: str) -> str:
    return part(page, r'<div class="menu__list">.*?</details>')


def rail_of(page: str) -> str:
    return part(page, r'<nav class="rail".*?</nav>')


@pytest.mark.parametrize(
    ("name", "has_log", "has_staff"),
    [
        ("guest", False, False),
        ("member", False, False),
        ("moderator", True, False),
        ("site_moderator", True, False),
        ("staff", True, True),
    ],
)
def test_the_menu_leads_wherever_the_rail_leads(
    cast: Cast, sign_in: SignIn, name: str, has_log: bool, has_staff: bool
) -> None:
    page = sign_in(cast.people[name]).get("/").text
    for where in (menu_of(page), rail_of(page)):
        assert ('href="/moderation/log"' in where) == has_log
        assert ('href="/staff"' in where) == has_staff
    assert 'href="/drafts"' in menu_of(page)


def test_the_rail_shows_places_and_of_those_within_only_the_open_ones(
    app: Flask, cast: Cast, sign_in: SignIn
) -> None:
    with app.app_context():
        in_lounge = make_topic(cast.lounge, cast.other, "One")
        for title in ("Two", "Three"):
            make_topic(cast.nook, cast.other, title)
    member = sign_in(cast.member)
    home = rail_of(member.get("/").text)
    assert 'href="/c/lounge"' in home
    assert 'href="/c/nook"' not in home
    link = part(home, r'<a [^>]*href="/c/lounge".*?</a>')
    assert re.search(r'class="count">3<', link)  # with those of the place within
    assert "aria-current" not in link
    for address in ("/c/lounge", "/c/nook", f"/t/{in_lounge.id}/one"):
        open_rail = rail_of(member.get(address).text)
        within = part(open_rail, r'<ul class="rail__within">.*?</ul>')
        assert re.search(r'href="/c/nook".*class="count">2<', within, re.DOTALL)
    assert re.search(r'href="/c/nook" aria-current="true"', rail_of(member.get("/c/nook").text))
    assert "rail__within" not in rail_of(member.get("/c/porch").text)
