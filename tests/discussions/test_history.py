"""How a post came to read as it does: what each edit changed, for whom, and what is hidden of it."""

import re
import time
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from forum.core import settings
from forum.core.db import db
from forum.core.transactions import transaction
from forum.discussions.actions import writing
from forum.discussions.diffs import compare
from forum.discussions.models import Post, Revision, Topic
from tests.cast import Cast
from tests.conftest import SignIn
from tests.factories import make_post, make_topic, written

Submit = Any


@pytest.fixture
def post(app: Flask, cast: Cast) -> Post:
    """Edited twice by its author, once by a moderator."""
    with app.app_context():
        topic = make_topic(cast.lounge, cast.other, "A dose")
        post = make_post(topic, cast.member, "Give 5 mg.\n\nTwice a day.")
        for actor, text, why in (
            (cast.member, "Give 50 mg.\n\nTwice a day.", "The patient is Anna K."),
            (cast.member, "Give 5 mg.\n\nTwice a day.", "A slip."),
            (cast.moderator, "Give 5 mg.\n\nThree times a day.", "As in the label."),
        ):
            writing.edit_post(post, actor=actor, written=written(text), reason=why)
        return post


def revisions(app: Flask) -> list[Revision]:
    with app.app_context():
        return list(db.session.scalars(db.select(Revision).order_by(Revision.id)))


def test_each_edit_tells_who_when_why_and_what(cast: Cast, post: Post, sign_in: SignIn) -> None:
    page = sign_in(cast.member).get(f"/posts/{post.id}/history").text
    assert page.index("As in the label.") < page.index("A slip.") < page.index("The patient is Anna K.")
    assert "Mo Moderator" in page
    assert "<del><b>Twice</b> a day.</del>" in page
    assert "<ins><b>Three</b> <b>times</b> a day.</ins>" in page or "<b>Three times</b> a day.</ins>" in page
    assert "<del>Give <b>50</b> mg.</del>" in page


def test_only_author_and_moderators_read_it_unless_the_society_says_otherwise(
    app: Flask, cast: Cast, post: Post, sign_in: SignIn
) -> None:
    where = f"/posts/{post.id}/history"
    link = f'href="{where}"'
    topic_page = f"/t/{post.topic_id}/a-dose"
    assert sign_in(cast.moderator).get(where).status_code == 200
    other = sign_in(cast.other)
    assert other.get(where).status_code == 403
    assert link not in other.get(topic_page).text
    assert sign_in(cast.guest).get(where).status_code == 404
    with app.app_context(), transaction():
        settings.change({"history_for": "readers"}, actor_id=None)
    assert other.get(where).status_code == 200
    assert link in other.get(topic_page).text
    assert sign_in(cast.guest).get(where).status_code == 404
    assert app.test_client().get(topic_page).status_code == 404


def test_a_hidden_version_is_seen_by_moderators_alone(
    app: Flask, cast: Cast, post: Post, sign_in: SignIn, submit: Submit
) -> None:
    with app.app_context(), transaction():
        settings.change({"history_for": "readers"}, actor_id=None)
    wrong = revisions(app)[1]
    moderator, author, reader = sign_in(cast.moderator), sign_in(cast.member), sign_in(cast.other)
    assert "50 mg" in moderator.get(f"/revisions/{wrong.id}/hide").text
    assert submit(author, f"/revisions/{wrong.id}/hide", reason="Mine.").status_code == 403
    assert submit(moderator, f"/revisions/{wrong.id}/hide", reason="").status_code == 422
    for _twice in range(2):
        assert submit(moderator, f"/revisions/{wrong.id}/hide", reason="A wrong dose.").status_code == 303
    for browser in (author, reader):
        page = browser.get(f"/posts/{post.id}/history").text
        assert not re.search(r"\b50\b(?! posts)", page.partition("<main")[2].partition("</main>")[0])
        assert page.count("A moderator has hidden what stood here.") == 2, "both edits would show it"
        items = browser.get(f"/api/v1/posts/{post.id}/revisions").json["items"]
        assert [item["body"] is None for item in items] == [False, True, False]
    assert "50" in moderator.get(f"/posts/{post.id}/history").text
    log = moderator.get("/moderation/log").text
    assert log.count("A wrong dose.") == 1
    assert submit(moderator, f"/revisions/{wrong.id}/restore").status_code == 303
    assert "50" in author.get(f"/posts/{post.id}/history").text


