"""Moving, splitting and merging topics through their pages and the API: who may, what it comes to, where old links lead."""

import re
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from forum.audit.models import AuditEntry
from forum.core import clock
from forum.core.db import db
from forum.core.transactions import transaction
from forum.discussions import counting
from forum.discussions.actions import answering, drafting, reading, tag_groups, tagging
from forum.discussions.actions.moving import move_topic
from forum.discussions.actions.splitting import merge_topic, move_posts, split_topic
from forum.discussions.actions.undoing import undo_act
from forum.discussions.counting import counted, stored
from forum.discussions.models import Draft, Post, Topic
from forum.discussions.params import DraftText
from forum.discussions.queries.tags import tags_of
from forum.jobs import outbox
from forum.notifications.actions import watching
from forum.notifications.models import (
    MailStop,
    Notification,
    NotificationPreferences,
    TopicWatch,
    WatchLevel,
    WatchReason,
)
from tests.api.conftest import ProgramOf
from tests.cast import Cast
from tests.conftest import NOW, SignIn
from tests.factories import choice, make_category, make_post, make_topic

Submit = Any
REASON = {"reason": "Another question."}


def last_entry() -> AuditEntry:
    return db.session.scalars(db.select(AuditEntry).order_by(AuditEntry.position.desc())).first()


def test_a_topic_is_moved_looked_at_first(app: Flask, cast: Cast, sign_in: SignIn, submit: Submit) -> None:
    with app.app_context():
        topic = make_topic(cast.lounge, cast.member, "Out of place")
    mo, staff, where = sign_in(cast.moderator), sign_in(cast.staff), f"/t/{topic.id}/move"
    assert submit(sign_in(cast.member), where, category="nook", **REASON).status_code == 403
    assert submit(sign_in(cast.guest), where, category="nook", **REASON).status_code == 404
    assert submit(mo, where, category="desk", **REASON).status_code == 422  # may not even read it
    assert submit(mo, where, category="closed-circle", **REASON).status_code == 422
    assert "closed-circle" not in mo.get(where).text
    look = submit(staff, where, category="desk", step="look")
    assert "Can no longer read it" in look.text
    assert "Mina Member" in look.text
    assert submit(mo, where, category="welcome").status_code == 422  # a reason is needed
    look = submit(mo, where, category="welcome", step="look")
    assert "Everybody without an account" in look.text
    went = submit(mo, where, category="welcome", **REASON)
    assert went.status_code == 303
    page = app.test_client().get(went.headers["Location"])
    assert page.status_code == 200
    assert "moved this here" in page.text
    assert "Another question." in page.text
    with app.app_context():
        entry = last_entry()
        assert (entry.action, entry.reason) == ("topic:moved", "Another question.")
        undo = f"/moderation/log/{entry.id}/undo"
    assert submit(sign_in(cast.member), undo).status_code == 403
    assert submit(staff, undo).status_code == 303
    assert app.test_client().get(went.headers["Location"]).status_code == 404


def test_a_topic_of_its_own_audience_keeps_it(app: Flask, cast: Cast, program: ProgramOf) -> None:
    with app.app_context():
        narrow = make_topic(cast.welcome, cast.member, audience=choice("members"))
        named = make_topic(
            cast.lounge, cast.member, audience=choice("people", opened=True), people=[cast.guest]
        )
    staff = program(cast.staff)
    for topic in (narrow, named):
        moved = staff.post(f"/topics/{topic.id}/move", {"category": "porch", **REASON})
        assert moved.status_code == 200, moved.json
        assert moved.json["category"]["slug"] == "porch"
    assert program(cast.guest).get(f"/topics/{narrow.id}").status_code == 404
    assert program(cast.other).get(f"/topics/{narrow.id}").status_code == 200
    assert program(cast.guest).get(f"/topics/{named.id}").status_code == 200
    assert program(cast.other).get(f"/topics/{named.id}").status_code == 404


