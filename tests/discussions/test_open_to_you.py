"""“Open to you”: single topics beyond their places, all of them, page by page."""

import re
from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient

from forum.accounts.models import User
from forum.core.db import db
from forum.core.transactions import transaction
from forum.discussions.actions import concealing
from tests.cast import Cast
from tests.factories import choice, make_topic

SignIn = Callable[[User], FlaskClient]


def listed(page: str) -> list[int]:
    return list(dict.fromkeys(int(found) for found in re.findall(r'href="/t/(\d+)/', page)))


def test_all_that_is_opened_is_listed_once_page_by_page(app: Flask, cast: Cast, sign_in: SignIn) -> None:
    """The clock stands, so that many have the very same moment."""
    with app.app_context():
        with transaction():
            opened = [
                make_topic(cast.lounge, cast.member, audience=choice("guests", opened=True))
                for _ in range(65)
            ]
        make_topic(cast.porch, cast.member)  # in a place that guests may read
        hidden = make_topic(cast.lounge, cast.member, audience=choice("guests", opened=True))
        concealing.hide_topic(hidden, actor=db.session.get_one(User, cast.moderator.id), reason="Why.")
    newest_first = sorted((topic.id for topic in opened), reverse=True)
    guest = sign_in(cast.guest)
    assert 'href="/open"' in guest.get("/c").text
    assert 'href="/open"' in guest.get("/").text
    address, found = "/open", []
    while address:
        page = guest.get(address).text
        found += listed(page)
        further = re.search(r'href="(/open\?after=[^"]+)" rel="next"', page)
        address = further[1] if further else ""
    assert found == newest_first
    found, after = [], ""
    while True:
        told = guest.get(f"/api/v1/open?limit=20{after}").get_json()
        found += [int(topic["id"]) for topic in told["items"]]
        if not told["next"]:
            break
        after = f"&after={told['next']}"
    assert found == newest_first
    assert listed(sign_in(cast.other).get("/open").text) == []  # a member may enter the place
    assert listed(app.test_client().get("/open").text) == []
    assert guest.get("/open?after=damaged").status_code == 400
