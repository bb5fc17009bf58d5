"""What waits is stored together: each as if alone, in few statements; and what is told of it is what is read of it."""

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from flask import Flask
from sqlalchemy import select

from forum.access.viewer import viewer_of
from forum.accounts.actions.ignoring import ignore
from forum.accounts.models import User
from forum.core.db import db
from forum.core.errors import Conflict, Forbidden, NotFound, Unavailable
from forum.core.transactions import transaction
from forum.messaging import recent, together
from forum.messaging.actions.choosing import block
from forum.messaging.actions.sending import Sending, store
from forum.messaging.actions.starting import start_group, write_to
from forum.messaging.models import Conversation, Message
from forum.messaging.queries.messages import find_message
from forum.messaging.shapes import message_for
from forum.messaging.writing import prepare
from tests.cast import Cast
from tests.factories import make_user

Count = Callable[[], AbstractContextManager[list[str]]]


def pair(one: User, other: User) -> int:
    begun = write_to(person(other), author=person(one), written=prepare("Hi."), client_id="0")
    return begun.conversation_id


def person(user: User) -> User:
    return db.session.get_one(User, user.id)


def numbers(conversation_id: int) -> list[tuple[int, str]]:
    found = select(Message.seq, Message.body).where(Message.conversation_id == conversation_id)
    return [tuple(row) for row in db.session.execute(found.order_by(Message.seq))]


def test_each_gets_the_next_number_or_its_own_error(app: Flask, cast: Cast) -> None:
    with app.app_context():
        here, there = pair(cast.member, cast.other), pair(cast.member, cast.staff)
        many = [
            Sending(here, cast.member.id, prepare("One."), "1"),
            Sending(there, cast.staff.id, prepare("Two."), "1"),
            Sending(here, cast.staff.id, prepare("Not mine."), "2"),
            Sending(here, cast.other.id, prepare("Three."), "1"),
            Sending(here, cast.member.id, prepare("One."), "1"),
            Sending(here, cast.member.id, prepare("Otherwise."), "1"),
            Sending(here, cast.member.id, prepare("Hi."), "0"),
            Sending(1, cast.member.id, prepare("Nowhere."), "3"),
        ]
        with transaction():
            store(many)
        assert [(one.seq, type(one.error)) for one in many] == [
            (2, type(None)),
            (2, type(None)),
            (0, NotFound),
            (3, type(None)),
            (2, type(None)),
            (0, Conflict),
            (1, type(None)),
            (0, NotFound),
        ]
        assert many[4].id == many[0].id
        assert numbers(here) == [(1, "Hi."), (2, "One."), (3, "Three.")]
        assert numbers(there) == [(1, "Hi."), (2, "Two.")]
        assert db.session.get_one(Conversation, here, populate_existing=True).last_rev == 3


def test_many_take_no_more_statements_than_one(app: Flask, cast: Cast, count_statements: Count) -> None:
    with app.extensions["forum_live"].context():  # as the line has it
        people = [make_user() for _n in range(8)]
        here = [pair(cast.member, one) for one in people]
        viewers = [viewer_of(person(one)) for one in people]  # whoever is connected is known
        db.session.expunge_all()
        taken = []
        for size in (1, 8):
            many = [
                Sending(one, int(viewer.user.id), prepare("All."), f"{size}")
                for one, viewer in zip(here[:size], viewers, strict=False)
            ]
            with count_statements() as sent, transaction():
                recent.store_and_keep(many)
            assert all(one.is_new for one in many)
            taken.append(sent)
    assert len(taken[1]) <= len(taken[0]) <= 11, taken