def test_posts_are_split_off_and_their_old_links_followed(
    app: Flask, cast: Cast, sign_in: SignIn, submit: Submit
) -> None:
    with app.app_context():
        topic = make_topic(cast.lounge, cast.member, "Rotas")
        aside = make_post(topic, cast.other, "By the way, parking?")
        answer = make_post(topic, cast.insider, "Level two is free.", parent=aside)
        stays = make_post(topic, cast.member, "About the rota again.")
        reading.mark_read(topic, reader=cast.grace, up_to=2)
    mo = sign_in(cast.moderator)
    page = mo.get(f"/t/{topic.id}/choose?post=2").text
    assert f'value="{aside.id}" checked' in page
    fields = {"posts": str(aside.id), "replies": "1", "title": "Where to park", "act": "split"}
    look = submit(mo, f"/t/{topic.id}/choose", **fields, step="look")
    assert "2 posts are concerned." in look.text
    assert submit(mo, f"/t/{topic.id}/choose", **fields).status_code == 422
    went = submit(mo, f"/t/{topic.id}/choose", **fields, **REASON)
    assert went.status_code == 303
    otto = sign_in(cast.other)
    for number, post in ((2, aside), (3, answer)):
        old = otto.get(f"/t/{topic.id}/rotas/{number}")
        assert old.status_code == 301
        assert old.headers["Location"].endswith(f"/where-to-park/{number - 1}#post-{post.id}")
    page = otto.get(f"/t/{topic.id}/rotas").text
    assert "Where to park</a>" in page
    assert "parking?" not in page
    page = otto.get(went.headers["Location"]).text
    assert "Rotas</a>" in page
    assert "Level two is free." in page
    with app.app_context():
        new = db.session.scalars(db.select(Topic).where(Topic.title == "Where to park")).one()
        assert (new.author_id, new.post_count) == (cast.other.id, 2)
        assert db.session.get(Post, stays.id).number == 4
        clock.freeze(NOW + timedelta(hours=1))
        outbox.sweep()
        told = db.session.scalars(db.select(Notification).where(Notification.kind == "moderated"))
        assert {(n.user_id, n.topic_id, n.detail["act"]) for n in told} == {
            (cast.other.id, new.id, "split"),
            (cast.insider.id, new.id, "split"),
        }
        undo = f"/moderation/log/{last_entry().id}/undo"
    assert submit(mo, undo).status_code == 303
    page = otto.get(f"/t/{topic.id}/rotas").text
    assert "parking?" in page
    assert otto.get(went.headers["Location"]).status_code == 301
    with app.app_context():
        assert db.session.get(Post, answer.id).number == 3


def test_what_was_written_since_is_not_undone_and_it_is_said_why(
    app: Flask, cast: Cast, sign_in: SignIn, submit: Submit, program: ProgramOf
) -> None:
    with app.app_context():
        topic = make_topic(cast.lounge, cast.member)
        post = make_post(topic, cast.other)
    split = program(cast.moderator).post(
        f"/topics/{topic.id}/split", {"post_ids": [str(post.id)], "title": "Apart", **REASON}
    )
    with app.app_context():
        undo = f"/moderation/log/{last_entry().id}/undo"
        make_post(db.session.get(Topic, int(split.json["id"])), cast.member)
    refused = submit(sign_in(cast.moderator), undo)
    assert refused.status_code == 409
    assert "Something has been written there since." in refused.text


def test_who_splits_and_merges(app: Flask, cast: Cast, program: ProgramOf) -> None:
    with app.app_context():
        topic, other = make_topic(cast.lounge, cast.member), make_topic(cast.lounge, cast.member)
        post = make_post(topic, cast.other)
        desk = make_topic(cast.desk, cast.staff)
    split = {"post_ids": [str(post.id)], "title": "Apart", **REASON}
    for name, status in {"member": 403, "other": 403, "guest": 404, "expired": 404}.items():
        somebody = program(cast.people[name])
        assert somebody.post(f"/topics/{topic.id}/split", split).status_code == status
        assert (
            somebody.post(f"/topics/{topic.id}/merge", {"target": str(other.id), **REASON}).status_code
            == status
        )
        assert somebody.post(f"/topics/{topic.id}/move", {"category": "nook", **REASON}).status_code == status
    mo = program(cast.moderator)
    first = {**split, "post_ids": [str(topic.id)]}
    assert mo.post(f"/topics/{topic.id}/split", first).status_code == 422
    assert mo.post(f"/topics/{topic.id}/split", {**split, "title": None}).status_code == 422
    assert mo.post(f"/topics/{topic.id}/merge", {"target": str(desk.id), **REASON}).status_code == 422
    assert mo.post(f"/topics/{topic.id}/merge", {"target": str(topic.id), **REASON}).status_code == 422
    assert mo.post(f"/topics/{topic.id}/split", split).status_code == 200


