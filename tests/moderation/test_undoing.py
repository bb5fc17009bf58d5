"""Taking back what moderators did: what may have come between, what is offered to whom, what a log tells of other places."""

import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from forum.access.models import RoleAssignment, RoleName
from forum.audit.models import AuditEntry
from forum.core import clock
from forum.core.db import db
from forum.core.transactions import transaction
from forum.discussions.models import Post, Topic
from tests.api.conftest import ProgramOf, TokenProgramOf
from tests.cast import Cast
from tests.conftest import NOW, SignIn
from tests.factories import grant, make_post, make_topic

pytestmark = pytest.mark.one_database

Submit = Any
REASON = {"reason": "It had to be."}


def last_id() -> int:
    return db.session.scalars(db.select(AuditEntry.id).order_by(AuditEntry.position.desc())).first()


def offered(page: str) -> list[str]:
    return re.findall(r"/moderation/log/\d+/undo", page)


def test_what_was_done_anew_since_is_not_undone(
    app: Flask, cast: Cast, sign_in: SignIn, submit: Submit
) -> None:
    with app.app_context():
        topic = make_topic(cast.lounge, cast.member)
    mo, stella = sign_in(cast.moderator), sign_in(cast.staff)
    submit(mo, f"/t/{topic.id}/lock", **REASON)
    with app.app_context():
        undo = f"/moderation/log/{last_id()}/undo"
    assert undo in mo.get("/moderation/log").text
    submit(mo, f"/t/{topic.id}/unlock", **REASON)
    submit(stella, f"/t/{topic.id}/lock", **REASON)
    assert undo not in mo.get("/moderation/log").text
    refused = submit(mo, undo)
    assert refused.status_code == 409
    assert "changed again since" in refused.text
    with app.app_context():
        assert db.session.get(Topic, topic.id).is_locked


@pytest.mark.parametrize("first", ["hide", "delete"])
def test_what_is_hidden_and_deleted_is_not_brought_back_by_undoing_one_of_them(
    app: Flask, cast: Cast, sign_in: SignIn, submit: Submit, first: str
) -> None:
    with app.app_context():
        topic = make_topic(cast.lounge, cast.member)
        post = make_post(topic, cast.other)
    stella = sign_in(cast.staff)
    for where in (f"/posts/{post.id}", f"/t/{topic.id}"):
        entries = []
        for act in [first, *({"hide", "delete"} - {first})]:
            assert submit(stella, f"{where}/{act}", **REASON).status_code == 303
            with app.app_context():
                entries.append(last_id())
        for entry in entries:
            assert submit(stella, f"/moderation/log/{entry}/undo").status_code == 409
    with app.app_context():
        for thing in (db.session.get(Post, post.id), db.session.get(Topic, topic.id)):
            assert thing.hidden_at
            assert thing.deleted_at


def test_undoing_is_offered_for_what_was_done_just_now_and_can_be(
    app: Flask, cast: Cast, sign_in: SignIn, submit: Submit
) -> None:
    with app.app_context():
        topic = make_topic(cast.lounge, cast.member)
        other, elsewhere = make_topic(cast.lounge, cast.member), make_topic(cast.welcome, cast.member)
    mo, stella = sign_in(cast.moderator), sign_in(cast.staff)
    pinned = submit(mo, f"/t/{topic.id}/pin", **REASON)
    assert offered(mo.get(pinned.headers["Location"]).text)
    submit(stella, f"/t/{topic.id}/lock", **REASON)
    nothing = submit(mo, f"/t/{topic.id}/lock", **REASON)  # it was locked already
    assert not offered(mo.get(nothing.headers["Location"]).text)
    # Merged into what stands where others moderate: they may take it back, and it is not offered to Mo.
    merged = submit(mo, f"/t/{other.id}/merge", target=f"/t/{elsewhere.id}", **REASON)
    assert merged.status_code == 303
    assert not offered(mo.get(merged.headers["Location"]).text)


