"""Whoever took part in a poll hears once that it has closed, also where only its time has passed."""

from collections.abc import Callable
from datetime import timedelta

from flask import Flask

from forum.accounts.models import Ignore, User
from forum.core import clock
from forum.core.db import db
from forum.core.transactions import transaction
from forum.discussions.actions import audiences, concealing, polling
from forum.discussions.actions.polling import PollPlan, announce_closed_polls
from forum.discussions.actions.writing import reply
from forum.discussions.models import Post, Topic
from forum.discussions.models.polls import Poll
from forum.jobs import outbox
from forum.notifications.actions import mailing
from forum.notifications.actions.preferring import set_preferences
from forum.notifications.actions.watching import choose_topic_level
from forum.notifications.models import NotificationKind, WatchLevel
from forum.notifications.queries.preferences import THE_USUAL
from tests.cast import Cast
from tests.conftest import NOW, SignIn
from tests.factories import choice, make_topic, make_user, settled, written
from tests.mailbox import Mailbox, text_of
from tests.notifications.conftest import Heard

SOON = NOW + timedelta(hours=1)


def poll_in(topic: Topic, author: User, voters: list[User], **how: object) -> Post:
    plan = PollPlan("Which?", ("A", "B"), **how)  # type: ignore[arg-type]
    post = settled(reply(topic, author=author, written=written("Say."), poll=plan))
    for voter in voters:
        polling.vote(post, [0], voter=voter)
    return post


def polls_of(heard: Callable[[User], list[tuple[str, str]]], user: User) -> int:
    return sum(kind == "poll" for kind, _title in heard(user))


def test_when_its_time_passes_those_who_took_part_hear_of_it_once(
    app: Flask, cast: Cast, heard: Heard, sign_in: SignIn
) -> None:
    with app.app_context():
        topic = make_topic(cast.lounge, cast.member, "The meeting")
        deaf, muted, idle = make_user("dora"), make_user("quiet"), make_user("idle")
        poll_in(topic, cast.member, [cast.member, cast.other, deaf, muted], closes_at=SOON)
        choose_topic_level(muted, topic.id, WatchLevel.MUTED)
        with transaction():
            db.session.add(Ignore(user_id=deaf.id, ignored_id=cast.member.id, created_at=NOW))
        assert announce_closed_polls() == 0
        clock.freeze(SOON)
        assert announce_closed_polls() == 1
        assert announce_closed_polls() == 0
        outbox.sweep()
    people = (cast.member, cast.other, deaf, muted, idle)
    assert [polls_of(heard, who) for who in people] == [1, 1, 0, 0, 0]
    assert (
        "Your poll in “\u2068The meeting\u2069” has closed" in sign_in(cast.member).get("/notifications").text
    )
    assert "A poll in which you voted has closed, in “" in sign_in(cast.other).get("/notifications").text


def test_whoever_closes_it_is_not_told_and_its_author_hears_of_the_moderator(
    app: Flask, cast: Cast, heard: Heard
) -> None:
    with app.app_context():
        topic = make_topic(cast.lounge, cast.member, "The meeting")
        for closer in (cast.member, cast.moderator):
            voters = [cast.member, cast.other, cast.moderator]
            polling.close_poll(poll_in(topic, cast.member, voters), actor=closer, reason="Enough.")
        announce_closed_polls()
    assert [kind for kind, _title in heard(cast.member)] == ["moderated"]
    assert (polls_of(heard, cast.other), polls_of(heard, cast.moderator)) == (2, 1)


def test_what_is_hidden_is_told_once_it_is_seen_again_and_to_its_readers_alone(
    app: Flask, cast: Cast, heard: Heard
) -> None:
    with app.app_context():
        topic = make_topic(cast.lounge, cast.member, "The meeting", audience=choice("guests", opened=True))
        post = poll_in(topic, cast.member, [cast.guest, cast.other], closes_at=SOON)
        concealing.hide_post(post, actor=cast.moderator, reason="Wait.")
        clock.freeze(SOON)
        assert announce_closed_polls() == 0
        assert polls_of(heard, cast.other) == 0
        concealing.restore_post(post, actor=cast.moderator)
        audiences.set_audience(topic, choice=choice("members"), actor=cast.moderator)
        assert announce_closed_polls() == 1
        assert db.session.get_one(Poll, post.id).told_at == SOON
    assert (polls_of(heard, cast.other), polls_of(heard, cast.guest)) == (1, 0)


def test_it_comes_by_mail_where_one_wants_it_so(app: Flask, cast: Cast, mailbox: Mailbox) -> None:
    with app.app_context():
        topic = make_topic(cast.lounge, cast.member, "The meeting")
        poll_in(topic, cast.member, [cast.other, cast.grace], closes_at=SOON)
        kinds = {NotificationKind.POLL: frozenset({"mail"})}
        set_preferences(
            cast.other, posting=THE_USUAL.posting, reading=THE_USUAL.reading, mail=True, channels=kinds
        )
        clock.freeze(SOON)
        announce_closed_polls()
        outbox.sweep()
        clock.freeze(SOON + timedelta(hours=1))
        mailing.hand_over_due()
    assert [letter["Subject"] for letter in mailbox.to(cast.grace.email)] == []
    letter = mailbox.to(cast.other.email)[-1]
    text = text_of(letter)
    assert "A poll in which you voted has closed" in text
    assert "because you took part in a poll" in text