def test_merged_topics_stand_by_time_and_lead_on_only_for_those_who_may_read_the_target(
    app: Flask, cast: Cast, program: ProgramOf, sign_in: SignIn
) -> None:
    with app.app_context():
        at = [NOW + timedelta(minutes=i) for i in range(6)]
        target = make_topic(cast.lounge, cast.member, "Kept", at=at[0])
        source = make_topic(cast.porch, cast.other, "Gone", at=at[1])
        late = make_post(target, cast.insider, "Late.", at=at[3])
        early = make_post(source, cast.member, "Early.", at=at[2])
        clock.freeze(at[5])
    page = f"/t/{source.id}/gone"
    guest, otto = sign_in(cast.guest), sign_in(cast.other)
    assert guest.get(page).status_code == 200
    merged = program(cast.staff).post(f"/topics/{source.id}/merge", {"target": str(target.id), **REASON})
    assert merged.json["id"] == str(target.id)
    bodies = [p["body"] for p in program(cast.other).items(f"/topics/{target.id}/posts")]
    assert bodies == ["The first post.", "The first post.", "Early.", "Late."]
    for address in (page, f"/t/{source.id}", f"/t/{source.id}/gone/1", f"/t/{source.id}/gone/2"):
        assert otto.get(address).status_code == 301
        lost = guest.get(address)
        assert lost.status_code == 404
        assert "Kept" not in lost.text
    assert program(cast.staff).get(f"/topics/{source.id}").status_code == 404
    moved = otto.get(f"/t/{target.id}/kept/2")
    assert moved.status_code == 301
    assert moved.headers["Location"].endswith(f"#post-{late.id}")
    assert otto.get(f"/t/{source.id}/gone/2").headers["Location"].endswith(f"#post-{early.id}")
    assert "Gone" not in guest.get("/c/porch").text


@pytest.mark.usefixtures("context")
def test_who_watched_a_merged_topic_watches_the_other_unless_they_chose_for_that(cast: Cast) -> None:
    source, target = make_topic(cast.lounge, cast.member), make_topic(cast.lounge, cast.member)
    chosen = [
        (cast.other, source, "watching"),
        (cast.insider, source, "watching"),
        (cast.insider, target, "muted"),
    ]
    with transaction():
        for user, topic, level in chosen:
            values = {"level": WatchLevel(level), "reason": WatchReason.CHOSEN, "changed_at": clock.now()}
            db.session.add(TopicWatch(user_id=user.id, topic_id=topic.id, **values))
    merge_topic(source, actor=cast.moderator, target_id=target.id)
    found = db.session.scalars(db.select(TopicWatch).where(TopicWatch.topic_id == target.id))
    levels = {watch.user_id: str(watch.level) for watch in found}
    assert (levels[cast.other.id], levels[cast.insider.id]) == ("watching", "muted")


@pytest.mark.usefixtures("context")
def test_drafts_follow_the_post_they_answer(cast: Cast) -> None:
    topic = make_topic(cast.lounge, cast.member)
    post = make_post(topic, cast.other)
    text = DraftText(body="Begun", fields={"reply_to": "2"})
    draft = drafting.begin_draft(f"reply:{topic.id}", author=cast.insider, client_id="tab-of-ines", text=text)
    new = split_topic(topic, actor=cast.moderator, post_ids=[post.id], with_replies=False, title="Apart")
    kept = db.session.get(Draft, draft.id, populate_existing=True)
    assert (kept.target, kept.fields["reply_to"]) == (f"reply:{new.id}", "1")


def test_an_answer_to_what_went_elsewhere_meanwhile_follows_it(
    app: Flask, cast: Cast, sign_in: SignIn, submit: Submit
) -> None:
    with app.app_context():
        topic, gone = make_topic(cast.lounge, cast.member), make_topic(cast.lounge, cast.member)
        post = make_post(topic, cast.other)
        new = split_topic(topic, actor=cast.moderator, post_ids=[post.id], with_replies=False, title="Apart")
        into = merge_topic(gone, actor=cast.moderator, target_id=topic.id)
        new_id, into_id = new.id, into.id
    ines = sign_in(cast.insider)
    answered = submit(ines, f"/t/{topic.id}/reply", body="To the post.", reply_to="2")
    assert answered.status_code == 303
    assert submit(ines, f"/t/{gone.id}/reply", body="To the merged.").status_code == 303
    with app.app_context():
        where = {post.body: post.topic_id for post in db.session.scalars(db.select(Post))}
        assert where["To the post."] == new_id
        assert where["To the merged."] == into_id


