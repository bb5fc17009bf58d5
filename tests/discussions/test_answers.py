"""The accepted answer: said by whoever asked, shown under the question, gone with the reply."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from forum.accounts.models import User
from forum.audit.models import AuditEntry
from forum.boards.models import Category
from forum.core.db import db
from forum.core.errors import Invalid
from forum.core.transactions import transaction
from forum.discussions.actions import concealing
from forum.discussions.actions.answering import accept_answer, withdraw_answer
from forum.discussions.actions.splitting import split_topic
from forum.discussions.models import Post, Topic
from forum.jobs import outbox
from forum.notifications.models import Notification, NotificationKind
from tests.api.conftest import ProgramOf
from tests.cast import Cast
from tests.factories import make_category, make_post, make_topic
from tests.racing import Race

SignIn = Callable[[User], FlaskClient]
Submit = Callable[..., Any]


@pytest.fixture
def clinic(app: Flask, cast: Cast) -> Category:
    """A place for questions that everybody reads."""
    with app.app_context():
        return make_category("clinic", read="public", reply="guests", for_questions=True)


@pytest.fixture
def topic(app: Flask, cast: Cast, clinic: Category) -> Topic:
    with app.app_context():
        return make_topic(clinic, cast.member, "How much?", body="I ask.")


@pytest.fixture
def replies(app: Flask, cast: Cast, topic: Topic) -> list[Post]:
    with app.app_context():
        return [make_post(topic, cast.other, f"About {n} of it.") for n in ("half", "a third")]


def answer_of(app: Flask, topic: Topic) -> int | None:
    with app.app_context():
        return db.session.get_one(Topic, topic.id, populate_existing=True).answer_id


def test_the_asker_accepts_a_reply_another_one_and_none(
    app: Flask, cast: Cast, topic: Topic, replies: list[Post], sign_in: SignIn, submit: Submit
) -> None:
    member, page = sign_in(cast.member), f"/t/{topic.id}/{topic.slug}"
    assert "This is the answer" in member.get(page).text
    assert submit(member, f"/t/{topic.id}/answer", number="2").location == f"{page}/2"
    seen = app.test_client().get(page).text
    assert '<aside class="answer"' in seen
    assert "About half of it." in seen.partition('<aside class="answer"')[2].partition("</aside>")[0]
    assert "Mina Member</bdi></b> accepted post 2 as the answer" in seen
    assert "Answered" in app.test_client().get("/c/clinic").text
    assert "Accepted answer" in app.test_client().get(f"{page}?view=threaded").text
    submit(member, f"/t/{topic.id}/answer", number="3")
    assert answer_of(app, topic) == replies[1].id
    submit(member, f"/t/{topic.id}/answer", number="3")
    submit(member, f"/t/{topic.id}/answer/withdraw", number="3")
    assert answer_of(app, topic) is None
    with app.app_context():
        assert not db.session.scalars(db.select(AuditEntry).where(AuditEntry.action.like("%answered"))).all()
    seen = app.test_client().get(page).text
    assert '<aside class="answer"' not in seen
    assert seen.count("accepted post 3 as the answer") == 1
    assert "took back that post 3 is the answer" in seen


def test_a_moderator_accepts_and_the_log_says_so(
    app: Flask, cast: Cast, topic: Topic, replies: list[Post]
) -> None:
    with app.app_context():
        accept_answer(topic, post_id=replies[0].id, actor=cast.staff, reason="It is the guideline.")
        withdraw_answer(topic, actor=cast.staff)
        entries = db.session.scalars(
            db.select(AuditEntry).where(AuditEntry.action.like("topic:%answered"))
        ).all()
        assert [(e.action, e.reason) for e in entries] == [
            ("topic:answered", "It is the guideline."),
            ("topic:unanswered", ""),
        ]


def test_who_may_not_is_refused(
    app: Flask, cast: Cast, topic: Topic, replies: list[Post], sign_in: SignIn, submit: Submit
) -> None:
    with app.app_context():
        closed = make_topic(cast.lounge, cast.member)
        make_post(closed, cast.other)
    other, guest, member = sign_in(cast.other), sign_in(cast.guest), sign_in(cast.member)
    assert "This is the answer" not in other.get(f"/t/{topic.id}/{topic.slug}").text
    assert submit(other, f"/t/{topic.id}/answer", number="2").status_code == 403
    assert submit(guest, f"/t/{closed.id}/answer", number="2").status_code == 404
    assert "place for questions" in submit(member, f"/t/{closed.id}/answer", number="2").text
    for number in ("1", "4", "0"):
        assert submit(member, f"/t/{topic.id}/answer", number=number).status_code == 422
    with app.app_context():
        concealing.hide_post(replies[0], actor=cast.staff, reason="No.")
        for wrong in (replies[0].id, db.session.scalar(db.select(Post.id).where(Post.topic_id == closed.id))):
            with pytest.raises(Invalid):
                accept_answer(topic, post_id=wrong, actor=cast.member)


@pytest.mark.parametrize("act", ["hide", "delete", "split"])
def test_what_is_taken_away_is_the_answer_no_longer(
    app: Flask, cast: Cast, topic: Topic, replies: list[Post], act: str
) -> None:
    with app.app_context():
        accept_answer(topic, post_id=replies[0].id, actor=cast.member)
        if act == "hide":
            concealing.hide_post(replies[0], actor=cast.staff, reason="No.")
        elif act == "split":
            split_topic(topic, actor=cast.staff, post_ids=[replies[0].id], with_replies=False, title="Apart")
        else:
            concealing.delete_post(replies[0], actor=cast.other)
    for viewer in (app.test_client(),):
        page = viewer.get(f"/t/{topic.id}/{topic.slug}").text
        assert "About half of it." not in page
        assert '<aside class="answer"' not in page
    assert answer_of(app, topic) is None
    if act != "split":
        with app.app_context():
            concealing.restore_post(replies[0], actor=cast.staff)
        assert answer_of(app, topic) is None


def test_unanswered_means_without_an_accepted_answer(
    app: Flask, cast: Cast, topic: Topic, replies: list[Post], program: ProgramOf, clinic: Category
) -> None:
    with app.app_context():
        make_topic(clinic, cast.other, "Why?")
        talked = make_topic(cast.lounge, cast.member, "Talked of")
        make_post(talked, cast.other)
    member = program(cast.member)

    def titles(slug: str) -> list[str]:
        return [one["title"] for one in member.items(f"/categories/{slug}/topics?sort=unanswered&limit=1")]

    assert sorted(titles("clinic")) == ["How much?", "Why?"]
    assert titles("lounge") == []
    put = member.put(f"/topics/{topic.id}/answer", {"number": 2})
    assert put.json["answer_id"] == str(replies[0].id)
    assert titles("clinic") == ["Why?"]
    posts = member.items(f"/topics/{topic.id}/posts")
    assert [post["accepted"] for post in posts] == [False, True, False]
    assert member.put(f"/topics/{topic.id}/answer", {"post_id": str(replies[1].id)}).json["answer_id"] == str(
        replies[1].id
    )
    assert member.put(f"/topics/{topic.id}/answer", {"post_id": str(talked.id)}).status_code == 422
    assert member.delete(f"/topics/{topic.id}/answer").json["answer_id"] is None
    assert member.get("/categories/clinic").json["for_questions"] is True


def test_search_engines_are_told_of_question_and_answer(
    app: Flask, cast: Cast, topic: Topic, replies: list[Post]
) -> None:
    def told() -> Any:
        page = app.test_client().get(f"/t/{topic.id}/{topic.slug}").text
        found = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.S)
        assert found
        return json.loads(found[1])

    before = told()
    assert (before["@type"], before["mainEntity"]["answerCount"]) == ("QAPage", 2)
    assert "acceptedAnswer" not in before["mainEntity"]
    with app.app_context():
        accept_answer(topic, post_id=replies[1].id, actor=cast.member)
    question = told()["mainEntity"]
    assert question["acceptedAnswer"]["text"] == "About a third of it."
    assert question["acceptedAnswer"]["url"].endswith(f"/t/{topic.id}/{topic.slug}/3")
    assert [one["text"] for one in question["suggestedAnswer"]] == ["About half of it."]


def test_whose_reply_it_is_hears_of_it_once(
    app: Flask, cast: Cast, topic: Topic, replies: list[Post]
) -> None:
    with app.app_context():
        outbox.sweep()
        for _again in range(2):
            accept_answer(topic, post_id=replies[0].id, actor=cast.member)
            withdraw_answer(topic, actor=cast.member)
        accept_answer(topic, post_id=replies[0].id, actor=cast.member)
        outbox.sweep()
        told = db.session.scalars(db.select(Notification).where(Notification.kind == "accepted")).all()
        assert [(one.user_id, one.post_id) for one in told] == [(cast.other.id, replies[0].id)]


def test_staff_make_a_place_one_for_questions(
    app: Flask, cast: Cast, topic: Topic, replies: list[Post], sign_in: SignIn, submit: Submit
) -> None:
    with app.app_context():
        accept_answer(topic, post_id=replies[0].id, actor=cast.member)
    fields = {"name": "Clinic", "read": "public", "reply": "guests", "start": "guests"}
    staff = sign_in(cast.staff)
    submit(staff, "/staff/categories/clinic", **fields)
    assert '<aside class="answer"' not in staff.get(f"/t/{topic.id}/{topic.slug}").text
    submit(staff, "/staff/categories/clinic", for_questions="1", **fields)
    assert '<aside class="answer"' in staff.get(f"/t/{topic.id}/{topic.slug}").text


@pytest.mark.one_database("postgresql")
@pytest.mark.parametrize("same", [True, False])
def test_of_two_who_accept_at_once_the_later_choice_stands_alone(
    app: Flask, cast: Cast, topic: Topic, database: str, same: bool
) -> None:
    """One answer; both acts stand in the thread and the log, in the order in which they were done. The same again is no act."""
    with app.app_context():
        one, two = make_post(topic, cast.other), make_post(topic, cast.grace)
    second = one if same else two

    def first(pause: Callable[[], None]) -> None:
        with transaction():
            accept_answer(topic, post_id=one.id, actor=cast.site_moderator)
            pause()

    told = Race(app, database).run(first, lambda: accept_answer(topic, post_id=second.id, actor=cast.staff))
    assert not [outcome for outcome in told if isinstance(outcome, Exception)], told
    with app.app_context():
        now = db.session.get_one(Topic, topic.id)
        assert now.answer_id == second.id
        by = (AuditEntry.actor_id, AuditEntry.detail["number"].as_string())
        acts = db.session.execute(
            db.select(*by).where(AuditEntry.action == "topic:answered").order_by(AuditEntry.position)
        ).all()
        wanted = [(cast.site_moderator.id, str(one.number)), (cast.staff.id, str(two.number))]
        assert [tuple(row) for row in acts] == (wanted[:1] if same else wanted)
        outbox.sweep()
        kind = Notification.kind == NotificationKind.ACCEPTED
        heard = db.session.scalars(db.select(Notification.user_id).where(kind))
        assert list(heard) == [second.author_id]
