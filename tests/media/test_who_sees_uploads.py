"""The right to read a post is the right to see what stands in it, from one request to the next."""

from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from forum.accounts.actions import make_feed_token
from forum.accounts.models import User
from forum.core.db import db
from forum.discussions.actions import concealing, writing
from forum.discussions.actions.audiences import set_audience
from forum.discussions.actions.moving import move_topic
from forum.discussions.models import Post
from forum.discussions.writing import prepare
from forum.groups.actions import remove_people
from tests.cast import Cast
from tests.conftest import SignIn
from tests.factories import choice, make_topic
from tests.media.conftest import Bring, picture, write

NEVER = "/uploads/123456/{name}"


def me(user: User) -> User:
    return db.session.get_one(User, user.id)


def addresses(made: Any) -> list[str]:
    if made["kind"] == "file":
        return [made["url"]]
    return [made["url"], f"/uploads/{made['id']}/320.webp", f"/uploads/{made['id']}/1200.webp"]


@pytest.fixture
def brought(app: Flask, cast: Cast, sign_in: SignIn, bring: Bring) -> tuple[Any, Any]:
    """A picture and a file of the member's."""
    browser = sign_in(cast.member)
    return bring(browser, picture(1600, 900)).get_json(), bring(browser, b"%PDF-1.4", "case.pdf").get_json()


def sees(browser: FlaskClient, brought: tuple[Any, Any]) -> bool:
    """Whether everything is there, or all of it is not: with the very 404 of what never was, also for whoever knows its tag."""
    statuses = set()
    for made in brought:
        for address in addresses(made):
            answer = browser.get(address)
            statuses.add(answer.status_code)
            if answer.status_code != 200:
                never = browser.get(NEVER.format(name=address.rpartition("/")[2]))
                assert (
                    (answer.status_code, answer.data) == (never.status_code, never.data) == (404, never.data)
                )
                assert answer.headers["Cache-Control"] == never.headers["Cache-Control"]
                assert browser.get(address, headers={"If-None-Match": "*"}).status_code == 404
    assert len(statuses) == 1, statuses
    return statuses == {200}


def all_of(cast: Cast, sign_in: SignIn, client: FlaskClient, *names: str) -> dict[str, FlaskClient]:
    return {name: client if name == "visitor" else sign_in(getattr(cast, name)) for name in names}


def test_until_it_stands_somewhere_it_is_its_owners_alone(
    app: Flask, cast: Cast, sign_in: SignIn, client: FlaskClient, brought: Any
) -> None:
    browsers = all_of(cast, sign_in, client, "visitor", "guest", "other", "moderator", "staff", "member")
    assert {name for name, browser in browsers.items() if sees(browser, brought)} == {"member"}


ROADS: dict[str, Callable[[Cast, Post], Any]] = {
    "narrowed": lambda cast, post: set_audience(post.topic, actor=me(cast.staff), choice=choice("staff")),
    "moved": lambda cast, post: move_topic(
        post.topic, actor=me(cast.staff), place_id=cast.desk.place.id, reason="Why."
    ),
    "topic hidden": lambda cast, post: concealing.hide_topic(post.topic, actor=me(cast.staff), reason="Why."),
    "topic deleted": lambda cast, post: concealing.delete_topic(
        post.topic, actor=me(cast.staff), reason="Why."
    ),
    "post hidden": lambda cast, post: concealing.hide_post(post, actor=me(cast.staff), reason="Why."),
    "post deleted": lambda cast, post: concealing.delete_post(post, actor=me(cast.staff), reason="Why."),
    "taken out": lambda cast, post: writing.edit_post(
        post, actor=me(cast.member), written=prepare("Nothing.")
    ),
}


@pytest.mark.parametrize("road", ROADS)
def test_what_was_seen_a_moment_ago_is_gone_by_every_road(
    app: Flask, cast: Cast, sign_in: SignIn, client: FlaskClient, brought: Any, road: str
) -> None:
    names = ("visitor", "guest", "other", "member", "site_moderator")
    with app.app_context():
        topic = make_topic(cast.welcome, cast.other)
        post = write(topic, cast.member, "\n\n".join(made["markdown"] for made in brought))
    browsers = all_of(cast, sign_in, client, *names)
    assert all(sees(browser, brought) for browser in browsers.values())
    public = client.get(brought[0]["url"])
    assert public.headers["Cache-Control"] == "public, no-cache"
    again = {"If-None-Match": public.headers["ETag"]}
    assert client.get(brought[0]["url"], headers=again).status_code == 304
    with app.app_context():
        fresh = db.session.get_one(Post, post.id, options=[db.joinedload(Post.topic)])
        ROADS[road](cast, fresh)
    assert {name for name, browser in browsers.items() if sees(browser, brought)} == {
        "member",
        "site_moderator",
    }
    assert client.get(brought[0]["url"], headers=again).status_code == 404
    if road in {"post hidden", "topic hidden"}:
        with app.app_context():
            fresh = db.session.get_one(Post, post.id, options=[db.joinedload(Post.topic)])
            if road == "post hidden":
                concealing.restore_post(fresh, actor=me(cast.staff))
            else:
                concealing.restore_topic(fresh.topic, actor=me(cast.staff))
        assert all(sees(browser, brought) for browser in browsers.values())