def test_several_posts_are_hidden_in_one_go_and_logged_one_by_one(
    app: Flask, cast: Cast, sign_in: SignIn, submit: Submit
) -> None:
    with app.app_context():
        topic = make_topic(cast.lounge, cast.member)
        posts = [make_post(topic, cast.other, f"Spam {i}") for i in range(3)]
    mo = sign_in(cast.moderator)
    fields = {"posts": [str(p.id) for p in posts[:2]], "act": "hide"}
    look = submit(mo, f"/t/{topic.id}/choose", **fields, step="look").text
    assert ("2 posts are concerned." in look, "Can no longer read it" in look) == (True, False)
    assert submit(mo, f"/t/{topic.id}/choose", **fields, reason="Spam.").status_code == 303
    page = sign_in(cast.other).get("/moderation/log").status_code
    assert page == 403
    text = sign_in(cast.member).get(f"/t/{topic.id}/x", follow_redirects=True).text
    assert "Spam 2" in text
    assert "Spam 0" not in text
    with app.app_context():
        entries = db.session.scalars(db.select(AuditEntry).where(AuditEntry.action == "post:hidden"))
        assert {entry.subject_id for entry in entries} == {post.id for post in posts[:2]}


def test_a_link_in_a_thread_to_a_topic_one_may_not_read_is_not_shown(
    app: Flask, cast: Cast, sign_in: SignIn
) -> None:
    with app.app_context():
        topic = make_topic(cast.welcome, cast.member, "Open to all")
        post = make_post(topic, cast.other)
        split_topic(
            topic,
            actor=cast.staff,
            post_ids=[post.id],
            with_replies=False,
            title="Behind the desk",
            place_id=cast.desk.place_id,
        )
    address = f"/t/{topic.id}/open-to-all"
    for browser in (sign_in(cast.member), app.test_client(), app.test_client()):
        text = browser.get(address).text
        assert "moved 1 post to another topic" in text
        assert "Behind the desk" not in text
    assert "Behind the desk" in sign_in(cast.staff).get(address).text
    assert sign_in(cast.member).get(f"{address}/2").status_code == 404


def test_nothing_leaves_a_hidden_topic_for_one_that_everybody_sees(
    app: Flask, cast: Cast, sign_in: SignIn, submit: Submit, program: ProgramOf
) -> None:
    with app.app_context():
        hidden, other = make_topic(cast.lounge, cast.member), make_topic(cast.lounge, cast.member)
        post = make_post(hidden, cast.other)
        merge_topic(other, actor=cast.moderator, target_id=hidden.id, reason="One matter.")
        undo = f"/moderation/log/{last_entry().id}/undo"
    mo = sign_in(cast.moderator)
    submit(mo, f"/t/{hidden.id}/hide", **REASON)
    assert f"/t/{hidden.id}/choose" not in mo.get(f"/t/{hidden.id}", follow_redirects=True).text
    for wanted in ({"act": "split", "title": "Out"}, {"act": "join", "target": f"/t/{other.id}"}):
        assert submit(mo, f"/t/{hidden.id}/choose", posts=str(post.id), **wanted, **REASON).status_code == 403
    refused = program(cast.moderator).post(
        f"/topics/{hidden.id}/split", {"post_ids": [str(post.id)], "title": "Out", **REASON}
    )
    assert refused.status_code == 403
    refused = submit(mo, undo)
    assert refused.status_code == 403
    assert "Restore it first." in refused.text


def test_what_people_chose_for_a_topic_holds_for_what_is_split_off(app: Flask, cast: Cast) -> None:
    with app.app_context():
        topic = make_topic(cast.lounge, cast.member)
        post = make_post(topic, cast.other)
        watching.choose_topic_level(cast.grace, topic.id, WatchLevel.MUTED)
        watching.choose_topic_level(cast.insider, topic.id, WatchLevel.WATCHING)
        watching.raise_by_reading(cast.expired, topic.id)
        watching.stop_mail(cast.insider, topic.id)
        new = split_topic(
            topic,
            actor=cast.moderator,
            post_ids=[post.id],
            with_replies=True,
            title="Split off",
            reason="So.",
        )
        levels = db.session.scalars(db.select(TopicWatch).where(TopicWatch.topic_id == new.id))
        assert {(w.user_id, w.level, w.reason) for w in levels} == {
            (cast.grace.id, WatchLevel.MUTED, WatchReason.CHOSEN),
            (cast.insider.id, WatchLevel.WATCHING, WatchReason.CHOSEN),
            (cast.other.id, WatchLevel.TRACKING, WatchReason.POSTED),
        }
        assert db.session.get(MailStop, (cast.insider.id, new.id))


