"""What stands around every page: the menu of the person, the rail, the foot."""

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from forum.accounts.models import User
from tests.cast import Cast

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
