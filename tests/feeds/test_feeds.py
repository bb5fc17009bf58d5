"""Feeds: valid, whole, with lasting ids; what a visitor may read, or what the person of the token may read right now."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import feedparser
import pytest
from flask import Flask
from flask.testing import FlaskClient

from forum.accounts.models import User
from forum.core import clock
from forum.core import settings as site_settings
from forum.core.db import db
from forum.core.transactions import transaction
from forum.discussions.actions import concealing, writing
from forum.discussions.actions.audiences import set_audience
from forum.discussions.models import Post, PostKind, Topic
from forum.discussions.writing import prepare
from tests.cast import Cast
from tests.factories import choice, make_post, make_topic, make_user, settled, written
from tests.feeds.strict import faults_of

SignIn = Callable[[User], FlaskClient]
TokenOf = Callable[[User], str]


def read(browser: FlaskClient, address: str) -> Any:
    """A feed as a feed reader understands it, after our own check."""
    answer = browser.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    assert answer.mimetype == "application/atom+xml"
    assert faults_of(answer.data, with_self="token=" not in address) == []
    parsed = feedparser.parse(answer.data)
    assert not parsed.bozo, parsed.bozo_exception
    assert parsed.version == "atom10"
    return parsed


def titles(parsed: Any) -> list[str]:
    return [entry.title for entry in parsed.entries]


def actor(user: User) -> User:
    return db.session.get_one(User, user.id)


@pytest.fixture
def talk(app: Flask, cast: Cast) -> Topic:
    with app.app_context():
        topic = make_topic(cast.welcome, cast.member, "Consent & <care>", body="It begins.")
        make_post(topic, cast.guest, "An answer.")
        return settled(db.session.get_one(Topic, topic.id))


def test_every_feed_is_valid_and_holds_the_posts_whole(
    app: Flask, cast: Cast, client: FlaskClient, talk: Topic, token_of: TokenOf
) -> None:
    with app.app_context():
        body = 'Look at **this**, [there](/c/welcome), `<a href="/x">` and @mina.\n\n\x01| a |\n|---|\n| b |'
        writing.reply(talk, author=actor(cast.guest), written=prepare(body))
    token = token_of(cast.member)
    for address in ("/feeds/site.atom", "/feeds/c/welcome.atom", f"/feeds/t/{talk.id}.atom"):
        feed = read(client, address)
        assert len(feed.entries) == 3
        newest = next(entry for entry in feed.entries if "this" in entry.content[0].value)
        assert newest.title == "Re: Consent & <care>"
        assert newest.author == "Gaspard Guest"
        assert newest.content[0].type == "text/html"
        assert "<strong>this</strong>" in newest.content[0].value
        assert 'href="http://127.0.0.1:8000/c/welcome"' in newest.content[0].value
        assert '&lt;a href="/x"&gt;' in newest.content[0].value.replace("&quot;", '"')
        assert newest.link.startswith(f"http://127.0.0.1:8000/t/{talk.id}/{talk.slug}/3#post-")
        assert newest.tags[0].term == "welcome"
        assert feed.feed.links[1].href == f"http://127.0.0.1:8000{address}"
        assert "/people/" not in client.get(address).text  # profiles are not for visitors
        assert "/people/gaspard" in client.get(f"{address}?token={token}").text
    mine = read(client, f"/feeds/people/gaspard.atom?token={token}")
    assert titles(mine) == ["Re: Consent & <care>"] * 2
    assert mine.feed.title == "Gaspard Guest · Collegium"


def test_an_empty_feed_is_valid_too(app: Flask, cast: Cast, client: FlaskClient) -> None:
    assert read(client, "/feeds/site.atom").entries == []
    assert read(client, "/feeds/c/welcome.atom").entries == []


def test_ids_never_change_and_an_edit_is_an_update(
    app: Flask, cast: Cast, client: FlaskClient, talk: Topic
) -> None:
    address = f"/feeds/t/{talk.id}.atom"
    before = {entry.id: entry for entry in read(client, address).entries}
    clock.freeze(clock.now() + timedelta(minutes=5))
    with app.app_context():
        writing.rename_topic(talk, actor=actor(cast.member), title="Quite another title")
        post = db.session.query(Post).filter_by(topic_id=talk.id, number=2).one()
        writing.edit_post(post, actor=actor(cast.guest), written=written("Mended."))
    after = {entry.id: entry for entry in read(client, address).entries}
    assert after.keys() == before.keys()
    assert all(name.startswith("tag:127.0.0.1,2026:post/") for name in after)
    edited = next(entry for entry in after.values() if "Mended." in entry.content[0].value)
    assert edited.published == before[edited.id].published
    assert edited.updated > before[edited.id].updated
    assert edited.title == "Re: Quite another title"
    with app.app_context(), transaction():
        site_settings.change({"feed_authority": "old.example.org"}, actor_id=None)
    kept = [entry.id for entry in read(client, address).entries]
    assert all(name.startswith("tag:old.example.org,2026:post/") for name in kept)


def test_without_a_token_a_feed_is_a_visitors_whoever_is_signed_in(
    app: Flask, cast: Cast, client: FlaskClient, sign_in: SignIn, talk: Topic
) -> None:
    with app.app_context():
        closed = make_topic(cast.lounge, cast.other, "For members")
    never = client.get("/feeds/t/123456.atom")
    for browser in (client, sign_in(cast.member), sign_in(cast.staff)):
        assert titles(read(browser, "/feeds/site.atom")) == ["Re: Consent & <care>", "Consent & <care>"]
        for address in (
            f"/feeds/t/{closed.id}.atom",
            "/feeds/c/lounge.atom",
            "/feeds/people/mina.atom",
            "/feeds/people/nobody.atom",
        ):
            answer = browser.get(address)
            assert (answer.status_code, answer.data) == (404, never.data), address


def test_a_token_reads_what_its_person_may_read_at_that_moment(
    app: Flask, cast: Cast, client: FlaskClient, talk: Topic, token_of: TokenOf
) -> None:
    with app.app_context():
        topic = make_topic(cast.lounge, cast.other, "For members")
        make_topic(cast.desk, cast.staff, "For staff")
        make_topic(cast.closed, cast.insider, "For the circle")
    member, guest = token_of(cast.member), token_of(cast.guest)
    assert "For members" in titles(read(client, f"/feeds/site.atom?token={member}"))
    assert titles(read(client, f"/feeds/c/lounge.atom?token={member}")) == ["For members"]
    assert titles(read(client, f"/feeds/t/{topic.id}.atom?token={member}")) == ["For members"]
    assert not {"For staff", "For the circle"} & set(titles(read(client, f"/feeds/site.atom?token={member}")))
    assert "For members" not in titles(read(client, f"/feeds/site.atom?token={guest}"))
    assert client.get(f"/feeds/t/{topic.id}.atom?token={guest}").status_code == 404
    with app.app_context():
        set_audience(topic, actor=actor(cast.staff), choice=choice("guests", opened=True))
    assert titles(read(client, f"/feeds/t/{topic.id}.atom?token={guest}")) == ["For members"]
    assert "For members" in titles(read(client, f"/feeds/site.atom?token={guest}"))
    with app.app_context():
        set_audience(topic, actor=actor(cast.staff), choice=choice("staff"))
    assert client.get(f"/feeds/t/{topic.id}.atom?token={member}").status_code == 404
    assert "For members" not in titles(read(client, f"/feeds/site.atom?token={member}"))


def test_what_is_hidden_deleted_or_missing_is_in_no_feed(
    app: Flask, cast: Cast, client: FlaskClient, talk: Topic, token_of: TokenOf
) -> None:
    with app.app_context():
        hidden = make_post(talk, cast.member, "Hidden words.")
        gone = make_post(talk, cast.member, "Deleted words.")
        gap = make_post(talk, cast.member, "A gap.")
        away = make_topic(cast.welcome, cast.member, "A hidden topic")
        concealing.hide_post(hidden, actor=actor(cast.staff), reason="A reason of ours.")
        concealing.delete_post(gone, actor=actor(cast.member))
        concealing.hide_topic(away, actor=actor(cast.staff), reason="Not this.")
        with transaction():
            found = db.session.get_one(Post, gap.id)
            found.kind, found.author_id = PostKind.GAP, None
    for token in ("", f"?token={token_of(cast.staff)}", f"?token={token_of(cast.member)}"):
        for address in ("/feeds/site.atom", "/feeds/c/welcome.atom", f"/feeds/t/{talk.id}.atom"):
            feed = read(client, address + token)
            assert titles(feed) == ["Re: Consent & <care>", "Consent & <care>"], (address, token)
        assert client.get(f"/feeds/t/{away.id}.atom{token}").status_code == 404
    assert titles(read(client, f"/feeds/people/mina.atom?token={token_of(cast.staff)}")) == [
        "Consent & <care>"
    ]


def test_imported_people_stand_by_name_alone(
    app: Flask, cast: Cast, client: FlaskClient, talk: Topic, token_of: TokenOf
) -> None:
    with app.app_context():
        placeholder = make_user(
            "old_hand", name="Old Hand", imported_at=clock.now(), email=None, email_key=None
        )
        make_post(talk, placeholder, "From an archive.")
    feed = read(client, f"/feeds/t/{talk.id}.atom?token={token_of(cast.member)}")
    entry = next(entry for entry in feed.entries if "archive" in entry.content[0].value)
    assert entry.author_detail == {"name": "Old Hand"}


def test_asking_again_is_answered_304_until_something_changes(
    app: Flask, cast: Cast, client: FlaskClient, talk: Topic, token_of: TokenOf
) -> None:
    for address in (f"/feeds/t/{talk.id}.atom", f"/feeds/t/{talk.id}.atom?token={token_of(cast.member)}"):
        first = client.get(address)
        by_tag = {"If-None-Match": first.headers["ETag"]}
        by_date = {"If-Modified-Since": first.headers["Last-Modified"]}
        for headers in (by_tag, by_date, {**by_tag, **by_date}):
            again = client.get(address, headers=headers)
            assert (again.status_code, again.data) == (304, b""), (address, headers)
        # Within the very second, and by something that has no date of its own.
        with app.app_context():
            post = make_post(talk, cast.member, "One more.")
        for headers in (by_tag, by_date, {**by_tag, **by_date}):
            assert "One more." in client.get(address, headers=headers).text, (address, headers)
        second = client.get(address)
        with app.app_context():
            concealing.hide_post(post, actor=actor(cast.staff), reason="No.")
        hidden = client.get(address, headers={"If-Modified-Since": second.headers["Last-Modified"]})
        assert hidden.status_code == 200
        assert "One more." not in hidden.text


def test_feeds_take_few_statements_and_none_for_each_post(
    app: Flask, cast: Cast, client: FlaskClient, count_statements: Any, token_of: TokenOf
) -> None:
    with app.app_context():
        topic = make_topic(cast.welcome, cast.member, "Counted")
    token = token_of(cast.member)
    addresses = [
        "/feeds/site.atom",
        "/feeds/c/welcome.atom",
        f"/feeds/t/{topic.id}.atom",
        "/feeds/people/mina.atom",
    ]
    counts: list[list[int]] = []
    for _round in range(2):
        counts.append([])
        for address in addresses:
            client.get(f"{address}?token={token}")
            with count_statements() as sent:
                client.get(f"{address}?token={token}")
            counts[-1].append(len(sent))
        with app.app_context():
            for _n in range(30):
                make_post(topic, cast.member)
            make_topic(cast.welcome, cast.member, "One more")
    assert counts[0] == counts[1], counts
    assert max(counts[0]) <= 5, counts
    for address in addresses[:3]:
        client.get(address)
        with count_statements() as sent:
            assert client.get(address).status_code == 200
        assert len(sent) == 1, (address, sent)  # whether anything has changed


def test_at_most_fifty_of_the_newest(app: Flask, cast: Cast, client: FlaskClient) -> None:
    with app.app_context():
        topic = make_topic(cast.welcome, cast.member, "Long")
        for n in range(60):
            clock.freeze(clock.now() + timedelta(minutes=1))
            make_post(topic, cast.member, f"Number {n}.")
    for address in ("/feeds/site.atom", "/feeds/c/welcome.atom", f"/feeds/t/{topic.id}.atom"):
        feed = read(client, address)
        assert len(feed.entries) == 50
        assert "Number 59." in feed.entries[0].content[0].value
        assert "Number 10." in feed.entries[-1].content[0].value


def test_the_strict_check_sees_faults(client: FlaskClient, talk: Topic) -> None:
    good = client.get("/feeds/site.atom").text
    assert faults_of(good.encode()) == []
    for what, instead in [
        ("<generator>", "<b xmlns='x'/><generator>"),
        ("tag:127.0.0.1,2026:site", "urn:x"),
        ("Z</updated>", "</updated>"),
        ('rel="self"', 'rel="via"'),
        ("<name>Mina Member</name>", "<name/>"),
        ('href="http://127.0.0.1:8000/t/', 'href="/t/'),
    ]:
        assert faults_of(good.replace(what, instead).encode()), what