def test_whoever_can_no_longer_read_what_they_wrote_hears_that_much(
    app: Flask, cast: Cast, sign_in: SignIn
) -> None:
    words = "moved something you wrote to where you cannot read it"
    with app.app_context():
        topic = make_topic(cast.welcome, cast.member, "Rotas")
        post = make_post(topic, cast.guest, "And the key?")
        make_post(topic, cast.other, parent=post)
        behind = make_topic(cast.desk, cast.staff, "Behind the desk")
        move_posts(
            topic,
            actor=cast.staff,
            post_ids=[post.id],
            with_replies=False,
            target_id=behind.id,
            reason="Keys.",
        )
        clock.freeze(NOW + timedelta(hours=1))
        outbox.sweep()
    page = sign_in(cast.guest).get("/notifications").text
    assert words in page
    assert "Behind the desk" not in page
    assert words not in sign_in(cast.member).get("/notifications").text
    with app.app_context():
        move_topic(topic, actor=cast.staff, place_id=cast.lounge.place_id, reason="For us.")
        move_topic(topic, actor=cast.staff, place_id=cast.desk.place_id, reason="For us alone.")
        clock.freeze(NOW + timedelta(hours=2))
        outbox.sweep()
    page = sign_in(cast.member).get("/notifications").text
    assert words in page
    assert "For us alone." not in page


def _tags(topic_id: int) -> list[str]:
    return [tag.name for tag in tags_of(db.session.get_one(Topic, topic_id, populate_existing=True))]


def test_a_place_that_needs_a_tag_asks_for_it_of_what_is_brought_there(
    app: Flask, cast: Cast, sign_in: SignIn, submit: Submit, program: ProgramOf
) -> None:
    with app.app_context():
        kind = tag_groups.keep_group(
            None, name="Kind", only_one=True, place_ids=[cast.nook.place_id], actor=cast.staff
        )
        for name, group_id in (("Case", kind.id), ("Question", kind.id), ("Pain", None)):
            tagging.create_tag(tagging.TagPlan(name, group_id=group_id), actor=None)
        topic = make_topic(cast.lounge, cast.member, "Rotas")
        tagging.set_tags(topic, ["Pain"], actor=cast.member)
        post, other = make_post(topic, cast.other), make_post(topic, cast.other)
    staff, needed = sign_in(cast.staff), "topic needs one of Kind (Case, Question)."
    where = f"/t/{topic.id}/move"
    assert 'value="Pain"' in staff.get(where).text
    assert (
        "One of Kind (Case, Question) is needed."
        in submit(staff, where, category="nook", tags="Pain", step="look").text
    )
    for tags in ({}, {"tags": ""}, {"tags": "Pain"}):
        refused = submit(staff, where, category="nook", **tags, **REASON)
        assert refused.status_code == 422
        assert needed in refused.text
    several = {"topics": str(topic.id), "act": "move", "category": "nook"}
    assert needed in submit(staff, "/c/lounge/choose", **several, step="look").text
    choose = {"posts": str(post.id), "act": "split", "title": "Apart", "category": "nook"}
    assert 'value="Pain"' in staff.get(f"/t/{topic.id}/choose").text
    refused = submit(staff, f"/t/{topic.id}/choose", **choose, tags="Pain", **REASON)
    assert refused.status_code == 422
    assert needed in refused.text
    went = submit(staff, f"/t/{topic.id}/choose", **choose, tags="case, Pain", **REASON)
    assert went.status_code == 303
    calls = program(cast.staff)
    body = {"post_ids": [str(other.id)], "title": "Too", "category": "nook", **REASON}
    assert needed in calls.post(f"/topics/{topic.id}/split", body).text
    made = calls.post(f"/topics/{topic.id}/split", {**body, "tags": ["Question"]})
    assert [tag["name"] for tag in made.json["tags"]] == ["Question"]
    refused = calls.post(f"/topics/{topic.id}/move", {"category": "nook", **REASON})
    assert refused.status_code == 422
    with app.app_context():
        assert (_tags(topic.id), _tags(int(went.location.split("/")[2]))) == (["Pain"], ["Case", "Pain"])
    assert submit(staff, where, category="nook", tags="question", **REASON).status_code == 303
    with app.app_context():
        assert _tags(topic.id) == ["Question"]
        undo_act(last_entry(), actor=cast.staff)
        assert _tags(topic.id) == ["Pain"]
        assert counted() == stored()