def test_whoever_blocks_is_not_reached_and_whoever_ignores_sees_it_folded(app: Flask, cast: Cast) -> None:
    with app.app_context():
        folder, blocker = make_user("folds"), make_user("blocks")
        group = start_group(
            [person(cast.other), person(folder), person(blocker)],
            author=person(cast.member),
            name="Four",
            written=prepare("All here?"),
            client_id="g",
        ).conversation_id
        ignore(person(cast.member), reader=person(folder))
        block(person(cast.member), actor=person(blocker))
        one = Sending(group, cast.member.id, prepare("Said to all."), "1")
        with transaction():
            recent.store_and_keep([one])
        told = recent.find(one.id)
        assert told is not None
        for user, is_folded in ((cast.other, False), (folder, True), (cast.member, False)):
            viewer = viewer_of(person(user))
            seen = find_message(viewer, one.id)
            assert seen is not None
            assert told.for_viewer(viewer) == {"message": message_for(viewer, seen).model_dump(mode="json")}
            assert message_for(viewer, seen).folded is is_folded
        for user in (blocker, cast.staff):
            assert find_message(viewer_of(person(user)), one.id) is None
            assert told.for_viewer(viewer_of(person(user))) is None


@pytest.mark.parametrize(
    "body",
    [
        "Plain words.",
        "**Bold**\n\n- and\n- a list",
        "`code`",
        "a < b & c > d",
        "👍 ok",
        "| a |\n|---|\n| 1 |",
    ],
)
def test_what_is_told_is_what_is_read(app: Flask, cast: Cast, body: str) -> None:
    with app.app_context():
        here = pair(cast.member, cast.other)
        one = Sending(here, cast.member.id, prepare(body), "1")
        with transaction():
            recent.store_and_keep([one])
        viewer, told = viewer_of(person(cast.other)), recent.find(one.id)
        seen = find_message(viewer, one.id)
        assert seen is not None
        if told is None:
            assert not recent.is_the_same_for_all(one)
            return
        assert told.for_viewer(viewer) == {"message": message_for(viewer, seen).model_dump(mode="json")}


def test_what_differs_by_reader_is_read_for_each(app: Flask, cast: Cast) -> None:
    with app.app_context():
        here = pair(cast.member, cast.other)
        for body in (f"@{cast.other.username} look", "https://example.org", "> quoted"):
            one = Sending(here, cast.member.id, prepare(body, conversation_id=here), body[:5].strip("@:/ >"))
            with transaction():
                recent.store_and_keep([one])
            assert recent.find(one.id) is None, body


def test_one_that_fails_takes_nobody_along(app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    with app.app_context():
        here = pair(cast.member, cast.other)
    real = recent.store_and_keep

    def fragile(many: list[Sending]) -> None:
        real(many)
        if any(one.written.body == "Poison." for one in many):
            raise ZeroDivisionError

    monkeypatch.setattr(recent, "store_and_keep", fragile)
    writer = together.Writer()
    outcome: dict[str, object] = {}

    def send(body: str) -> None:
        with app.app_context():
            try:
                writer.send(Sending(here, cast.member.id, prepare(body), body[:4]))
                outcome[body] = "sent"
            except ZeroDivisionError:
                outcome[body] = "failed"

    with writer._turn:  # so that all three wait, and are stored together
        threads = [threading.Thread(target=send, args=(body,)) for body in ("Good.", "Poison.", "Fine.")]
        for thread in threads:
            thread.start()
        while len(writer._waiting) < len(threads):
            threading.Event().wait(0.01)
    for thread in threads:
        thread.join(20)
    assert outcome == {"Good.": "sent", "Poison.": "failed", "Fine.": "sent"}
    with app.app_context():
        assert {body for _seq, body in numbers(here)} == {"Hi.", "Good.", "Fine."}


def test_too_many_are_told_to_wait(app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(together, "MOST_WAITING", 0)
    with app.app_context():
        here = pair(cast.member, cast.other)
        with pytest.raises(Unavailable) as refused:
            together.Writer().send(Sending(here, cast.member.id, prepare("Me too."), "1"))
        assert refused.value.retry_after == 1
        assert len(numbers(here)) == 1


def test_whoever_blocks_the_other_of_two_writes_nothing(app: Flask, cast: Cast) -> None:
    with app.app_context():
        here = pair(cast.member, cast.other)
        block(person(cast.other), actor=person(cast.member))
        one = Sending(here, cast.member.id, prepare("And yet."), "1")
        with transaction():
            store([one])
        assert isinstance(one.error, Forbidden)
