"""Several at once: what is sent twice is said once, two who begin find one conversation, and nobody counts twice."""

from concurrent.futures import ThreadPoolExecutor

from flask import Flask
from sqlalchemy import func, select

from forum.accounts.models import User
from forum.core.db import db
from forum.core.errors import ForumError
from forum.messaging.actions import peopling, sending
from forum.messaging.actions.starting import start_group, write_to
from forum.messaging.models import Conversation, Message, Participant
from forum.messaging.writing import prepare
from tests.cast import Cast
from tests.factories import make_user


def together(app: Flask, acts: list[object]) -> list[object]:
    def run(act: object) -> object:
        with app.app_context():
            try:
                return act()  # type: ignore[operator]
            except ForumError as error:
                return error

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def person(user: User) -> User:
    return db.session.get_one(User, user.id)


def test_one_client_id_twenty_times_at_once_is_one_message(app: Flask, cast: Cast) -> None:
    with app.app_context():
        here = write_to(
            person(cast.other), author=person(cast.member), written=prepare("Hi."), client_id="0"
        ).conversation_id

    def send() -> int:
        said = sending.send_message(here, author=person(cast.member), written=prepare("Once."), client_id="1")
        return said.id

    ids = together(app, [send] * 20)
    assert len(set(ids)) == 1, ids
    with app.app_context():
        revs = db.session.scalars(select(Message.rev).where(Message.conversation_id == here)).all()
        assert sorted(revs) == [1, 2]
        assert db.session.get_one(Conversation, here).last_rev == 2


def test_two_who_begin_at_once_find_one_conversation(app: Flask, cast: Cast) -> None:
    def begin(one: User, other: User, client_id: str) -> int:
        said = write_to(person(other), author=person(one), written=prepare("Hello."), client_id=client_id)
        return said.conversation_id

    acts = [lambda: begin(cast.member, cast.other, "a"), lambda: begin(cast.other, cast.member, "b")] * 4
    found = together(app, acts)
    assert len(set(found)) == 1, found
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Conversation)) == 1
        seqs = db.session.scalars(select(Message.seq).order_by(Message.seq)).all()
        assert list(seqs) == [1, 2]
        assert db.session.scalar(select(func.count()).select_from(Participant)) == 2


def test_a_group_that_is_begun_twice_at_once_is_one(app: Flask, cast: Cast) -> None:
    def begin() -> int:
        people = [person(cast.other), person(cast.grace)]
        said = prepare("All of us.")
        return start_group(
            people, author=person(cast.member), name="Us", written=said, client_id="g"
        ).conversation_id

    assert len(set(together(app, [begin] * 6))) == 1


def test_the_last_place_in_a_group_is_taken_once(app: Flask, cast: Cast) -> None:
    with app.app_context():
        crowd = [make_user(f"crowd{i}") for i in range(48)]
        here = start_group(
            [person(one) for one in crowd],
            author=person(cast.member),
            name="Crowd",
            written=prepare("All."),
            client_id="g",
        ).conversation_id

    def add(whom: User) -> None:
        peopling.add_participants(here, people=[person(whom)], actor=person(cast.member))

    def leave() -> None:
        peopling.leave_conversation(here, actor=person(crowd[0]))

    together(app, [lambda: add(cast.other), lambda: add(cast.grace), lambda: add(cast.other), leave])
    with app.app_context():
        taking_part = select(func.count()).where(
            Participant.conversation_id == here, Participant.left_at.is_(None)
        )
        assert db.session.scalar(taking_part) in {49, 50}
        assert not db.session.scalar(
            select(Participant.user_id).where(
                Participant.user_id == crowd[0].id, Participant.left_at.is_(None)
            )
        )
