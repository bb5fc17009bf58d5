"""Through the doors: what each person sees and does, from the page to the database."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from forum.accounts.models import User
from forum.core.db import db
from forum.discussions.models import Post, Topic
from forum.discussions.queries.paging import View, stored_page
from tests.cast import Cast
from tests.factories import choice, make_post, make_topic

SignIn = Callable[[User], FlaskClient]
Submit = Callable[..., Any]


def address(topic: Topic) -> str:
    return f"/t/{topic.id}/{topic.slug}"


def test_a_visitor_reads_what_is_public_and_is_told_how_to_answer(
    app: Flask, cast: Cast, client: FlaskClient
) -> None:
    with app.app_context():
        topic = make_topic(cast.welcome, cast.member, "A question about consent", body="Who asks it?")
    page = client.get(address(topic))
    assert page.status_code == 200
    assert "A question about consent" in page.text
    assert "Who asks it?" in page.text
    assert "Sign in" in page.text
    assert client.get(f"/t/{topic.id}").headers["Location"] == address(topic)
    assert client.get(f"/t/{topic.id}/another-name").headers["Location"] == address(topic)


def test_what_may_not_be_read_is_not_there(app: Flask, cast: Cast, sign_in: SignIn) -> None:
    with app.app_context():
        topic = make_topic(cast.lounge, cast.member, "Only for members")
    guest = sign_in(cast.guest)
    never, hidden = guest.get("/t/12345/only-for-members"), guest.get(address(topic))
    assert hidden.status_code == never.status_code == 404
    assert hidden.data == never.data
    assert sign_in(cast.other).get(address(topic)).status_code == 200


def test_a_guest_answers_where_guests_may_and_is_refused_elsewhere_in_words(
    app: Flask, cast: Cast, sign_in: SignIn, submit: Submit
) -> None:
    with app.app_context():
        open_topic = make_topic(cast.welcome, cast.member)
        for_members = make_topic(cast.welcome, cast.member, audience=choice("public", "members"))
    browser = sign_in(cast.guest)
    answer = submit(browser, f"/t/{open_topic.id}/reply", body="Hello *all*.", client_id="one")
    assert answer.status_code == 303
    assert "<em>all</em>" in browser.get(answer.headers["Location"]).text
    refused = submit(browser, f"/t/{for_members.id}/reply", body="Me too.")
    assert refused.status_code == 403
    assert "only members can answer" in refused.text
    assert "Me too." in refused.text  # what was typed is kept


def test_sending_the_same_form_twice_posts_once(
    app: Flask, cast: Cast, sign_in: SignIn, submit: Submit
) -> None:
    with app.app_context():
        topic = make_topic(cast.lounge, cast.other)
    browser = sign_in(cast.member)
    first = submit(browser, f"/t/{topic.id}/reply", body="Once.", client_id="same")
    second = submit(browser, f"/t/{topic.id}/reply", body="Once.", client_id="same")
    assert first.headers["Location"] == second.headers["Location"]
    assert submit(browser, f"/t/{topic.id}/reply", body="Other.", client_id="same").status_code == 409
    with app.app_context():
        assert db.session.query(Post).filter_by(topic_id=topic.id).count() == 2


def test_an_empty_reply_keeps_the_page_and_says_what_to_do(
    app: Flask, cast: Cast, sign_in: SignIn, submit: Submit
) -> None:
    with app.app_context():
        topic = make_topic(cast.lounge, cast.other)
    answer = submit(sign_in(cast.member), f"/t/{topic.id}/reply", body="  ")
    assert answer.status_code == 422
    assert "Write something first" in answer.text


def test_a_member_starts_a_topic(app: Flask, cast: Cast, sign_in: SignIn, submit: Submit) -> None:
    browser = sign_in(cast.member)
    form = browser.get("/new?category=lounge")
    assert form.status_code == 200
    assert "Members can read this and answer." in form.text
    made = submit(
        browser,
        "/new",
        category="lounge",
        title="Night\u202e shifts",
        body="How do *you* do it?",
        inherits="1",
        client_id="c1",
    )
    assert made.status_code == 303, made.text
    page = browser.get(made.headers["Location"])
    assert "Night shifts" in page.text
    listed = sign_in(cast.other).get("/c/lounge")
    assert "Night shifts" in listed.text
    assert "Night shifts" not in sign_in(cast.guest).get("/c").text


def test_a_guest_cannot_start_a_topic_among_members(
    app: Flask, cast: Cast, sign_in: SignIn, submit: Submit
) -> None:
    browser = sign_in(cast.guest)
    refused = submit(browser, "/new", category="porch", title="Hi", body="There.")
    assert refused.status_code == 422
    assert "only members start topics" in refused.text
    assert "There." in refused.text
    assert submit(browser, "/new", category="lounge", title="Hi", body="There.").status_code == 422
    assert submit(browser, "/new", category="welcome", title="Hi", body="There.").status_code == 303


@pytest.mark.parametrize("view", ["flat", "threaded"])
def test_both_views_page_through_every_post_once(app: Flask, cast: Cast, sign_in: SignIn, view: str) -> None:
    with app.app_context():
        topic = make_topic(cast.lounge, cast.other)
        posts = [make_post(topic, cast.other) for _ in range(3)]
        for i in range(47):
            posts.append(make_post(topic, cast.member, f"Number {i}.", parent=posts[i * 7 % len(posts)]))
    browser = sign_in(cast.member)
    seen: list[str] = []
    where: str | None = f"{address(topic)}?view={view}"
    import re

    while where:
        page = browser.get(where)
        assert page.status_code == 200
        seen += re.findall(r'id="post-(\d+)"', page.text)
        following = re.search(r'href="([^"]*)" rel="next"', page.text)
        where = following[1].replace("&amp;", "&") if following else None
    assert len(seen) == len(set(seen)) == 51
    with app.app_context():
        order = Post.path if view == "threaded" else Post.number
        wanted = [str(i) for (i,) in db.session.query(Post.id).filter_by(topic_id=topic.id).order_by(order)]
    assert seen == wanted
    for number, post in list(enumerate(posts, 2))[::5]:
        page = browser.get(f"{address(topic)}/{number}?view={view}").text
        assert f'id="post-{post.id}"' in page, number


def test_who_answers_in_the_threaded_view_stays_in_it(
    app: Flask, cast: Cast, sign_in: SignIn, submit: Submit
) -> None:
    with app.app_context():
        topic = make_topic(cast.lounge, cast.other)
    browser = sign_in(cast.member)
    for view, kept in (("threaded", "?view=threaded#post-"), ("flat", "/3#post-"), ("sideways", "/4#post-")):
        answer = submit(
            browser, f"{address(topic)}".rpartition("/")[0] + "/reply", body=f"In {view}.", view=view
        )
        assert kept in answer.location


@pytest.mark.parametrize("shape", ["star", "chain", "comb"])
def test_a_permalink_leads_to_a_page_with_the_post_on_it_whatever_the_shape_of_the_thread(
    app: Flask, cast: Cast, shape: str
) -> None:
    with app.app_context():
        topic = make_topic(cast.lounge, cast.other)
        first = db.session.query(Post).filter_by(topic_id=topic.id).one()
        posts = [first]
        for n in range(2, 75):
            above = {"star": first, "chain": posts[-1], "comb": posts[-1] if n % 25 else first}[shape]
            posts.append(make_post(topic, cast.other, parent=above))
        views: tuple[View, View] = ("flat", "threaded")
        for view in views:
            for post in [*posts[:12], *posts[12::4]]:
                page = stored_page(topic, view=view, limit=10, around=post.number)
                assert post.number in [shown.number for shown in page.posts], (view, post.number)
                before = stored_page(topic, view=view, limit=10, before=page.posts[0].number)
                order = [one.number if view == "flat" else one.path for one in before.posts]
                assert order == sorted(order)  # type: ignore[type-var]
                assert bool(order) is (page.before is not None)


def test_a_moderator_locks_a_topic_and_replies_stop(
    app: Flask, cast: Cast, sign_in: SignIn, submit: Submit
) -> None:
    with app.app_context():
        topic = make_topic(cast.lounge, cast.member)
    moderator = sign_in(cast.moderator)
    assert moderator.get(f"/t/{topic.id}/lock").status_code == 200
    assert submit(moderator, f"/t/{topic.id}/lock", reason="").status_code == 422
    assert submit(moderator, f"/t/{topic.id}/lock", reason="Settled in March.").status_code == 303
    browser = sign_in(cast.member)
    assert "Settled in March." in browser.get(address(topic)).text
    refused = submit(browser, f"/t/{topic.id}/reply", body="But still.")
    assert refused.status_code == 403
    assert "locked" in refused.text
    assert submit(browser, f"/t/{topic.id}/unlock", reason="Mine.").status_code == 403
    assert submit(moderator, f"/t/{topic.id}/unlock", reason="New data.").status_code == 303
    assert submit(browser, f"/t/{topic.id}/reply", body="Now then.").status_code == 303


def test_a_hidden_post_leaves_a_tombstone_without_author_or_reason(
    app: Flask, cast: Cast, sign_in: SignIn, submit: Submit
) -> None:
    with app.app_context():
        topic = make_topic(cast.lounge, cast.other)
        post = make_post(topic, cast.member, "Call me under 0123.")
        make_post(topic, cast.other, "An answer to it.", parent=post)
    moderator = sign_in(cast.moderator)
    assert submit(moderator, f"/posts/{post.id}/hide", reason="A telephone number.").status_code == 303
    for view in ("flat", "threaded"):
        page = sign_in(cast.grace).get(f"{address(topic)}?view={view}").text
        assert "Call me under" not in page
        assert "Mina Member" not in page
        assert "A telephone number." not in page
        assert "An answer to it." in page
        assert "Call me under" in moderator.get(f"{address(topic)}?view={view}").text


def test_an_author_edits_and_deletes_and_restores_their_own(
    app: Flask, cast: Cast, sign_in: SignIn, submit: Submit
) -> None:
    with app.app_context():
        topic = make_topic(cast.lounge, cast.other)
        post = make_post(topic, cast.member, "Tpyo.")
    browser = sign_in(cast.member)
    form = browser.get(f"/posts/{post.id}/edit")
    assert "Tpyo." in form.text
    assert submit(browser, f"/posts/{post.id}/edit", body="Typo.", version="0").status_code == 303
    stale = submit(browser, f"/posts/{post.id}/edit", body="Tapir.", version="0")
    assert stale.status_code == 409
    assert "Tapir." in stale.text
    assert submit(sign_in(cast.grace), f"/posts/{post.id}/edit", body="Hah.").status_code == 403
    assert submit(browser, f"/posts/{post.id}/delete").status_code == 303
    assert "Typo." not in sign_in(cast.other).get(address(topic)).text
    assert submit(browser, f"/posts/{post.id}/restore").status_code == 303
    assert "Typo." in sign_in(cast.other).get(address(topic)).text


def test_an_author_opens_a_topic_to_guests_and_the_place_stays_closed(
    app: Flask, cast: Cast, sign_in: SignIn, submit: Submit
) -> None:
    with app.app_context():
        topic = make_topic(cast.lounge, cast.member, "Opened to guests")
        make_topic(cast.lounge, cast.member, "Not opened")
    browser = sign_in(cast.member)
    assert browser.get(f"/t/{topic.id}/audience").status_code == 200
    fields = {"inherits": "0", "read": "guests", "reply": "guests", "opened": "1"}
    looked = submit(browser, f"/t/{topic.id}/audience", step="look", **fields)
    assert looked.status_code == 200
    assert "Guests" in looked.text
    assert submit(browser, f"/t/{topic.id}/audience", step="save", **fields).status_code == 303
    guest = sign_in(cast.guest)
    assert guest.get(address(topic)).status_code == 200
    home = guest.get("/").text
    assert "Opened to guests" in home
    assert "Not opened" not in home
    assert guest.get("/c/lounge").status_code == 404
    assert submit(guest, f"/t/{topic.id}/reply", body="Thank you.").status_code == 303


def test_what_was_read_is_reported_and_counts_follow(
    app: Flask, cast: Cast, sign_in: SignIn, csrf: Any
) -> None:
    with app.app_context():
        topic = make_topic(cast.lounge, cast.other, "Read me")
    browser = sign_in(cast.member)
    assert "Read me" in browser.get("/unread").text
    headers = {"X-CSRF-Token": csrf(browser)}
    told = browser.put(f"/t/{topic.id}/read", json={"numbers": [1], "generation": 0}, headers=headers)
    assert told.status_code == 204
    assert "Read me" not in browser.get("/unread").text
    assert browser.put(f"/t/{topic.id}/read", json={"numbers": [1]}).status_code == 403  # no token
    assert browser.put(f"/t/{topic.id}/read", json={"numbers": ["x"]}, headers=headers).status_code == 422