def test_who_leaves_a_group_loses_what_stands_in_it(
    app: Flask, cast: Cast, sign_in: SignIn, bring: Bring
) -> None:
    owner, reader = sign_in(cast.insider), sign_in(cast.staff)
    made = bring(owner).get_json(), bring(owner, b"%PDF-1.4", "case.pdf").get_json()
    with app.app_context():
        write(make_topic(cast.closed, cast.insider), cast.insider, "".join(one["markdown"] for one in made))
    assert not sees(reader, made)  # staff are not in the group
    assert owner.get(made[0]["url"]).status_code == 200
    with app.app_context():
        remove_people(cast.closed_group, [me(cast.insider)])
    assert owner.get(made[0]["url"]).status_code == 200  # what one brought stays one's own


def test_naming_what_another_brought_opens_nothing(
    app: Flask, cast: Cast, sign_in: SignIn, client: FlaskClient, brought: Any
) -> None:
    text = "\n\n".join(made["markdown"] for made in brought)
    with app.app_context():
        inner = write(make_topic(cast.lounge, cast.member), cast.member, text)
        public = make_topic(cast.welcome, cast.other)
        write(public, cast.other, text)
        write(public, cast.other, f"> [@mina](/posts/{inner.id}):\n>\n> {brought[0]['markdown']}\n\nI agree.")
        # Its owner quotes it too: a quote is open to those who may read what is quoted.
        write(
            public, cast.member, f"> [@mina](/posts/{inner.id}):\n>\n> {brought[0]['markdown']}\n\nI said so."
        )
    browsers = all_of(cast, sign_in, client, "visitor", "guest", "grace")
    assert {name for name, browser in browsers.items() if sees(browser, brought)} == {"grace"}


def test_what_a_moderator_leaves_in_a_post_stays_open_to_its_readers(
    app: Flask, cast: Cast, sign_in: SignIn, brought: Any, bring: Bring
) -> None:
    added = bring(sign_in(cast.moderator)).get_json()
    with app.app_context():
        post = write(
            make_topic(cast.lounge, cast.other), cast.member, "".join(m["markdown"] for m in brought)
        )
        body = f"{post.body}\n\nTypo.\n\n{added['markdown']}"
        writing.edit_post(post, actor=me(cast.moderator), written=prepare(body))
    reader = sign_in(cast.grace)
    assert sees(reader, brought)
    assert reader.get(added["url"]).status_code == 200


def test_heads_and_feeds_show_a_picture_where_everybody_may_see_it(
    app: Flask, cast: Cast, sign_in: SignIn, client: FlaskClient, brought: Any
) -> None:
    made = brought[0]
    with app.app_context():
        public = make_topic(cast.welcome, cast.member, "Seen by all")
        first = db.session.scalars(db.select(Post).where(Post.topic_id == public.id)).one()
        text = prepare(made["markdown"].replace("![]", "![A ramp]"))
        writing.edit_post(first, actor=me(cast.member), written=text)
        inner = make_topic(cast.lounge, cast.member, "Among members")
        write(inner, cast.member, text.body)
        token = make_feed_token(me(cast.grace), name="reader")
    page = client.get(f"/t/{public.id}/{public.slug}").text
    assert f'property="og:image" content="http://127.0.0.1:8000/uploads/{made["id"]}/1200.webp"' in page
    assert "og:image" not in sign_in(cast.grace).get(f"/t/{inner.id}/{inner.slug}").text
    assert f'src="http://127.0.0.1:8000/uploads/{made["id"]}/1200.webp"' in unescape(
        client.get("/feeds/site.atom").text
    )
    told = unescape(client.get(f"/feeds/t/{inner.id}.atom?token={token}").text)
    assert "<img" not in told
    assert (
        f'<a class="image-link" href="http://127.0.0.1:8000/uploads/{made["id"]}/1200.webp">A ramp</a>'
        in told
    )


def test_a_picture_costs_few_statements_however_many_posts_it_stands_in(
    app: Flask, cast: Cast, sign_in: SignIn, brought: Any, count_statements: Any
) -> None:
    reader = sign_in(cast.grace)
    counts = []
    for _ in range(2):
        for _ in range(3):
            with app.app_context():
                write(make_topic(cast.lounge, cast.member), cast.member, brought[0]["markdown"])
        reader.get(brought[0]["url"])
        with count_statements() as sent:
            assert reader.get(brought[0]["url"]).status_code == 200
        counts.append(len(sent))
    assert counts[0] == counts[1] <= 3, sent


def test_a_page_with_pictures_costs_what_a_page_costs(
    app: Flask, cast: Cast, sign_in: SignIn, brought: Any, count_statements: Any
) -> None:
    reader, counts = sign_in(cast.grace), []
    with app.app_context():
        topic = make_topic(cast.lounge, cast.member)
    for text in ("Without.", brought[0]["markdown"]):
        with app.app_context():
            write(topic, cast.member, text)
        reader.get(f"/t/{topic.id}/{topic.slug}")
        with count_statements() as sent:
            reader.get(f"/t/{topic.id}/{topic.slug}")
        counts.append(len(sent))
    assert counts[0] == counts[1]