def test_a_merged_topic_hands_on_the_tags_that_go_with_those_of_the_other(
    app: Flask, cast: Cast, sign_in: SignIn, submit: Submit
) -> None:
    with app.app_context():
        kind = tag_groups.keep_group(None, name="Kind", only_one=True, place_ids=[], actor=cast.staff)
        for name in ("Case", "Question"):
            tagging.create_tag(tagging.TagPlan(name, group_id=kind.id), actor=None)
        for name in "ABCDE":
            tagging.create_tag(tagging.TagPlan(f"Word {name}"), actor=None)
        target, source = (
            make_topic(cast.lounge, cast.member, "Kept"),
            make_topic(cast.nook, cast.other, "Gone"),
        )
        tagging.set_tags(target, ["Case", "Word A", "Word B"], actor=cast.member)
        tagging.set_tags(source, ["Word A", "Question", "Word C", "Word D", "Word E"], actor=cast.other)
    staff, into = sign_in(cast.staff), {"target": f"/t/{target.id}"}
    look = submit(staff, f"/t/{source.id}/merge", **into, step="look").text
    assert "<li><bdi>Question</bdi>: Only one of Kind goes with a topic.</li>" in look
    assert "<li><bdi>Word E</bdi>: At most 5 tags for one topic.</li>" in look
    assert "Word C</li>" in look
    assert "Word A" not in look
    assert submit(staff, f"/t/{source.id}/merge", **into, **REASON).status_code == 303
    with app.app_context():
        assert _tags(target.id) == ["Case", "Word A", "Word B", "Word C", "Word D"]
        assert counted() == stored()
        undo_act(last_entry(), actor=cast.staff)
        assert _tags(target.id) == ["Case", "Word A", "Word B"]
        assert _tags(source.id) == ["Word A", "Question", "Word C", "Word D", "Word E"]
        assert counted() == stored()


@pytest.mark.parametrize("act", ["split", "join", "merge"])
@pytest.mark.usefixtures("context")
def test_what_an_act_took_along_is_as_before_once_it_is_undone(cast: Cast, act: str) -> None:
    """The accepted answer, who follows what, views; and those who wrote it hear that it is back."""
    place = make_category(f"questions-{act}", read="members", for_questions=True)
    topic, other = make_topic(place, cast.member, "Asked"), make_topic(place, cast.grace, "Other")
    with transaction():
        for one, views in ((topic, 5), (other, 7)):
            db.session.get_one(Topic, one.id).view_count = views
    post = make_post(topic, cast.other)
    by_choice = make_post(topic, cast.insider)
    answering.accept_answer(topic, post_id=post.id, actor=cast.member)
    with transaction():
        db.session.add(NotificationPreferences(user_id=cast.other.id, posting=WatchLevel.WATCHING))
    watching.choose_topic_level(cast.insider, other.id, WatchLevel.MUTED)
    watching.choose_topic_level(cast.confidant, topic.id, WatchLevel.WATCHING)
    watching.raise_by_reading(cast.other, other.id)
    watching.stop_mail(cast.confidant, topic.id)

    def state() -> tuple[Any, ...]:
        db.session.expire_all()
        now = [db.session.get_one(Topic, one.id) for one in (topic, other)]
        watches = db.session.scalars(
            db.select(TopicWatch).where(TopicWatch.topic_id.in_([topic.id, other.id]))
        )
        stops = db.session.scalars(db.select(MailStop).where(MailStop.topic_id.in_([topic.id, other.id])))
        return (
            [(t.answer_id, t.answered_at, t.answered_by_id, t.view_count) for t in now],
            {(w.user_id, w.topic_id, w.level, w.reason, w.changed_at) for w in watches},
            {(s.user_id, s.topic_id) for s in stops},
        )

    before = state()
    clock.freeze(NOW + timedelta(minutes=5))
    some = {"actor": cast.staff, "post_ids": [post.id, by_choice.id], "with_replies": False}
    if act == "split":
        split_topic(topic, title="Apart", **some)
    elif act == "join":
        move_posts(topic, target_id=other.id, **some)
    else:
        merge_topic(topic, actor=cast.staff, target_id=other.id)
    entry = last_entry()
    assert db.session.get_one(Topic, topic.id, populate_existing=True).answer_id is None
    if act != "split":
        found = db.session.scalars(db.select(TopicWatch).where(TopicWatch.topic_id == other.id))
        levels = {watch.user_id: (str(watch.level), str(watch.reason)) for watch in found}
        assert levels[cast.other.id] == ("watching", "posted")
        assert levels[cast.insider.id] == ("muted", "chosen")
        assert (levels.get(cast.confidant.id) is not None) is (act == "merge")
        assert db.session.get_one(Topic, other.id).view_count == (12 if act == "merge" else 7)
    undo_act(entry, actor=cast.staff, reason="Wrong.")
    assert state() == before
    outbox.sweep()
    told = db.session.scalars(db.select(Notification).where(Notification.kind == "moderated"))
    back = {(n.user_id, n.topic_id) for n in told if n.detail["act"] == "put_back"}
    assert back >= {(cast.other.id, topic.id), (cast.insider.id, topic.id)}
    assert ((cast.member.id, topic.id) in back) is (act == "merge")