def test_what_was_brought_to_where_others_moderate_is_taken_back_until_they_have_to_do_with_it(
    app: Flask, cast: Cast, sign_in: SignIn, submit: Submit
) -> None:
    with app.app_context():
        topics = [make_topic(cast.lounge, cast.member, f"Topic number {n}") for n in range(4)]
        for topic in topics:
            make_post(topic, cast.other, "For members.")
    mo, stella, mina = sign_in(cast.moderator), sign_in(cast.staff), sign_in(cast.member)
    undo = []
    for topic in topics:
        went = submit(mo, f"/t/{topic.id}/move", category="porch", **REASON)
        with app.app_context():
            undo.append(f"/moderation/log/{last_id()}/undo")
        assert offered(mo.get(went.headers["Location"]).text) == undo[-1:]
    plain, answered, curated, hidden = topics
    clock.freeze(NOW + timedelta(minutes=5))
    submit(mina, f"/t/{answered.id}/reply", body="In the porch.")
    submit(stella, f"/t/{curated.id}/pin", **REASON)
    submit(stella, f"/t/{hidden.id}/hide", **REASON)
    page = mo.get("/moderation/log?kind=topic:moved").text
    # From guests to members nobody new reads what was answered.
    assert sorted(offered(page)) == sorted(undo[:2])
    for n in (0, 1):
        assert submit(mo, undo[n]).status_code == 303
    assert submit(mo, undo[0]).status_code == 409
    refused = submit(mo, undo[2])
    assert refused.status_code == 403
    assert "Somebody else has moderated it since" in refused.text
    assert "Somebody else has moderated it since" in mo.get(undo[2]).text
    assert submit(mo, undo[3]).status_code == 404
    with app.app_context():
        here = {db.session.get(Topic, topic.id).place_id for topic in (plain, answered)}
        assert here == {cast.lounge.place_id}
        assert db.session.get(Topic, curated.id).place_id == cast.porch.place_id
    assert submit(stella, undo[2]).status_code == 303


def test_taking_a_move_back_shows_nobody_what_others_wrote_since_for_fewer(
    app: Flask, cast: Cast, sign_in: SignIn, submit: Submit
) -> None:
    with app.app_context():
        with transaction():
            lounge = RoleAssignment.place_id == cast.lounge.place_id
            db.session.execute(db.delete(RoleAssignment).where(lounge))
        grant(cast.moderator, RoleName.MODERATOR, cast.welcome.place)
        topics = [make_topic(cast.welcome, cast.member, f"Topic number {n}") for n in range(2)]
    mo, undo = sign_in(cast.moderator), []
    for topic in topics:
        mo.get(submit(mo, f"/t/{topic.id}/move", category="lounge", **REASON).headers["Location"])
        with app.app_context():
            undo.append(f"/moderation/log/{last_id()}/undo")
    clock.freeze(NOW + timedelta(minutes=5))
    answered = submit(sign_in(cast.other), f"/t/{topics[0].id}/reply", body="Among members.")
    assert answered.status_code == 303
    assert offered(mo.get("/moderation/log?kind=topic:moved").text) == [undo[1]]
    refused = submit(mo, undo[0])
    assert refused.status_code == 403
    assert "Others have written in it since, for fewer people" in refused.text
    assert submit(mo, undo[1]).status_code == 303


def test_the_log_says_nothing_of_what_is_hidden_where_others_moderate(
    app: Flask, cast: Cast, sign_in: SignIn, submit: Submit
) -> None:
    with app.app_context():
        topic = make_topic(cast.lounge, cast.member, "Rotas in July")
        post = make_post(topic, cast.other)
    mo, stella = sign_in(cast.moderator), sign_in(cast.staff)
    submit(mo, f"/t/{topic.id}/lock", **REASON)
    submit(mo, f"/posts/{post.id}/hide", **REASON)
    submit(stella, f"/t/{topic.id}/move", category="porch", **REASON)
    submit(stella, f"/t/{topic.id}/rename", title="Unspeakable", reason="So.")
    assert mo.get("/moderation/log").text.count("Unspeakable") == 3  # the move too
    submit(stella, f"/t/{topic.id}/hide", **REASON)
    assert mo.get(f"/t/{topic.id}").status_code == 404
    page = mo.get("/moderation/log").text
    assert "Unspeakable" not in page
    assert "Unspeakable" in stella.get("/moderation/log").text


def test_programs_take_back_what_was_done_by_the_same_rules(
    app: Flask, cast: Cast, program: ProgramOf, by_token: TokenProgramOf
) -> None:
    with app.app_context():
        topic = make_topic(cast.lounge, cast.member, "Rotas in July")
    mo, stella = program(cast.moderator), program(cast.staff)
    lock = f"/topics/{topic.id}/lock"
    assert mo.put(lock, REASON).status_code == 200
    entry = mo.items("/moderation/log")[0]
    undo = f"/moderation/log/{entry['id']}/undo"
    assert entry["undoable"]
    assert program(cast.member).post(undo, {}).status_code == 403
    assert program(None).post(undo, {}).status_code == 401
    assert by_token(cast.moderator, "write").post(undo, {}).status_code == 403
    key = {"Idempotency-Key": "once-and-no-more"}
    for _again in range(2):
        done = mo.post(undo, {"reason": "Too soon."}, headers=key)
        assert done.status_code == 200
        assert not done.json["undoable"]
    assert not mo.get(f"/topics/{topic.id}").json["locked"]
    assert [one["action"] for one in mo.items("/moderation/log")[:2]] == ["topic:unlocked", "topic:locked"]
    refused = mo.post(undo, {})
    assert refused.status_code == 409
    assert "changed again since" in refused.json["detail"]
    assert stella.post("/moderation/log/17/undo", {}).status_code == 404