def test_long_histories_are_paged_and_each_edit_is_compared_with_the_next(
    app: Flask, cast: Cast, sign_in: SignIn
) -> None:
    with app.app_context():
        post = make_post(make_topic(cast.lounge, cast.other), cast.member, "Version 0")
        for n in range(1, 24):
            writing.edit_post(post, actor=cast.member, written=written(f"Version {n}"))
    browser = sign_in(cast.member)
    first = browser.get(f"/posts/{post.id}/history").text
    assert first.count("history__edit") == 20
    following = first.partition('rel="next"')[0].rpartition('href="')[2].partition('"')[0]
    second = browser.get(following.replace("&amp;", "&")).text
    assert second.count("history__edit") == 3
    assert "Version <b>3</b></ins>" in second
    assert "Version <b>2</b></del>" in second


def test_what_moderators_do_to_a_post_is_told_in_the_thread_and_why_to_its_author(
    app: Flask, cast: Cast, sign_in: SignIn, submit: Submit
) -> None:
    with app.app_context():
        topic = make_topic(cast.lounge, cast.other, "What is told")
        told = make_post(topic, cast.member, "Words.")
    moderator = sign_in(cast.moderator)
    submit(moderator, f"/posts/{told.id}/edit", body="Other words.", version=told.version, reason="A name.")
    submit(moderator, f"/posts/{told.id}/hide", reason="A second name.")
    submit(moderator, f"/posts/{told.id}/restore", reason="")
    submit(moderator, f"/posts/{told.id}/delete", reason="A third name.")
    submit(moderator, f"/t/{topic.id}/rename", title="What is told now", reason="Clearer.")
    pages = {
        name: sign_in(user).get(f"/t/{topic.id}/what-is-told-now").text
        for name, user in {"author": cast.member, "reader": cast.grace, "moderator": cast.moderator}.items()
    }
    for page in pages.values():
        for act in ("edited post 2", "hid post 2", "restored post 2", "deleted post 2", "changed the title"):
            assert act in page
        assert "A name." in page
        assert "Clearer." in page
    assert "A third name." in pages["author"]
    assert "A second name." in pages["moderator"]
    assert "A second name." not in pages["reader"]
    assert "A third name." not in pages["reader"]


def test_what_a_moderator_deleted_its_author_cannot_restore(
    app: Flask, cast: Cast, sign_in: SignIn, submit: Submit
) -> None:
    with app.app_context():
        topic = make_topic(cast.lounge, cast.other)
        post = make_post(topic, cast.member, "Taken back.")
    author, moderator = sign_in(cast.member), sign_in(cast.moderator)
    submit(author, f"/posts/{post.id}/delete")
    submit(moderator, f"/posts/{post.id}/delete", reason="For good.")
    assert submit(author, f"/posts/{post.id}/restore").status_code == 403
    assert "For good." in moderator.get("/moderation/log").text
    with app.app_context():
        assert db.session.get_one(Topic, topic.id).post_count == 1


def test_an_author_takes_a_topic_back_and_restores_it(
    app: Flask, cast: Cast, sign_in: SignIn, submit: Submit
) -> None:
    with app.app_context():
        topic = make_topic(cast.lounge, cast.member, "Too early")
    author, other = sign_in(cast.member), sign_in(cast.other)
    where = f"/t/{topic.id}/{topic.slug}"
    submit(author, f"/t/{topic.id}/delete")
    assert other.get(where).status_code == 404
    assert where in author.get("/settings/posts").text
    assert f"/t/{topic.id}/restore" in author.get(where).text
    assert submit(other, f"/t/{topic.id}/restore").status_code == 404
    assert submit(author, f"/t/{topic.id}/restore").status_code == 303
    assert other.get(where).status_code == 200


TEXTS = st.lists(st.sampled_from(["", "a", "b c", "b d", "long line of words"]), max_size=12).map("\n".join)


@given(TEXTS, TEXTS)
def test_both_texts_can_be_read_off_a_comparison(one: str, other: str) -> None:
    lines = compare(one, other)
    for text, kinds in ((one, {"same", "gone"}), (other, {"same", "come"})):
        shown = ["".join(piece for _d, piece in line.pieces) for line in lines if line.kind in kinds]
        remaining = iter(text.split("\n"))
        assert all(line in remaining for line in shown), "in order"
    changed = [line for line in lines if line.kind in {"gone", "come"}]
    assert bool(changed) is (one != other)


@pytest.mark.parametrize(
    "unit", ["a\n", "a b c d e f g h\n", "word " * 30 + "\n", "x", "a\nb\n", " \n", "é ", "a b\n\n"]
)
def test_comparing_takes_no_more_than_its_share_of_time(unit: str) -> None:
    one, other = (
        (unit * (20_000 // len(unit) + 1))[:20_000],
        (unit[::-1] * (20_000 // len(unit) + 1))[:20_000],
    )
    began = time.perf_counter()
    compare(one, "\n".join(reversed(other.split("\n"))) + "!")
    assert time.perf_counter() - began < 2.0
