"""The sitemap: what everybody may read and nothing else, in parts that begin at a key."""

from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from flask import Flask
from flask.testing import FlaskClient

from forum.accounts.models import User
from forum.core.db import db
from forum.discussions.actions import concealing
from forum.discussions.actions.audiences import set_audience
from forum.feeds import queries
from tests.cast import Cast
from tests.conftest import NOW
from tests.factories import choice, make_topic

SignIn = Callable[[User], FlaskClient]
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
SITE = "http://127.0.0.1:8000"


def lines(client: FlaskClient, address: str) -> list[tuple[str, str | None]]:
    answer = client.get(address)
    assert answer.status_code == 200, address
    assert answer.mimetype == "application/xml"
    assert answer.headers["Cache-Control"] == "public, no-cache"
    root = ET.fromstring(answer.data)
    assert root.tag in {f"{MAP}sitemapindex", f"{MAP}urlset"}
    assert len(root)
    return [(str(each.findtext(f"{MAP}loc")), each.findtext(f"{MAP}lastmod")) for each in root]


def whole(client: FlaskClient) -> set[str]:
    return {
        address.removeprefix(SITE)
        for part, _at in lines(client, "/sitemap.xml")
        for address, _at in lines(client, part.removeprefix(SITE))
    }


def test_it_names_what_visitors_may_read_whoever_asks(
    app: Flask, cast: Cast, client: FlaskClient, sign_in: SignIn
) -> None:
    with app.app_context():
        public = make_topic(cast.welcome, cast.member, "Öffentlich & gut")
        opened = make_topic(
            cast.lounge, cast.member, "Opened", audience=choice("public", "members", opened=True)
        )
        hidden = make_topic(cast.welcome, cast.member, "Hidden")
        concealing.hide_topic(hidden, actor=db.session.get_one(User, cast.staff.id), reason="No.")
        for place in (cast.porch, cast.lounge, cast.desk, cast.closed):
            make_topic(place, cast.staff, "Not for everybody")
    there = {"/", "/c", "/c/welcome", f"/t/{public.id}/{public.slug}", f"/t/{opened.id}/opened"}
    assert whole(client) == there
    assert whole(sign_in(cast.staff)) == there
    (address, at), *_ = lines(client, f"/sitemap/topics-{public.id}.xml")
    assert at == NOW.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert client.get(address.removeprefix(SITE)).status_code == 200
    with app.app_context():
        set_audience(public, actor=db.session.get_one(User, cast.staff.id), choice=choice("members"))
    assert whole(client) == there - {f"/t/{public.id}/{public.slug}"}


def test_parts_begin_at_a_key_and_leave_nothing_out(
    app: Flask, cast: Cast, client: FlaskClient, monkeypatch: pytest.MonkeyPatch, count_statements: Any
) -> None:
    monkeypatch.setattr(queries, "TOPICS_IN_A_PART", 3)
    with app.app_context():
        topics = [make_topic(cast.welcome, cast.member, f"Number {n}") for n in range(8)]
    index = [address for address, _at in lines(client, "/sitemap.xml")]
    firsts = [topics[0].id, topics[3].id, topics[6].id]
    assert index == [f"{SITE}/sitemap/places.xml", *(f"{SITE}/sitemap/topics-{i}.xml" for i in firsts)]
    assert [len(lines(client, address.removeprefix(SITE))) for address in index[1:]] == [3, 3, 2]
    assert {f"/t/{topic.id}/{topic.slug}" for topic in topics} <= whole(client)
    assert client.get(f"/sitemap/topics-{topics[-1].id + 1}.xml").status_code == 404
    with count_statements() as sent:
        client.get(f"/sitemap/topics-{topics[0].id}.xml")
    assert len(sent) <= 2, sent
    again = client.get(f"/sitemap/topics-{topics[0].id}.xml")
    tag = {"If-None-Match": again.headers["ETag"]}
    assert client.get(f"/sitemap/topics-{topics[0].id}.xml", headers=tag).status_code == 304


def test_without_public_topics_it_is_still_valid(cast: Cast, client: FlaskClient) -> None:
    assert whole(client) == {"/", "/c", "/c/welcome"}


def test_robots_are_told_where_it_is(client: FlaskClient) -> None:
    text = client.get("/robots.txt").text
    assert f"Sitemap: {SITE}/sitemap.xml\n" in text
    assert "Disallow: /settings\n" in text
