"""Pinning, archiving, slowing down, and taking back what was done."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from forum.access.viewer import viewer_of
from forum.audit.models import AuditEntry
from forum.core import clock
from forum.core.db import db
from forum.discussions.actions import curating, tagging, writing
from forum.discussions.models import Post, Topic
from forum.discussions.queries.topics import topics_of
from forum.discussions.writing import prepare
from forum.jobs import outbox
from forum.notifications.models import Notification
from tests.cast import Cast
from tests.conftest import NOW, SignIn
from tests.factories import choice, make_post, make_topic

Submit = Any


def last_entry() -> AuditEntry:
    return db.session.scalars(db.select(AuditEntry).order_by(AuditEntry.position.desc())).first()


def test_a_pinned_topic_stands_on_top_of_its_place_until_its_day_is_over(
    app: Flask, cast: Cast, sign_in: SignIn, submit: Submit
) -> None:
    with app.app_context():
        old = make_topic(cast.lounge, cast.member, "Read this first", at=NOW - timedelta(days=9))
        new = make_topic(cast.lounge, cast.other, "Something newer")
    mo, mina = sign_in(cast.moderator), sign_in(cast.member)
    assert submit(mina, f"/t/{old.id}/pin", reason="Mine.").status_code == 403
    tomorrow = (NOW + timedelta(days=1)).date().isoformat()
    answer = submit(mo, f"/t/{old.id}/pin", until=tomorrow, reason="Everybody asks.")
    assert answer.status_code == 303
    page = mina.get("/c/lounge").text
    assert page.index("Read this first") < page.index("Something newer")
    assert "Everybody asks." in mina.get(f"/t/{old.id}/read-this-first").text
    with app.app_context():
        page_of = lambda: topics_of(viewer_of(cast.member), cast.lounge.place_id, pinned_first=True)  # noqa: E731
        assert [t.id for t in page_of().pinned] == [old.id]
        assert [t.id for t in page_of().items] == [new.id]
        clock.freeze(NOW + timedelta(days=3))
        assert not page_of().pinned
        assert [t.id for t in page_of().items] == [new.id, old.id]


def test_the_pages_of_a_list_with_pinned_topics_hold_every_topic_once(context: None, cast: Cast) -> None:
    topics = [make_topic(cast.lounge, cast.member, at=NOW - timedelta(hours=20 - i)) for i in range(9)]
    for topic in (topics[1], topics[6]):
        curating.pin_topic(topic, actor=cast.moderator)
    viewer, seen, after = viewer_of(cast.other), [], None
    for _step in range(9):
        page = topics_of(viewer, cast.lounge.place_id, after=after, limit=3, pinned_first=True)
        assert bool(page.pinned) is (after is None)
        seen += [topic.id for topic in [*page.pinned, *page.items]]
        after = page.after
        if after is None:
            break
    assert sorted(seen) == sorted(topic.id for topic in topics)
    assert set(seen[:2]) == {topics[1].id, topics[6].id}
    rest = [topic.id for topic in reversed(topics) if topic.id not in seen[:2]]
    assert seen[2:] == rest


def test_everywhere_is_for_those_who_look_after_the_whole_site(
    app: Flask, cast: Cast, sign_in: SignIn, submit: Submit
) -> None:
    with app.app_context():
        topic = make_topic(cast.lounge, cast.member, "Elections are open", at=NOW - timedelta(days=9))
        apart = make_topic(cast.lounge, cast.member, "For two of us", audience=choice("people"))
    mo = sign_in(cast.moderator)
    refused = submit(mo, f"/t/{topic.id}/pin", where="everywhere", reason="Big.")
    assert refused.status_code == 422
    assert "Only moderators of the whole site" in refused.text
    for one in (topic, apart):
        assert submit(sign_in(cast.staff), f"/t/{one.id}/pin", where="everywhere").status_code == 303
    assert submit(mo, f"/t/{topic.id}/unpin").status_code == 403
    home = sign_in(cast.other).get("/").text
    assert "For everybody" in home
    assert "Elections are open" in home
    assert "For two of us" not in home
    assert "Elections are open" not in sign_in(cast.guest).get("/").text


def test_an_archived_topic_is_read_alone_and_unread_for_nobody(
    app: Flask, cast: Cast, sign_in: SignIn, submit: Submit
) -> None:
    with app.app_context():
        topic = make_topic(cast.lounge, cast.member, "Minutes of 2019")
        post = make_post(topic, cast.other)
    mo, otto, ines = sign_in(cast.moderator), sign_in(cast.other), sign_in(cast.insider)
    assert "Minutes of 2019" in ines.get("/unread").text
    assert submit(mo, f"/t/{topic.id}/archive").status_code == 422
    assert submit(mo, f"/t/{topic.id}/archive", reason="Over.").status_code == 303
    assert "Minutes of 2019" not in ines.get("/unread").text
    page = ines.get(f"/t/{topic.id}/minutes-of-2019").text
    assert "Kept as an archive" in page
    assert 'id="post-' in page
    assert submit(otto, f"/t/{topic.id}/reply", body="Still?").status_code == 403
    assert submit(otto, f"/posts/{post.id}/edit", body="Else.").status_code == 403
    assert submit(mo, f"/posts/{post.id}/edit", body="Else.").status_code == 403
    assert submit(mo, f"/t/{topic.id}/unarchive").status_code == 303
    assert "Minutes of 2019" in ines.get("/unread").text
    assert submit(otto, f"/t/{topic.id}/reply", body="Again.").status_code == 303


def test_slow_mode_lets_everybody_write_once_and_says_when_again(
    app: Flask, cast: Cast, sign_in: SignIn, submit: Submit
) -> None:
    with app.app_context():
        topic = make_topic(cast.lounge, cast.member, "Heated")
    mo, otto, mina = sign_in(cast.moderator), sign_in(cast.other), sign_in(cast.member)
    assert submit(mo, f"/t/{topic.id}/slow", seconds="300", reason="Calm down.").status_code == 303
    assert "one post per person every 5 minutes" in otto.get(f"/t/{topic.id}/heated").text
    assert submit(otto, f"/t/{topic.id}/reply", body="One.").status_code == 303
    clock.freeze(NOW + timedelta(minutes=2))
    refused = submit(otto, f"/t/{topic.id}/reply", body="Two.")
    assert refused.status_code == 422
    assert "You can write again in 3 minutes." in refused.text
    assert "Two." in refused.text
    for _again in range(2):
        assert submit(mo, f"/t/{topic.id}/reply", body=f"From a moderator {_again}.").status_code == 303
    clock.freeze(NOW + timedelta(minutes=5))
    assert submit(otto, f"/t/{topic.id}/reply", body="Two.").status_code == 303
    assert submit(mina, f"/t/{topic.id}/reply", body="Hello.").status_code == 303


def test_what_was_done_is_taken_back_from_the_notice(
    app: Flask, cast: Cast, sign_in: SignIn, submit: Submit
) -> None:
    with app.app_context():
        topic = make_topic(cast.lounge, cast.member, "On and off")
        post = make_post(topic, cast.other, "A reply to hide.")
    mo = sign_in(cast.moderator)
    for verb, fields, is_so in (
        ("lock", {"reason": "Over."}, lambda t: t.is_locked),
        ("pin", {}, lambda t: t.pinned_at is not None),
        ("archive", {"reason": "Over."}, lambda t: t.is_archived),
        ("slow", {"seconds": "60", "reason": "Slow."}, lambda t: t.slow_seconds == 60),
        ("hide", {"reason": "No."}, lambda t: t.hidden_at is not None),
        ("delete", {"reason": "No."}, lambda t: t.deleted_at is not None),
    ):
        went = submit(mo, f"/t/{topic.id}/{verb}", **fields)
        with app.app_context():
            assert is_so(db.session.get(Topic, topic.id)), verb
            undo = f"/moderation/log/{last_entry().id}/undo"
        assert f'action="{undo}"' in mo.get(went.headers["Location"]).text, verb
        assert submit(mo, undo).status_code == 303, verb
        with app.app_context():
            assert not is_so(db.session.get(Topic, topic.id)), verb
        again = submit(mo, undo)
        assert again.status_code == 409, verb
        assert "nothing left to undo" in again.text
    submit(mo, f"/posts/{post.id}/hide", reason="No.")
    assert "A reply to hide." not in sign_in(cast.member).get(f"/t/{topic.id}/on-and-off").text
    with app.app_context():
        undo = f"/moderation/log/{last_entry().id}/undo"
    assert submit(sign_in(cast.member), undo).status_code == 403
    submit(mo, undo)
    assert "A reply to hide." in sign_in(cast.member).get(f"/t/{topic.id}/on-and-off").text


def test_an_act_on_what_one_may_not_read_cannot_be_undone(
    app: Flask, cast: Cast, sign_in: SignIn, submit: Submit
) -> None:
    with app.app_context():
        topic = make_topic(cast.desk, cast.staff)
        curating.pin_topic(topic, actor=cast.staff)
        undo = f"/moderation/log/{last_entry().id}/undo"
    mo = sign_in(cast.moderator)
    assert mo.get(undo).status_code == 404
    assert submit(mo, undo).status_code == 404
    assert sign_in(cast.site_moderator).get(undo).status_code == 200


@pytest.mark.usefixtures("context")
def test_authors_are_told_what_was_done_to_what_is_theirs(cast: Cast) -> None:
    topic, own = make_topic(cast.lounge, cast.member), make_topic(cast.lounge, cast.moderator)
    for one in (topic, own):
        curating.archive_topic(one, actor=cast.moderator, reason="Old.")
    clock.freeze(NOW + timedelta(hours=1))
    outbox.sweep()
    told = list(db.session.scalars(db.select(Notification)))
    assert [(n.user_id, n.topic_id, n.detail) for n in told] == [
        (cast.member.id, topic.id, {"act": "archived", "reason": "Old."})
    ]


def test_authors_are_told_what_a_moderator_made_of_their_words(context: None, cast: Cast) -> None:
    topic = make_topic(cast.lounge, cast.member)
    first, post = db.session.scalars(db.select(Post)).one(), make_post(topic, cast.other)
    for one in (first, post):
        edited = prepare("Said more kindly.")
        writing.edit_post(one, actor=cast.moderator, written=edited, reason="Kindly.", version=one.version)
    writing.rename_topic(topic, actor=cast.moderator, title="Said so that it is found", reason="To be found.")
    tagging.set_tags(topic, ["rotas"], actor=cast.staff, reason="To be found.")
    clock.freeze(NOW + timedelta(hours=1))
    outbox.sweep()
    told = db.session.scalars(db.select(Notification).where(Notification.kind == "moderated"))
    assert {(n.user_id, n.post_id, n.detail["act"]) for n in told} == {
        (cast.member.id, first.id, "edited"),
        (cast.other.id, post.id, "edited"),
        (cast.member.id, None, "renamed"),
        (cast.member.id, None, "tagged"),
    }