@pytest.mark.usefixtures("context")
def test_what_somebody_chose_since_stays_when_an_act_is_undone(cast: Cast) -> None:
    place = make_category("questions", read="members", for_questions=True)
    topic, target = make_topic(place, cast.member), make_topic(place, cast.grace)
    post, better = make_post(topic, cast.other), make_post(topic, cast.insider)
    answering.accept_answer(topic, post_id=post.id, actor=cast.member)
    move_posts(topic, actor=cast.staff, post_ids=[post.id], with_replies=False, target_id=target.id)
    entry = last_entry()
    clock.freeze(NOW + timedelta(minutes=5))
    answering.accept_answer(topic, post_id=better.id, actor=cast.member)
    watching.choose_topic_level(cast.other, target.id, WatchLevel.WATCHING)
    undo_act(entry, actor=cast.staff)
    assert db.session.get_one(Topic, topic.id, populate_existing=True).answer_id == better.id
    kept = db.session.get_one(TopicWatch, (cast.other.id, target.id), populate_existing=True)
    assert (kept.level, kept.reason) == (WatchLevel.WATCHING, WatchReason.CHOSEN)


def test_counts_are_taken_in_one_order_whatever_is_moved(context: None, cast: Cast) -> None:
    """Two who merge topics of other places, with the same people in them, never wait for each other in a circle."""
    source, target = make_topic(cast.lounge, cast.member), make_topic(cast.nook, cast.grace)
    for topic, author in (
        (source, cast.other),
        (source, cast.moderator),
        (target, cast.member),
        (target, cast.moderator),
    ):
        make_post(topic, author)
    sent: list[list[tuple[str, int, int]]] = []
    names = ("subject_kind", "subject_id", "audience_id")

    def note(_connection: Any, statement: Any, many: Any, one: Any, _options: Any) -> None:
        if getattr(statement, "is_insert", False) and statement.table.name == "audience_counts":
            sent.append([tuple(row[name] for name in names) for row in many or [one]])

    sa.event.listen(db.engine, "before_execute", note)
    try:
        merge_topic(source, actor=cast.moderator, target_id=target.id, reason="Twice the same.")
    finally:
        sa.event.remove(db.engine, "before_execute", note)
    order = [(counting._ORDER.index(kind), subject, under) for kind, subject, under in sent[0]]
    assert len(sent) == 1, sent
    assert len(order) > 6
    assert order == sorted(order)


def test_it_is_said_beforehand_that_the_accepted_answer_goes(
    app: Flask, cast: Cast, sign_in: SignIn, submit: Submit
) -> None:
    with app.app_context():
        place = make_category("questions", read="members", for_questions=True)
        topic, target = make_topic(place, cast.member), make_topic(place, cast.grace)
        post, other = make_post(topic, cast.other), make_post(topic, cast.insider)
        answering.accept_answer(topic, post_id=post.id, actor=cast.member)
    staff, words = sign_in(cast.staff), "The accepted answer is among them."
    look = {"step": "look", "target": f"/t/{target.id}"}
    assert words in submit(staff, f"/t/{topic.id}/merge", **look).text
    assert words not in submit(staff, f"/t/{target.id}/merge", **look | {"target": f"/t/{topic.id}"}).text
    where = f"/t/{topic.id}/choose"
    assert words in submit(staff, where, act="join", posts=[post.id], **look).text
    assert words not in submit(staff, where, act="join", posts=[other.id], **look).text


