"""Whoever applies what syncs bring has exactly the present state, whatever was done meanwhile, and no number is missing."""

from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from forum.access.viewer import viewer_of
from forum.accounts.models import User
from forum.core.db import db
from forum.core.errors import ForumError
from forum.messaging.actions import changing, choosing, peopling, sending, starting
from forum.messaging.models import Conversation, Message
from forum.messaging.queries.conversations import find_row
from forum.messaging.queries.here import find_here
from forum.messaging.queries.messages import page_of_messages, sync_messages
from forum.messaging.queries.syncing import sync_inbox
from forum.messaging.queries.unread import unread_total
from forum.messaging.shapes import messages_for
from forum.messaging.writing import nothing, prepare
from tests.cast import Cast

PEOPLE = ("member", "other", "grace")  # the first one owns the group
STEPS = st.tuples(
    st.sampled_from(
        [
            "send",
            "send",
            "send",
            "again",
            "edit",
            "delete",
            "react",
            "unreact",
            "sync",
            "read",
            "block",
            "unblock",
            "out",
            "in",
        ]
    ),
    st.integers(0, 2),
    st.integers(0, 2),
    st.integers(0, 20),
)


@dataclass
class Device:
    """What somebody's program holds."""

    held: dict[str, Any] = field(default_factory=dict)
    up_to: int = 0
    inbox: str | None = None


class Talk:
    """A group, the devices of its people, and every number its count has given."""

    def __init__(self, cast: Cast, name: str) -> None:
        self.people = [db.session.get_one(User, getattr(cast, one).id) for one in PEOPLE]
        said = prepare("It begins.")
        first = starting.start_group(
            self.people[1:], author=self.people[0], name="Talk", written=said, client_id=name
        )
        self.id, self.given, self.sent = first.conversation_id, 1, 0
        self.devices = [Device() for _ in self.people]

    def do(self, kind: str, who: int, whom: int, number: int) -> None:
        me, device = self.people[who], self.devices[who]
        messages = db.session.scalars(
            select(Message.id).where(Message.conversation_id == self.id).order_by(Message.seq)
        ).all()
        one = messages[number % len(messages)]
        before = self.count()
        try:
            if kind == "send":
                self.sent += 1
                reply = one if number % 2 else None
                said = prepare(f"Said {self.sent}.")
                sending.send_message(
                    self.id, author=me, written=said, client_id=f"c{self.sent}", reply_to_id=reply
                )
            elif kind == "again":
                said = prepare(f"Said {number}.")
                sending.send_message(self.id, author=me, written=said, client_id=f"c{number}")
            elif kind == "edit":
                changing.edit_message(one, actor=me, written=prepare(f"Edited {number} {who}."))
            elif kind == "delete":
                changing.delete_message(one, actor=me, nothing=nothing())
            elif kind in {"react", "unreact"}:
                changing.react_to_message(one, name="like", on=kind == "react", actor=me)
            elif kind == "sync":
                self.sync(who, limit=1 + number % 3)
            elif kind == "read":
                viewer = viewer_of(me)
                here = find_here(viewer, self.id)
                if here is not None:
                    from forum.messaging.actions.reading import mark_read

                    mark_read(self.id, seq=number, actor=me)
            elif kind == "block" and who != whom:
                choosing.block(self.people[whom], actor=me)
                self.devices[who] = Device()  # its program is told to begin anew
            elif kind == "unblock":
                choosing.stop_blocking(self.people[whom].id, actor=me)
                self.devices[who] = Device()
            elif kind == "out" and whom:
                peopling.remove_participant(self.id, person_id=self.people[whom].id, actor=me)
                self.devices[whom] = Device()
            elif kind == "in" and whom:
                peopling.add_participants(self.id, people=[self.people[whom]], actor=me)
        except ForumError:
            assert self.count() == before, "what is refused counts nothing"
        assert device is not None

    def count(self) -> int:
        db.session.rollback()
        return db.session.scalars(select(Conversation.last_rev).where(Conversation.id == self.id)).one()

    def sync(self, who: int, *, limit: int, whole: bool = False) -> None:
        viewer, device = viewer_of(self.people[who]), self.devices[who]
        more = True
        while more:
            here = find_here(viewer, self.id)
            if here is None:
                return
            found = sync_messages(viewer, here, after_seq=device.up_to, limit=limit)
            for shape in messages_for(viewer, found.messages):
                assert shape.rev > device.up_to
                device.held[shape.id] = shape
            assert found.last_seq >= device.up_to
            device.up_to, more = found.last_seq, found.more and whole

    def check(self) -> None:
        last = self.count()
        rows = db.session.execute(
            select(Message.seq, Message.rev).where(Message.conversation_id == self.id)
        ).all()
        revs = [row.rev for row in rows]
        assert len(set(revs)) == len(revs)
        assert all(row.seq <= row.rev <= last for row in rows)
        assert max(revs) == last, "the newest number is that of something"
        for who, person in enumerate(self.people):
            viewer = viewer_of(person)
            here = find_here(viewer, self.id)
            if here is None:
                continue
            self.sync(who, limit=2, whole=True)
            everything, more = page_of_messages(viewer, here, before=None, limit=200)
            assert not more
            present = {shape.id: shape for shape in messages_for(viewer, everything)}
            assert self.devices[who].held == present
            assert self.devices[who].up_to == last
            unread = [
                one
                for one in present.values()
                if one.seq > here.read_seq and one.author.id != str(person.id) and not one.deleted_at
            ]
            row = find_row(viewer, self.id)
            assert row is not None
            assert row.unread == len(unread)
            assert unread_total(viewer) >= row.unread
            entry = next(one for one in sync_inbox(viewer).changed if one.here.conversation_id == self.id)
            assert (entry.unread, entry.here.conversation.last_rev) == (len(unread), last)

    def end(self) -> None:
        for person in self.people:
            for other in self.people:
                choosing.stop_blocking(other.id, actor=person)


@pytest.mark.usefixtures("context")
def test_whoever_applies_syncs_has_the_present_state(cast: Cast, database: str) -> None:
    names = iter(range(1_000))

    @settings(
        max_examples=40 if database.startswith("sqlite") else 10,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(st.lists(STEPS, min_size=3, max_size=30))
    def walk(steps: list[tuple[str, int, int, int]]) -> None:
        talk = Talk(cast, f"talk-{next(names)}")
        for step in steps:
            talk.do(*step)
        talk.check()
        talk.end()

    walk()
