"""Several topics at once; whose a post is; what the log is narrowed to; who moderates a place."""

from typing import Any

from flask import Flask

from forum.audit.models import AuditEntry
from forum.core.db import db
from forum.core.transactions import transaction
from forum.discussions import counting
from forum.discussions.actions import locking
from forum.discussions.models import Post, Topic
from tests.api.conftest import ProgramOf, TokenProgramOf
from tests.cast import Cast
from tests.conftest import SignIn
from tests.factories import choice, make_post, make_topic

Submit = Any


def test_several_topics_are_done_to_in_one_go_and_logged_one_by_one(
    app: Flask, cast: Cast, sign_in: SignIn, submit: Submit
) -> None:
    with app.app_context():
        topics = [make_topic(cast.lounge, cast.member, f"Topic number {i}") for i in range(4)]
        elsewhere = make_topic(cast.porch, cast.member)
        apart = make_topic(cast.desk, cast.staff)
    mo, where = sign_in(cast.moderator), "/c/lounge/choose"
    assert sign_in(cast.member).get(where).status_code == 403
    assert sign_in(cast.guest).get(where).status_code == 404
    assert "Topic number 2" in mo.get(where).text
    assert 'href="/c/lounge/choose"' in mo.get("/c/lounge").text
    assert 'href="/c/lounge/choose"' not in sign_in(cast.member).get("/c/lounge").text
    ids = [str(t.id) for t in (*topics[:3], elsewhere, apart)]
    look = submit(mo, where, topics=ids, act="move", category="nook", step="look")
    assert "It would be done to 3 topics." in look.text
    assert submit(mo, where, topics=ids, act="move", category="nook").status_code == 422
    assert submit(mo, where, topics=ids, act="move", category="desk", reason="So.").status_code == 422
    assert submit(mo, where, topics=ids, act="move", category="nook", reason="So.").status_code == 303
    with app.app_context():
        moved = {
            t.id for t in db.session.scalars(db.select(Topic).where(Topic.place_id == cast.nook.place_id))
        }
        assert moved == {topic.id for topic in topics[:3]}
        entries = list(db.session.scalars(db.select(AuditEntry).where(AuditEntry.action == "topic:moved")))
        assert [(e.subject_id in moved, e.reason) for e in entries] == [(True, "So.")] * 3
        with transaction():
            assert counting.recount() == 0


def test_those_to_which_it_may_not_be_done_are_left_and_it_is_said_why(
    app: Flask, cast: Cast, sign_in: SignIn, submit: Submit
) -> None:
    with app.app_context():
        topics = [make_topic(cast.lounge, cast.member, f"Topic number {i}") for i in range(2)]
    mo = sign_in(cast.moderator)
    fields = {"topics": [str(t.id) for t in topics], "act": "pin", "where": "everywhere"}
    look = submit(mo, "/c/lounge/choose", **fields, step="look")
    assert "2 would be left" in look.text
    assert "Only moderators of the whole site can pin a topic everywhere." in look.text
    went = submit(mo, "/c/lounge/choose", **fields, reason="Big.")
    assert "2 were left: Only moderators of the whole site" in mo.get(went.headers["Location"]).text
    with app.app_context():
        assert not db.session.scalars(db.select(Topic).where(Topic.pinned_at.is_not(None))).all()


