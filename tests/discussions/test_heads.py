"""What the heads of pages say: one address for the same posts, and for visitors what a search engine and a preview need."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from forum.accounts.models import User
from forum.core import settings as site_settings
from forum.core.db import db
from forum.core.transactions import transaction
from forum.discussions.actions import concealing
from forum.discussions.models import Post, Topic
from tests import images
from tests.cast import Cast
from tests.factories import choice, make_post, make_topic, settled

SignIn = Callable[[User], FlaskClient]
SITE = "http://127.0.0.1:8000"


def head_of(client: FlaskClient, address: str) -> str:
    answer = client.get(address, follow_redirects=True)
    assert answer.status_code == 200, address
    return answer.text.partition("</head>")[0]


def meta(head: str, name: str) -> str | None:
    found = re.search(rf'<meta (?:name|property)="{re.escape(name)}" content="([^"]*)">', head)
    return found[1] if found else None


def canonical(head: str) -> str | None:
    found = re.search(r'<link rel="canonical" href="([^"]*)">', head)
    return found[1].removeprefix(SITE) if found else None


def data(head: str) -> Any:
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', head, re.DOTALL)
    return json.loads(found[1]) if found else None


@pytest.fixture
def talk(app: Flask, cast: Cast, database: str) -> Topic:
    def make() -> Topic:
        topic = make_topic(cast.welcome, cast.member, "Open talk", body="How it begins.")
        first = make_post(topic, cast.guest, "Number 2.")
        for n in range(3, 56):
            make_post(topic, cast.guest, f"Number {n}.", parent=first if n % 2 else None)
        return settled(db.session.get_one(Topic, topic.id))

    return images.made_or_put_back(app, database, "open talk", make)


def test_the_same_posts_have_one_address(client: FlaskClient, talk: Topic) -> None:
    plain = f"/t/{talk.id}/open-talk"
    for asked, one, robots in [
        ("", "", None),
        ("?view=flat", "", None),
        ("?reply=3", "", None),
        ("?view=threaded", "", None),
        ("?after=20", "?after=20", None),
        ("?view=flat&after=20", "?after=20", None),
        ("?before=41", "?after=20", None),
        ("?after=7", "?after=7", "noindex"),
        ("/3", "", None),
        ("/34", "?after=20", None),
        ("/34?view=threaded", "", "noindex"),
        ("?view=threaded&after=12", "", "noindex"),
        ("?go=last", "?after=40", None),
    ]:
        head = head_of(client, plain + asked)
        assert (canonical(head), meta(head, "robots")) == (plain + one, robots), asked


def test_where_the_society_reads_in_threads_those_are_the_addresses(
    app: Flask, client: FlaskClient, talk: Topic
) -> None:
    with app.app_context(), transaction():
        site_settings.change({"default_view": "threaded"}, actor_id=None)
    plain = f"/t/{talk.id}/open-talk"
    following = re.search(r"after=(\d+)", client.get(plain).text)
    assert following
    for asked, one, robots in [
        ("", "", None),
        ("?view=flat", "", None),
        (f"?after={following[1]}", f"?after={following[1]}", None),
        ("?view=flat&after=20", "", "noindex"),
        ("/34", "", "noindex"),
    ]:
        head = head_of(client, plain + asked)
        assert (canonical(head), meta(head, "robots")) == (plain + one, robots), asked


def test_other_pages(app: Flask, client: FlaskClient, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("forum.boards.routes.TOPICS_PER_PAGE", 2)
    with app.app_context():
        for _n in range(3):
            make_topic(cast.welcome, cast.member)
    following = re.search(r'href="(/c/welcome\?sort=latest&amp;after=[^"]*)"', client.get("/c/welcome").text)
    assert following
    for address, one, robots in [
        ("/", "/", None),
        ("/c", "/c", None),
        ("/c/welcome", "/c/welcome", None),
        ("/c/welcome?sort=top", "/c/welcome", None),
        (following[1].replace("&amp;", "&"), "/c/welcome", "noindex"),
        ("/signin", "/signin", None),
        ("/signin?next=/new", None, "noindex"),
        ("/register", None, "noindex"),
        ("/reset", None, "noindex"),
    ]:
        head = head_of(client, address)
        assert (canonical(head), meta(head, "robots")) == (one, robots), address


def test_a_public_topic_says_what_it_is(client: FlaskClient, talk: Topic) -> None:
    head = head_of(client, f"/t/{talk.id}/open-talk")
    assert meta(head, "description") == meta(head, "og:description") == "How it begins."
    assert meta(head, "og:title") == "Open talk"
    assert meta(head, "og:type") == "article"
    assert meta(head, "og:url") == f"{SITE}/t/{talk.id}/open-talk"
    assert meta(head, "article:published_time") == "2026-11-20T09:00:00+00:00"
    assert f'href="/feeds/t/{talk.id}.atom" title="Open talk"' in head
    said = data(head)
    assert said["@type"] == "DiscussionForumPosting"
    assert said["headline"] == "Open talk"
    assert said["text"] == "How it begins."
    assert said["author"] == {"@type": "Person", "name": "Mina Member"}
    assert said["datePublished"] == "2026-11-20T09:00:00+00:00"
    assert said["commentCount"] == said["interactionStatistic"]["userInteractionCount"] == 54
    assert said["isPartOf"]["url"] == f"{SITE}/c/welcome"
    assert len(said["comment"]) == 19
    assert said["comment"][0]["text"] == "Number 2."
    assert said["comment"][0]["url"] == f"{SITE}/t/{talk.id}/open-talk/2"
    assert meta(head_of(client, f"/t/{talk.id}/open-talk?after=20"), "description") == "Number 21."


def test_no_text_ends_the_data_or_says_more_than_its_words(
    app: Flask, cast: Cast, client: FlaskClient
) -> None:
    from forum.discussions.actions import writing
    from forum.discussions.writing import prepare

    evil = 'A </script><script>alert(1)</script> <!-- "quoted" & done\u2028.'
    with app.app_context():
        topic = make_topic(cast.welcome, cast.member, "</script><b>Title")
        writing.reply(topic, author=db.session.get_one(User, cast.guest.id), written=prepare(evil))
    head = head_of(client, f"/t/{topic.id}")
    assert head.count("<script") == 2  # app.js, and the data
    assert "alert(1)</script>" not in head
    said = data(head)
    assert said["headline"] == "</script><b>Title"
    assert said["comment"][0]["text"].startswith("A </script><script>alert(1)</script> <!-- ")


def test_what_is_not_for_everybody_has_nothing_of_it_in_any_head(
    app: Flask, cast: Cast, client: FlaskClient, sign_in: SignIn, talk: Topic
) -> None:
    with app.app_context():
        closed = make_topic(cast.lounge, cast.member, "For members", body="Among members.")
        opened = make_topic(
            cast.lounge,
            cast.member,
            "Opened",
            body="For all.",
            audience=choice("public", "members", opened=True),
        )
    for person in (cast.other, cast.staff):
        for address in (f"/t/{closed.id}/for-members", f"/t/{talk.id}/open-talk", "/c/lounge", "/"):
            head = head_of(sign_in(person), address)
            for name in ("description", "og:title", "og:description", "og:url"):
                assert meta(head, name) is None, (address, name)
            assert data(head) is None
    assert "/feeds/" not in head_of(sign_in(cast.other), f"/t/{closed.id}/for-members")
    assert "/feeds/" not in head_of(sign_in(cast.other), "/c/lounge")
    assert "isPartOf" not in data(
        head_of(client, f"/t/{opened.id}/opened")
    )  # its place is a name and no more


def test_a_hidden_first_post_is_in_no_head(app: Flask, cast: Cast, client: FlaskClient, talk: Topic) -> None:
    with app.app_context():
        for number in (2, 3):
            post = db.session.query(Post).filter_by(topic_id=talk.id, number=number).one()
            concealing.hide_post(post, actor=db.session.get_one(User, cast.staff.id), reason="Ours.")
        with transaction():
            first = db.session.query(Post).filter_by(topic_id=talk.id, number=1).one()
            first.hidden_at, first.version = first.created_at, 2
            db.session.get_one(Topic, talk.id).version += 1
    head = head_of(client, f"/t/{talk.id}/open-talk")
    assert meta(head, "description") == "Number 4."
    assert data(head) is None
    assert not {"How it begins.", "Number 2.", "Number 3."} & set(
        re.findall(r"How it begins\.|Number \d+\.", head)
    )
