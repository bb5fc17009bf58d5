"""What stands around every page: the menu of the person, the rail, the foot."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from forum.accounts.devices import network_name
from forum.accounts.models import User
from forum.core import clock
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
        assert ('href="/moderation"' in where) == has_log
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


def test_the_foot_leads_to_the_rules_where_staff_said_where_they_stand(
    cast: Cast, client: FlaskClient, sign_in: SignIn, submit: Callable[..., Any]
) -> None:
    staff = sign_in(cast.staff)
    foot = part(client.get("/").text, r"<footer.*</footer>")
    assert "Rules" not in foot
    assert 'href="/settings/theme"' in foot
    for wrong in ("https://example.org/", "//example.org", "/\\example.org", "welcome", "/c/wel come"):
        refused = submit(staff, "/staff/settings", rules=wrong)
        assert refused.status_code == 422, wrong
        assert "Where the rules stand: Give an address on this site" in refused.text
    assert submit(staff, "/staff/settings", rules="/c/welcome").status_code == 303
    assert '<a href="/c/welcome">Rules</a>' in part(client.get("/").text, r"<footer.*</footer>")
    assert 'href="/settings/preferences"' in part(staff.get("/").text, r"<footer.*</footer>")


def test_a_moderator_is_marked_alike_everywhere(app: Flask, cast: Cast, sign_in: SignIn) -> None:
    with app.app_context():
        topic = make_topic(cast.lounge, cast.moderator, "Looked after")
    member = sign_in(cast.member)
    for address in (f"/t/{topic.id}/{topic.slug}", f"/people/{cast.moderator.username}"):
        mark = part(member.get(address).text, r'<span class="mark mark--moderator">.*?</span>')
        assert "Moderator" in mark
        assert "#i-shield" in mark


def test_devices_say_when_and_where_in_words(cast: Cast, sign_in: SignIn) -> None:
    sign_in(cast.member)
    clock.advance(timedelta(minutes=51))
    page = sign_in(cast.member).get("/settings/sessions").text
    assert "/24" not in page
    assert "51 minutes ago" in page


@pytest.mark.parametrize(
    ("network", "name"),
    [("192.0.2.0/24", "192.0.2.x"), ("2001:db8:1::/48", "2001:db8:1:x"), ("", "")],
)
def test_a_network_is_named_without_its_mask(network: str, name: str) -> None:
    assert network_name(network) == name