def test_a_post_and_a_topic_are_put_under_another_name(
    app: Flask, cast: Cast, sign_in: SignIn, submit: Submit
) -> None:
    with app.app_context():
        topic = make_topic(cast.lounge, cast.staff, "On behalf of Mina")
        make_post(topic, cast.other)
        first = db.session.scalars(db.select(Post).where(Post.topic_id == topic.id, Post.number == 1)).one()
        where = f"/posts/{first.id}/author"
    staff = sign_in(cast.staff)
    assert submit(sign_in(cast.moderator), where, username="mina", reason="So.").status_code == 403
    assert submit(sign_in(cast.guest), where, username="mina", reason="So.").status_code == 404
    assert submit(staff, where, username="nobody-there", reason="So.").status_code == 422
    assert submit(staff, where, username="gaspard", reason="So.").status_code == 422  # may not read it
    assert submit(staff, where, username="mina").status_code == 422
    went = submit(staff, where, username="mina", reason="She asked us to.")
    assert went.status_code == 303
    page = sign_in(cast.other).get(f"/t/{topic.id}/on-behalf-of-mina").text
    assert "put post 1 under another name" in page
    assert "She asked us to." in page
    with app.app_context():
        now = db.session.get(Topic, topic.id)
        assert now.author_id == cast.member.id
        with transaction():
            assert counting.recount() == 0
        entry = db.session.scalars(db.select(AuditEntry).order_by(AuditEntry.position.desc())).first()
        undo = f"/moderation/log/{entry.id}/undo"
    assert submit(staff, undo).status_code == 303
    with app.app_context():
        assert db.session.get(Topic, topic.id).author_id == cast.staff.id


def test_the_log_is_narrowed_by_whom_about_whom_and_when(app: Flask, cast: Cast, sign_in: SignIn) -> None:
    with app.app_context():
        for author, actor, reason in (
            (cast.member, cast.moderator, "First."),
            (cast.other, cast.moderator, "Second."),
            (cast.other, cast.staff, "Third."),
        ):
            locking.lock_topic(make_topic(cast.lounge, author), actor=actor, reason=reason)
        closed = make_topic(cast.closed, cast.insider, audience=choice("guests", opened=True))
        locking.lock_topic(closed, actor=cast.staff, reason="Not for Mo.")
    mo = sign_in(cast.moderator)

    def told(query: str) -> list[str]:
        page = mo.get(f"/moderation/log?{query}").text
        return [words for words in ("First.", "Second.", "Third.", "Not for Mo.") if words in page]

    assert told("") == ["First.", "Second.", "Third."]
    assert told("by=mo") == ["First.", "Second."]
    assert told("about=@otto") == ["Second.", "Third."]
    assert told("by=stella&about=otto") == ["Third."]
    assert told("about=ines") == []
    assert told("since=2026-11-20") == ["First.", "Second.", "Third."]
    assert told("since=2026-11-21") == []
    assert told("until=2026-11-19") == []
    assert mo.get("/moderation/log?since=soon").status_code == 400


def test_staff_make_moderators_of_a_place_and_it_holds_with_the_next_request(
    app: Flask, cast: Cast, sign_in: SignIn, submit: Submit
) -> None:
    with app.app_context():
        topic = make_topic(cast.porch, cast.member)
    staff, otto = sign_in(cast.staff), sign_in(cast.other)
    where = "/staff/categories/porch/moderators"
    assert submit(otto, f"/t/{topic.id}/lock", reason="So.").status_code == 403
    assert submit(otto, where, username="otto").status_code == 403
    assert submit(staff, where, username="nobody-there").status_code == 422
    assert submit(staff, where, username="otto").status_code == 303
    assert "Otto Other" in staff.get("/staff/categories/porch").text
    assert "Otto Other" in otto.get("/c/porch").text
    assert submit(otto, f"/t/{topic.id}/lock", reason="So.").status_code == 303
    assert submit(staff, f"{where}/{cast.other.id}/end").status_code == 303
    assert submit(staff, f"{where}/{cast.other.id}/end").status_code == 404
    assert submit(otto, f"/t/{topic.id}/unlock", reason="So.").status_code == 403


def test_what_is_pinned_everywhere_is_left_to_moderators_of_the_whole_site(
    app: Flask, cast: Cast, sign_in: SignIn, submit: Submit
) -> None:
    with app.app_context():
        big, small = make_topic(cast.lounge, cast.member), make_topic(cast.lounge, cast.member)
    submit(sign_in(cast.staff), f"/t/{big.id}/pin", where="everywhere", reason="For all.")
    ids = [str(big.id), str(small.id)]
    went = submit(sign_in(cast.moderator), "/c/lounge/choose", topics=ids, act="pin", reason="So.")
    assert went.status_code == 303
    with app.app_context():
        assert db.session.get(Topic, big.id).pinned_everywhere
        assert db.session.get(Topic, small.id).pinned_at


