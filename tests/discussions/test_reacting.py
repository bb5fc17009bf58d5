"""Reactions: given once by each person, counted where everybody sees it, never to one's own post."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from forum.accounts.models import Ignore, User
from forum.core import clock, settings
from forum.core.db import db
from forum.core.errors import Invalid
from forum.core.transactions import transaction
from forum.discussions import counting
from forum.discussions.actions import concealing, locking
from forum.discussions.actions.reacting import react, take_back_reaction
from forum.discussions.models import Post, Reaction, Topic
from tests.api.conftest import Program
from tests.cast import Cast
from tests.factories import make_post, make_topic, make_user

SignIn = Callable[[User], FlaskClient]
Submit = Callable[..., Any]


@pytest.fixture
def topic(app: Flask, cast: Cast) -> Topic:
    with app.app_context():
        return make_topic(cast.welcome, cast.member, "On screening")


@pytest.fixture
def post(app: Flask, cast: Cast, topic: Topic) -> Post:
    with app.app_context():
        return make_post(topic, cast.member, "Every two years.")


def counts_of(app: Flask, post: Post) -> tuple[dict[str, int], int]:
    """What the post says, and how many rows there are."""
    with app.app_context():
        said = db.session.scalar(select(Post.reaction_counts).where(Post.id == post.id))
        rows = db.session.scalar(select(func.count()).where(Reaction.post_id == post.id))
        return said or {}, rows or 0


def test_a_reaction_is_given_and_taken_back_with_a_button(
    app: Flask, cast: Cast, topic: Topic, post: Post, sign_in: SignIn, submit: Submit, client: FlaskClient
) -> None:
    browser, page = sign_in(cast.guest), f"/t/{topic.id}/{topic.slug}"
    assert 'class="chip"' not in client.get(page).text
    answer = submit(browser, f"/posts/{post.id}/reactions/thanks", on="1")
    assert answer.status_code == 303
    assert answer.headers["Location"].endswith(f"#post-{post.id}")
    assert counts_of(app, post) == ({"thanks": 1}, 1)
    assert 'aria-pressed="true" title="Thank you"' in browser.get(page).text
    seen = client.get(page).text  # visitors see how many, on a page made anew
    assert '<span class="chip" title="Thank you">' in seen
    assert cast.guest.name not in seen
    assert 'aria-pressed="false" title="Thank you"' in sign_in(cast.other).get(page).text
    submit(browser, f"/posts/{post.id}/reactions/thanks", on="0")
    assert counts_of(app, post) == ({}, 0)
    assert 'class="chip"' not in client.get(page).text


def test_programs_give_them_as_often_as_they_like_and_once_in_effect(
    app: Flask, cast: Cast, post: Post, sign_in: SignIn
) -> None:
    other = Program(app, sign_in(cast.other))
    for _ in range(2):
        answer = other.put(f"/posts/{post.id}/reactions/like")
        assert answer.json["reactions"] == [
            {"name": "like", "label": "Like", "emoji": "👍", "count": 1, "mine": True}
        ]
    version = answer.headers["ETag"].strip('"').partition("-")[0]
    assert version == other.get(f"/posts/{post.id}").headers["ETag"].strip('"').partition("-")[0]
    listed = Program(app, sign_in(cast.grace)).get(f"/posts/{post.id}/reactions").json["items"]
    assert [(one["name"], one["user"]["username"]) for one in listed] == [("like", "otto")]
    for _ in range(2):
        assert other.delete(f"/posts/{post.id}/reactions/like").json["reactions"] == []
    assert counts_of(app, post) == ({}, 0)


def test_what_the_society_has_not_chosen_is_refused_and_what_it_dropped_stays_counted(
    app: Flask, cast: Cast, topic: Topic, post: Post, sign_in: SignIn, submit: Submit
) -> None:
    other = Program(app, sign_in(cast.other))
    refused = other.put(f"/posts/{post.id}/reactions/hate")
    assert refused.status_code == 422
    assert "not one of those" in refused.json["errors"]["name"]
    assert submit(sign_in(cast.other), f"/posts/{post.id}/reactions/hate", on="1").status_code == 422
    other.put(f"/posts/{post.id}/reactions/agree")
    with app.app_context(), transaction():
        settings.change({"reactions": "like 👍 Like\r\n\r\n heart  ❤️  Warm thanks "}, actor_id=None)
        assert settings.current().reactions == "like 👍 Like\nheart ❤️ Warm thanks"
    assert other.put(f"/posts/{post.id}/reactions/agree").status_code == 422
    one = other.get(f"/posts/{post.id}").json["reactions"][0]
    assert (one["name"], one["label"], one["emoji"], one["count"]) == ("agree", "agree", "", 1)
    assert 'title="agree"' in sign_in(cast.grace).get(f"/t/{topic.id}/{topic.slug}").text
    assert other.delete(f"/posts/{post.id}/reactions/agree").json["reactions"] == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        "like",
        "Like 👍 Like",
        "like :) Like",
        "like 👍 Like\nlike ❤️ Love",
        "\n".join(f"r{i} 👍 R" for i in range(9)),
    ],
)
@pytest.mark.usefixtures("context")
@pytest.mark.one_database
def test_a_set_that_makes_no_sense_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as refused, transaction():
        settings.change({"reactions": text}, actor_id=None)
    assert "reactions" in refused.value.errors


def test_nobody_reacts_to_what_is_their_own_hidden_or_not_there(
    app: Flask, cast: Cast, topic: Topic, post: Post, sign_in: SignIn, submit: Submit
) -> None:
    def give(who: User, where: Post = post) -> int:
        return Program(app, sign_in(who)).put(f"/posts/{where.id}/reactions/like").status_code

    assert give(cast.member) == 403
    assert 'data-opens="react"' not in sign_in(cast.member).get(f"/posts/{post.id}/reactions").text
    with app.app_context():
        elsewhere = make_post(make_topic(cast.secret, cast.confidant), cast.confidant)
        locking.lock_topic(topic, actor=db.session.get_one(User, cast.staff.id), reason="Done.")
    assert give(cast.other) == 200  # a nod needs no answer
    assert give(cast.staff, elsewhere) == 404
    with app.app_context():
        concealing.hide_post(post, actor=db.session.get_one(User, cast.staff.id), reason="No.")
    assert give(cast.staff) == 403
    seen = Program(app, sign_in(cast.grace)).get(f"/posts/{post.id}").json
    assert seen["reactions"] == []  # of a tombstone nothing
    assert sign_in(cast.grace).get(f"/posts/{post.id}/reactions").status_code == 403


def test_who_reacted_is_for_those_who_take_part_and_without_whom_they_ignore(
    app: Flask, cast: Cast, post: Post, sign_in: SignIn, client: FlaskClient
) -> None:
    with app.app_context():
        for user in (cast.other, cast.guest):
            react(post, name="like", actor=db.session.get_one(User, user.id))
        with transaction():
            db.session.add(Ignore(user_id=cast.grace.id, ignored_id=cast.other.id, created_at=clock.now()))
    assert client.get(f"/posts/{post.id}/reactions").status_code in {302, 303, 401}
    page = sign_in(cast.staff).get(f"/posts/{post.id}/reactions").text
    assert cast.other.name in page
    assert cast.guest.name in page
    page = sign_in(cast.grace).get(f"/posts/{post.id}/reactions").text
    assert cast.other.name not in page
    assert cast.guest.name in page
    assert '<span class="quiet num">2</span>' in page


def test_the_list_of_who_reacted_is_paged_and_costs_the_same_for_all(
    app: Flask, cast: Cast, post: Post, sign_in: SignIn, count_statements: Any
) -> None:
    program, sent_for = Program(app, sign_in(cast.staff)), []
    for several in (3, 9):
        with app.app_context():
            for _ in range(several):
                react(post, name="like", actor=make_user())
        program.get(f"/posts/{post.id}/reactions")
        with count_statements() as sent:
            program.get(f"/posts/{post.id}/reactions?limit=20")
        sent_for.append(len(sent))
    assert sent_for[0] == sent_for[1]
    assert len(program.items(f"/posts/{post.id}/reactions?limit=5")) == 12


def test_the_same_reaction_fifty_times_at_once_is_one(
    app: Flask, cast: Cast, post: Post, database: str
) -> None:
    def give(number: int) -> None:
        with app.app_context():
            someone = db.session.get_one(User, (cast.other if number % 2 else cast.guest).id)
            react(post, name="like", actor=someone)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(give, range(50)))
    assert counts_of(app, post) == ({"like": 2}, 2)


@pytest.mark.usefixtures("context")
def test_a_count_that_is_wrong_is_found_and_mended(cast: Cast, topic: Topic, post: Post) -> None:
    react(post, name="like", actor=cast.other)
    with transaction():
        db.session.execute(update(Post).where(Post.id == post.id).values(reaction_counts={"agree": 7}))
    with transaction():
        assert counting.recount() == 1
    with transaction():
        assert counting.recount() == 0
    assert db.session.scalar(select(Post.reaction_counts).where(Post.id == post.id)) == {"like": 1}
    take_back_reaction(post, name="like", actor=cast.other)
    assert db.session.scalar(select(Post.reaction_counts).where(Post.id == post.id)) == {}


def test_they_are_limited(app: Flask, cast: Cast, post: Post, sign_in: SignIn) -> None:
    limiter = app.extensions["forum_limits"]
    other, limiter.on = Program(app, sign_in(cast.other)), True
    try:
        answers = [other.put(f"/posts/{post.id}/reactions/like").status_code for _ in range(61)]
    finally:
        limiter.on = False
    assert answers == [200] * 60 + [429]
