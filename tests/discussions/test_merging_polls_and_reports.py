"""Topics with polls and with reports that wait: both go with their posts wherever these are brought, and come back with them."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from forum.accounts.models import User
from forum.audit.models import AuditEntry
from forum.core import clock
from forum.core.db import db
from forum.discussions.actions import polling
from forum.discussions.actions.moving import move_topic
from forum.discussions.actions.polling import PollPlan
from forum.discussions.actions.splitting import merge_topic, split_topic
from forum.discussions.actions.undoing import undo_act
from forum.discussions.actions.writing import start_topic
from forum.discussions.models import Post, Topic
from forum.discussions.models.polls import Poll, PollBallot, PollResults
from forum.jobs import outbox
from forum.moderation.actions import flag_post
from forum.moderation.kinds import FlagReason
from forum.notifications.models import Notification
from tests.api.conftest import ProgramOf
from tests.cast import Cast
from tests.conftest import NOW
from tests.factories import make_post, make_topic, settled, written

SignIn = Callable[[User], FlaskClient]
Submit = Callable[..., Any]


def with_poll(place: Any, author: User, question: str, **how: Any) -> Post:
    plan = PollPlan(question, ("Yes", "No"), **how)
    topic = start_topic(place.place, author=author, title=question, written=written("Well?"), poll=plan)
    return settled(db.session.scalars(db.select(Post).where(Post.topic_id == topic.id)).one())


def last_entry() -> AuditEntry:
    return db.session.scalars(db.select(AuditEntry).order_by(AuditEntry.position.desc())).first()


def test_polls_of_merged_topics_keep_their_votes_and_their_secret(
    app: Flask, cast: Cast, sign_in: SignIn, submit: Submit, program: ProgramOf
) -> None:
    """Both stand in the one topic, each in its post; whoever can no longer read it votes no more and sees nothing."""
    with app.app_context():
        kept = with_poll(cast.lounge, cast.member, "Rooms?", is_open=True, is_final=True)
        secret = with_poll(cast.porch, cast.other, "Dues?", results=PollResults.CLOSED)
        polling.vote(kept, [0], voter=cast.grace)
        for voter, option in ((cast.guest, 0), (cast.insider, 1), (cast.grace, 1)):
            polling.vote(secret, [option], voter=voter)

    def votes() -> list[Any]:
        db.session.expire_all()
        polls = db.session.scalars(db.select(Poll).order_by(Poll.post_id))
        ballots = db.session.execute(db.select(PollBallot.post_id, PollBallot.user_id, PollBallot.vote))
        return [*((p.post_id, p.tally, p.ballot_count) for p in polls), sorted(map(tuple, ballots))]

    with app.app_context():
        before = votes()
        merge_topic(db.session.get_one(Topic, secret.topic_id), actor=cast.staff, target_id=kept.topic_id)
        assert votes() == before
    page = sign_in(cast.insider).get(f"/t/{kept.topic_id}", follow_redirects=True).text
    assert "Rooms?" in page
    assert "Dues?" in page
    ines = program(cast.insider)
    told = ines.get(f"/posts/{secret.id}/poll").json
    assert (told["mine"], [option["votes"] for option in told["options"]]) == ([1], [None, None])
    for who in (cast.staff, cast.other, cast.insider):
        assert program(who).get(f"/posts/{secret.id}/poll/ballots").json["items"] == []
    assert program(cast.guest).get(f"/posts/{secret.id}/poll").status_code == 404
    assert submit(sign_in(cast.guest), f"/posts/{secret.id}/poll", choices="1").status_code == 404
    assert submit(sign_in(cast.insider), f"/posts/{secret.id}/poll", choices="0").status_code == 303
    assert (
        submit(sign_in(cast.grace), f"/posts/{kept.id}/poll", choices="1").status_code == 403
    )  # a vote is final
    assert submit(sign_in(cast.moderator), f"/posts/{secret.id}/poll/close", reason="So.").status_code == 303
    with app.app_context():
        after = votes()
        undo_act(last_merge(), actor=cast.staff)
        assert votes() == after
    assert "Dues?" not in sign_in(cast.insider).get(f"/t/{kept.topic_id}", follow_redirects=True).text
    told = program(cast.guest).get(f"/posts/{secret.id}/poll").json
    assert (told["mine"], [option["votes"] for option in told["options"]]) == ([0], [2, 1])


def last_merge() -> AuditEntry:
    found = db.select(AuditEntry).where(AuditEntry.action == "topic:merged")
    return db.session.scalars(found.order_by(AuditEntry.position.desc())).first()


def test_reports_wait_where_their_post_stands_and_are_told_there(
    app: Flask, cast: Cast, sign_in: SignIn, submit: Submit
) -> None:
    with app.app_context():
        target, source = (
            make_topic(cast.lounge, cast.member, "Kept"),
            make_topic(cast.porch, cast.grace, "Gone"),
        )
        rude, other = (
            make_post(source, cast.other, "You fools."),
            make_post(source, cast.other, "You cheats."),
        )
        here = make_post(target, cast.other, "You liars.")
        for post in (rude, other, here):
            flag_post(post, actor=cast.member, reason=FlagReason.RUDE)
        outbox.sweep()
    mo, site = sign_in(cast.moderator), sign_in(cast.site_moderator)

    def queue(browser: FlaskClient) -> set[str]:
        page = browser.get("/moderation").text
        return {words for words in ("fools", "cheats", "liars") if words in page}

    def told(person: User) -> set[int]:
        outbox.sweep()
        outbox.sweep()  # what the first one gave rise to
        found = db.select(Notification.post_id).where(
            Notification.user_id == person.id, Notification.kind == "flagged"
        )
        return set(db.session.scalars(found))

    with app.app_context():
        assert told(cast.moderator) == {here.id}
        assert told(cast.site_moderator) == {rude.id, other.id}
    assert (queue(mo), queue(site)) == ({"liars"}, {"fools", "cheats", "liars"})
    with app.app_context():
        clock.freeze(NOW + timedelta(minutes=1))
        merge_topic(source, actor=cast.staff, target_id=target.id)
        assert told(cast.moderator) == {here.id, rude.id, other.id}
        count = db.session.query(Notification).count()
        assert told(cast.moderator) == {here.id, rude.id, other.id}
        assert db.session.query(Notification).count() == count
    assert queue(mo) == {"fools", "cheats", "liars"}
    with app.app_context():
        undo_act(last_entry(), actor=cast.staff)
        outbox.sweep()
    assert (queue(mo), queue(site)) == ({"liars"}, {"fools", "cheats", "liars"})
    with app.app_context():
        apart = split_topic(
            source,
            actor=cast.staff,
            post_ids=[other.id],
            with_replies=False,
            title="Apart",
            place_id=cast.lounge.place_id,
        )
        move_topic(target, actor=cast.staff, place_id=cast.desk.place_id)
        assert apart.id
    assert queue(mo) == {"cheats"}
    assert queue(site) == {"fools", "cheats", "liars"}
    assert "You fools." not in mo.get("/flags").text