def test_a_title_that_ends_in_a_mark_gets_no_second_one(
    app: Flask, cast: Cast, sign_in: SignIn, submit: Submit
) -> None:
    with app.app_context():
        topic, target = make_topic(cast.lounge, cast.member), make_topic(cast.lounge, cast.member, "Why?")
    look = submit(sign_in(cast.staff), f"/t/{topic.id}/merge", target=f"/t/{target.id}", step="look").text
    assert re.search(r"1 post goes into this topic: <a [^>]*>Why\?</a></p>", look)


def test_programs_ask_first_what_it_comes_to(
    app: Flask, cast: Cast, sign_in: SignIn, submit: Submit, program: ProgramOf
) -> None:
    """The same as the pages say, and nothing is done."""
    with app.app_context():
        kind = tag_groups.keep_group(
            None, name="Kind", only_one=True, place_ids=[cast.nook.place_id], actor=cast.staff
        )
        for name in ("Case", "Question"):
            tagging.create_tag(tagging.TagPlan(name, group_id=kind.id), actor=None)
        place = make_category("questions", read="public", reply="guests", for_questions=True)
        topic, target = make_topic(place, cast.member, "Asked"), make_topic(cast.lounge, cast.other, "Kept")
        post, other = make_post(topic, cast.guest), make_post(topic, cast.other)
        make_post(topic, cast.other, parent=post)
        answering.accept_answer(topic, post_id=post.id, actor=cast.member)
        tagging.set_tags(topic, ["Case"], actor=cast.member)
        tagging.set_tags(target, ["Question"], actor=cast.other)
        apart = make_topic(cast.desk, cast.staff)
        before = db.session.get_one(Topic, topic.id).version
    staff, member, at = program(cast.staff), program(cast.member), f"/topics/{topic.id}"
    answers = {
        "move": staff.post(f"{at}/move/effect", {"category": "nook", "tags": []}).json,
        "tagged": staff.post(f"{at}/move/effect", {"category": "nook"}).json,
        "split": staff.post(
            f"{at}/split/effect",
            {"post_ids": [str(post.id)], "with_replies": True, "category": "nook", "tags": ["Case"]},
        ).json,
        "here": staff.post(f"{at}/split/effect", {"post_ids": [str(other.id)], "title": "Apart"}).json,
        "join": staff.post(f"{at}/split/effect", {"post_ids": [str(post.id)], "target": str(target.id)}).json,
        "merge": staff.post(f"{at}/merge/effect", {"target": str(target.id), **REASON}).json,
    }
    told = {
        name: (a["post_count"], a["takes_answer"], [one["group"] for one in a["tags_needed"]])
        for name, a in answers.items()
    }
    assert told == {
        "move": (4, False, ["Kind"]),
        "tagged": (4, False, []),
        "split": (2, True, []),
        "here": (1, False, []),
        "join": (1, True, []),
        "merge": (4, True, []),
    }
    assert answers["move"]["tags_needed"][0]["tags"] == ["Case", "Question"]
    assert answers["merge"]["tags_dropped"] == [
        {"name": "Case", "why": "Only one of Kind goes with a topic."}
    ]
    assert (answers["here"]["gains"], answers["here"]["loses"]) == ([], [])
    for name in ("move", "split", "join", "merge"):
        assert answers[name]["writers_lose"] == ["Gaspard Guest"], name
    pages = {
        "move": submit(sign_in(cast.staff), f"/t/{topic.id}/move", category="nook", step="look").text,
        "merge": submit(
            sign_in(cast.staff), f"/t/{topic.id}/merge", target=f"/t/{target.id}", step="look"
        ).text,
    }
    for name, page in pages.items():
        for words in (*answers[name]["loses"], answers[name]["sentence"]):
            assert words in page, (name, words)
    for act, body in (
        ("move", {"category": "nook"}),
        ("split", {"post_ids": [str(post.id)]}),
        ("merge", {"target": str(target.id)}),
    ):
        assert member.post(f"{at}/{act}/effect", body).status_code == 403
        closed = f"/topics/{apart.id}/{act}/effect"
        never = f"/topics/123456/{act}/effect"
        assert member.post(closed, body).data == member.post(never, body).data
    moderator = program(cast.moderator)
    for target_id in (apart.id, 123456, topic.id):
        refused = program(cast.site_moderator) if target_id == topic.id else moderator
        with_target = {"target": str(target_id)}
        kept = f"/topics/{target.id}/merge/effect" if target_id != topic.id else f"{at}/merge/effect"
        assert refused.post(kept, with_target).status_code == 422
    with app.app_context():
        assert db.session.get_one(Topic, topic.id).version == before
