"""Taking back what moderators did: what may have come between, what is offered to whom, what a log tells of other places."""

import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from forum.access.models import RoleAssignment, RoleName
from forum.accounts.models import User
from forum.audit.models import AuditEntry
from forum.core import clock
from forum.core.db import db
from forum.core.transactions import transaction
from forum.discussions import counting
from forum.discussions.actions.audiences import set_audience
from forum.discussions.actions.concealing import hide_topic
from forum.discussions.actions.splitting import merge_topic, move_posts
from forum.discussions.models import Post, Topic
from tests.api.conftest import ProgramOf, TokenProgramOf
from tests.cast import Cast
from tests.conftest import NOW, SignIn
from tests.factories import choice, grant, make_post, make_topic

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


def test_what_was_done_at_once_is_undone_at_once_as_far_as_it_can_be(
    app: Flask, cast: Cast, sign_in: SignIn, submit: Submit, program: ProgramOf
) -> None:
    with app.app_context():
        topics = [make_topic(cast.lounge, cast.insider, f"Topic number {n}") for n in range(4)]
    mo, stella = sign_in(cast.moderator), sign_in(cast.staff)
    ids = [str(topic.id) for topic in topics]
    went = submit(mo, "/c/lounge/choose", topics=ids, act="pin", **REASON)
    (undo,) = re.findall(
        r'action="(/moderation/log/\d+/undo-together)"', mo.get(went.headers["Location"]).text
    )
    submit(stella, f"/t/{ids[1]}/unpin", **REASON)
    with app.app_context():
        us = db.session.get_one(User, cast.insider.id)
        set_audience(topics[3], actor=us, choice=choice("group", group_id=cast.closed_group.id))
    assert undo.replace("-together", "") in mo.get("/moderation/log").text
    page = mo.get(undo).text
    assert "Undo all 2" in page
    assert page.count('class="log__entry"') == 3
    assert "changed again since" in page
    assert "Topic number 3" not in page  # closed to Mo by now
    assert submit(sign_in(cast.member), undo).status_code == 403
    done = submit(mo, undo, reason="Too soon.")
    assert (
        "2 acts were undone. 1 was left: This has been changed again since"
        in mo.get(done.headers["Location"]).text
    )
    with app.app_context():
        pinned = [db.session.get(Topic, topic.id).pinned_at is not None for topic in topics]
        assert pinned == [False, False, False, True]
        acts = db.session.scalars(db.select(AuditEntry).order_by(AuditEntry.position.desc())).all()
        assert [(e.action, e.reason) for e in acts[:2]] == [("topic:unpinned", "Too soon.")] * 2
    refused = submit(mo, undo)
    assert refused.status_code == 409
    # What was undone together was done at once too.
    robot = program(cast.moderator)
    entry = robot.items("/moderation/log")[0]
    assert (entry["action"], entry["together"], entry["undoable"]) == ("topic:unpinned", True, True)
    again = robot.post(f"/moderation/log/{entry['id']}/undo-together", {"reason": "After all."}).json
    assert len(again["done"]) == 2
    assert again["left"] == []
    once_more = robot.post(f"/moderation/log/{entry['id']}/undo-together", {}).json
    assert once_more["done"] == []
    assert {one["id"] for one in once_more["left"]} == set(again["done"])
    assert "changed again since" in once_more["left"][0]["why"]
    alone = robot.put(f"/topics/{ids[0]}/lock", REASON).status_code, robot.items("/moderation/log")[0]
    assert alone[0] == 200
    assert not alone[1]["together"]
    assert robot.post(f"/moderation/log/{alone[1]['id']}/undo-together", {}).status_code == 404


def test_several_posts_are_brought_back_at_once(
    app: Flask, cast: Cast, sign_in: SignIn, submit: Submit
) -> None:
    with app.app_context():
        topic = make_topic(cast.lounge, cast.member)
        posts = [make_post(topic, cast.other) for _n in range(3)]
    mo = sign_in(cast.moderator)
    ids = [str(post.id) for post in posts]
    went = submit(mo, f"/t/{topic.id}/choose", posts=ids, act="hide", **REASON)
    (undo,) = re.findall(
        r'action="(/moderation/log/\d+/undo-together)"', mo.get(went.headers["Location"]).text
    )
    submit(mo, f"/posts/{ids[2]}/delete", **REASON)
    assert submit(mo, undo).status_code == 303
    with app.app_context():
        assert [db.session.get(Post, post.id).is_visible for post in posts] == [True, True, False]
        with transaction():
            assert counting.recount() == 0


def test_the_log_offers_to_put_posts_back_exactly_where_that_can_be_done(
    app: Flask, cast: Cast, sign_in: SignIn, submit: Submit
) -> None:
    with app.app_context():
        mo = db.session.get_one(User, cast.moderator.id)

        def split(*, away: bool = False) -> int:
            topic = make_topic(cast.lounge, cast.member)
            post = make_post(topic, cast.other)
            into = make_topic(cast.welcome, cast.member) if away else make_topic(cast.lounge, cast.member)
            move_posts(topic, actor=mo, post_ids=[post.id], with_replies=False, target_id=into.id)
            make_post(topic, cast.other, "What is written where they came from does not matter.")
            return into.id

        def merge() -> int:
            into = make_topic(cast.lounge, cast.member)
            merge_topic(make_topic(cast.lounge, cast.other), actor=mo, target_id=into.id)
            return into.id

        topics, entries = {}, {}
        for name, make in (
            ("split", split), ("merged", merge), ("away", lambda: split(away=True)),
            ("answered", split), ("hidden", merge), ("split again", split),
        ):  # fmt: skip
            topics[name] = make()
            entries[name] = last_id()
        make_post(db.session.get_one(Topic, topics["answered"]), cast.member)
        hide_topic(db.session.get_one(Topic, topics["hidden"]), actor=mo, reason="No.")
        merge_topic(db.session.get_one(Topic, topics["split again"]), actor=mo, target_id=topics["split"])
        entries["over it"] = last_id()
    browser = sign_in(cast.moderator)
    page = browser.get("/moderation/log?by=mo").text
    told = {name for name, entry in entries.items() if f"/moderation/log/{entry}/undo" in page}
    assert told == {"merged", "over it"}  # what is on top of a split comes first
    whole = sign_in(cast.staff).get("/moderation/log?by=mo").text
    assert f"/moderation/log/{entries['away']}/undo" in whole
    for name in ("split", "away", "answered", "hidden", "split again"):
        assert submit(browser, f"/moderation/log/{entries[name]}/undo").status_code in {403, 404, 409}, name
    for name in ("merged", "over it"):
        assert submit(browser, f"/moderation/log/{entries[name]}/undo").status_code == 303, name
    page = browser.get("/moderation/log?by=mo").text
    for name in ("split", "split again"):
        assert f"/moderation/log/{entries[name]}/undo" in page
        assert submit(browser, f"/moderation/log/{entries[name]}/undo").status_code == 303, name