def test_programs_do_the_same_to_several_topics(
    app: Flask, cast: Cast, program: ProgramOf, by_token: TokenProgramOf
) -> None:
    with app.app_context():
        topics = [make_topic(cast.lounge, cast.member, f"Topic number {i}") for i in range(3)]
        hidden = make_topic(cast.lounge, cast.member, audience=choice("group", group_id=cast.closed_group.id))
        elsewhere = make_topic(cast.porch, cast.member)
    mo, where = program(cast.moderator), "/categories/lounge/acts"
    strange = [str(hidden.id), str(elsewhere.id), "7", "9999999999999999999"]
    ids = [str(topic.id) for topic in topics]
    asked = {"topic_ids": ids + strange, "act": "move", "category": "nook"}
    assert program(cast.member).post(where, asked).status_code == 403
    assert program(cast.guest).post(where, asked).status_code == 404
    assert by_token(cast.moderator, "write").post(where, asked).status_code == 403
    look = mo.post(where, {**asked, "look": True}).json
    assert look["done"] == ids
    assert look["left"] == [{"id": one, "why": "There is no such topic here."} for one in strange]
    assert "Members" in look["sentence"]
    assert mo.post(where, asked).json["errors"] == {"reason": "Fill this in."}
    assert mo.post(where, {**asked, "category": "desk", "reason": "So."}).status_code == 422
    with app.app_context():
        assert db.session.get(Topic, topics[0].id).place_id == cast.lounge.place_id
    assert mo.post(where, {**asked, "reason": "So."}).json == look
    log = mo.items("/moderation/log?kind=topic:moved")
    assert sorted(one["subject_id"] for one in log) == ids
    pinned = mo.post(
        "/categories/nook/acts", {"topic_ids": ids, "act": "pin", "where": "everywhere", "reason": "Big."}
    ).json
    assert pinned["done"] == []
    assert {one["why"] for one in pinned["left"]} == {
        "Only moderators of the whole site can pin a topic everywhere."
    }


def test_programs_hide_and_delete_several_posts(app: Flask, cast: Cast, program: ProgramOf) -> None:
    with app.app_context():
        topic = make_topic(cast.lounge, cast.member)
        posts = [make_post(topic, cast.other, f"Post {i}") for i in range(3)]
        below = make_post(topic, cast.member, "Below.", parent=posts[2])
        elsewhere = make_post(make_topic(cast.lounge, cast.member), cast.other)
    mo, where = program(cast.moderator), f"/topics/{topic.id}/acts"
    ids = [str(post.id) for post in posts]
    asked = {"post_ids": ids[:2], "act": "hide", "reason": "Beside the point."}
    assert program(cast.member).post(where, asked).status_code == 403
    assert program(cast.guest).post(where, asked).status_code == 404
    assert mo.post(where, {**asked, "reason": ""}).status_code == 422
    assert mo.post(where, {**asked, "post_ids": [str(elsewhere.id)]}).status_code == 422
    assert mo.post(where, {**asked, "look": True}).json["done"] == ids[:2]
    assert not mo.get(f"/posts/{ids[0]}").json["hidden_at"]
    assert mo.post(where, asked).json == {"done": ids[:2], "left": [], "sentence": None}
    again = mo.post(where, {**asked, "post_ids": ids[1:], "act": "delete", "with_replies": True}).json
    assert again["done"] == [ids[2], str(below.id)]
    assert again["left"] == [{"id": ids[1], "why": "It is hidden or deleted already."}]
    acts = [(one["action"], one["subject_id"]) for one in mo.items("/moderation/log")[:4]]
    assert sorted(acts) == sorted(
        [("post:hidden", i) for i in ids[:2]] + [("post:deleted", i) for i in (ids[2], str(below.id))]
    )
