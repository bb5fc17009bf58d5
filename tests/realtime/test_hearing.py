"""Hearing: what comes to whoever listens and may, after the commit, and to nobody else."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError

from forum.accounts.models import User
from forum.core.db import db
from forum.core.transactions import transaction
from forum.discussions.actions import concealing, locking, reacting, writing
from forum.discussions.actions.audiences import set_audience
from forum.groups.actions import remove_people
from forum.notifications.actions.notifying import notify
from forum.notifications.actions.reading import mark_read
from forum.notifications.models import NotificationKind
from forum.realtime import broadcast, room
from tests.cast import Cast
from tests.factories import choice, make_post, make_topic, written
from tests.lines import OpenLine


def me(user: User) -> User:
    return db.session.get_one(User, user.id)


def test_readers_of_a_topic_hear_of_posts_and_changes(app: Flask, cast: Cast, open_line: OpenLine) -> None:
    with app.app_context():
        topic = make_topic(cast.lounge, cast.other)
    reader, elsewhere = open_line(cast.member), open_line(cast.grace)
    reader.ask("topic:join", {"topic_id": str(topic.id)})
    with app.app_context():
        post = make_post(topic, cast.other)
        told = {"topic_id": str(topic.id), "number": 2, "id": str(post.id)}
        assert reader.heard() == [("post:new", told)]
        writing.edit_post(post, actor=me(cast.other), written=written("Another text."))
        assert reader.heard() == [("post:changed", told)]
        reacting.react(post, name="like", actor=me(cast.member))
        assert reader.heard("post:changed") == [told]
        locking.lock_topic(topic, actor=me(cast.moderator), reason="Enough.")
    assert reader.heard("topic:changed") == [{"topic_id": str(topic.id)}]
    assert elsewhere.heard("post:new") == []
    reader.ask("topic:leave", {"topic_id": str(topic.id)})
    with app.app_context():
        concealing.hide_post(post, actor=me(cast.moderator), reason="Why.")
    assert reader.heard("post:changed") == []


def test_nothing_is_heard_of_what_was_rolled_back(app: Flask, cast: Cast, open_line: OpenLine) -> None:
    with app.app_context():
        topic = make_topic(cast.lounge, cast.other)
    reader = open_line(cast.member)
    reader.ask("topic:join", {"topic_id": str(topic.id)})
    with app.app_context(), pytest.raises(ZeroDivisionError), transaction():
        make_post(topic, cast.other)
        raise ZeroDivisionError
    assert reader.heard() == []


def test_who_may_read_no_more_hears_no_more(app: Flask, cast: Cast, open_line: OpenLine) -> None:
    """By the group that is left, by the audience that is narrowed, by what is hidden: at once, and without being told."""
    with app.app_context():
        closed, open_to_all = make_topic(cast.closed, cast.insider), make_topic(cast.welcome, cast.other)
    insider, visitor, staff = open_line(cast.insider), open_line(), open_line(cast.site_moderator)
    assert insider.ask("topic:join", {"topic_id": str(closed.id)})["ok"]
    for line in (visitor, staff):
        assert line.ask("topic:join", {"topic_id": str(open_to_all.id)})["ok"]
    with app.app_context():
        remove_people(cast.closed_group, [me(cast.insider)])
        broadcast(room("topic", closed.id), "topic:changed", {"topic_id": str(closed.id)})
        set_audience(open_to_all, actor=me(cast.site_moderator), choice=choice("staff"))
    assert insider.heard() == []
    assert visitor.heard() == []
    assert staff.heard() == [("topic:changed", {"topic_id": str(open_to_all.id)})]
    assert insider.is_open


def test_the_bell_rings_in_every_tab_of_the_person_alone(app: Flask, cast: Cast, open_line: OpenLine) -> None:
    with app.app_context():
        topic = make_topic(cast.lounge, cast.other)
    tabs, other = [open_line(cast.member), open_line(cast.member)], open_line(cast.grace)
    with app.app_context():
        notify(
            [cast.member.id, cast.guest.id],
            NotificationKind.REPLY,
            key="x",
            actor_id=cast.other.id,
            topic_id=topic.id,
        )
    for tab in tabs:
        rung = tab.heard()
        assert [name for name, _payload in rung] == ["notification:new", "counts"]
        told = rung[0][1]["notification"]
        assert told["topic"]["id"] == str(topic.id)
        assert rung[1][1]["notifications"] == 1
    assert other.heard() == []
    with app.app_context():
        mark_read(me(cast.member), [int(told["id"])])
        mark_read(me(cast.member), [int(told["id"])])
    for tab in tabs:
        assert [counts["notifications"] for counts in tab.heard("counts")] == [0]


@pytest.mark.one_database
def test_what_is_sent_has_a_name_that_is_declared(app: Flask) -> None:
    with app.app_context(), pytest.raises(KeyError, match="no such broadcast"):
        broadcast(room("user", 1), "some:thing", {})
    with pytest.raises(KeyError, match="no such kind of room"):
        room("cellar", 1)


def test_what_waits_is_delivered_together_and_counts_are_counted_once(
    app: Flask,
    cast: Cast,
    open_line: OpenLine,
    count_statements: Callable[[], AbstractContextManager[list[str]]],
) -> None:
    """Twenty readers and forty broadcasts: one statement for the sign-ins, one for each room; of equal hints the last."""
    with app.app_context():
        topics = [make_topic(cast.lounge, cast.other) for _ in range(2)]
    readers = [open_line(cast.member) for _ in range(20)]
    for reader in readers:
        for topic in topics:
            assert reader.ask("topic:join", {"topic_id": str(topic.id)})["ok"]
    said = [
        {"rooms": [["topic", topic.id]], "name": "post:new", "payload": {"number": n}, "but": None}
        for n in range(20)
        for topic in topics
    ]
    counts = {"rooms": [["user", cast.member.id]], "name": "counts", "payload": {}, "but": None}
    live = app.extensions["forum_live"]
    with count_statements() as sent:
        live.deliverer._deliver([*said, counts])
    once = len(sent)
    with count_statements() as sent:
        live.deliverer._deliver([counts, *said, counts, counts])
    assert len(sent) <= once  # the first time they were loaded, too
    assert len([statement for statement in sent if "FROM sessions" in statement]) == 1
    assert (
        len([statement for statement in sent if "FROM topics" in statement]) <= 2 + 1
    )  # and one that counts
    for reader in readers:
        assert [name for name, _payload in reader.heard()] == [*["post:new"] * 40, "counts"] * 2


def test_what_could_not_be_delivered_is_told_to_be_asked_for(
    app: Flask, cast: Cast, open_line: OpenLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database goes away between a commit and its delivery: who is connected learns, when it is back, that there is more."""
    live = app.extensions["forum_live"]
    line = open_line(cast.member)

    def away(*_what: Any, **_how: Any) -> Any:
        raise OperationalError("SELECT", {}, Exception("gone"))

    with monkeypatch.context() as patch, app.app_context():
        patch.setattr("forum.realtime.delivering.standings_of", away)
        broadcast(room("user", cast.member.id), "counts", {})
    assert line.heard() == []
    assert live.deliverer.lost
    monkeypatch.setattr(live.server, "start_background_task", lambda work: work())
    live._looked_at = -100.0
    live.tick()
    assert line.heard() == [("server:resync", {})]
