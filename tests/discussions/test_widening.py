"""What others wrote is shown to nobody it was not written for: who may choose which audience after which."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from forum.access.audience import may_read
from forum.access.models import Audience
from forum.access.viewer import viewer_of
from forum.accounts.models import User
from forum.audit.models import AuditEntry
from forum.core import clock
from forum.core.db import db
from forum.core.errors import Forbidden
from forum.discussions.actions.audiences import set_audience
from forum.discussions.models import Topic, TopicEvent
from forum.groups.actions import add_people, create_group
from forum.groups.models import GroupKind
from tests.cast import Cast
from tests.conftest import NOW
from tests.factories import choice, make_post, make_topic, settled

SignIn = Callable[[User], FlaskClient]
Submit = Callable[..., Any]


@dataclass(frozen=True)
class Asked:
    """An audience as a form asks for it. `group` is a or b."""

    read: str = ""  # empty: as the place
    group: str = ""
    people: tuple[str, ...] = ()
    place: str = "lounge"


AS_PLACE, PUBLIC, GUESTS, MEMBERS = Asked(), Asked("public"), Asked("guests"), Asked("members")
GROUP_A, GROUP_B = Asked("group", "a"), Asked("group", "b")
OTTO = Asked("people", people=("otto",))
BOTH = Asked("people", people=("otto", "gaspard"))
OTHERS = Asked("people", people=("otto", "greta"))
AFTERS = (AS_PLACE, PUBLIC, GUESTS, MEMBERS, GROUP_A, GROUP_B, OTTO, BOTH, OTHERS)

# What an author may choose after others have answered, by what holds then. The rest is for moderators.
ALLOWED = (
    (replace(AS_PLACE, place="welcome"), {AS_PLACE, PUBLIC, GUESTS, MEMBERS}),
    (replace(AS_PLACE, place="porch"), {AS_PLACE, GUESTS, MEMBERS}),
    (replace(AS_PLACE, place="lounge"), {AS_PLACE, MEMBERS}),
    (replace(AS_PLACE, place="nook"), {AS_PLACE, MEMBERS}),
    (replace(MEMBERS, place="welcome"), {MEMBERS}),
    (replace(GUESTS, place="welcome"), {GUESTS, MEMBERS}),
    (replace(GUESTS, place="lounge"), {AS_PLACE, GUESTS, MEMBERS}),
    (replace(GROUP_A, place="lounge"), {GROUP_A}),
    (replace(GROUP_A, place="welcome"), {GROUP_A}),
    (replace(BOTH, place="lounge"), {OTTO, BOTH}),
    (replace(OTTO, place="welcome"), {OTTO}),
)


@dataclass
class Room:
    """An author in two groups, others in one of them each."""

    cast: Cast
    groups: dict[str, int]

    def begin(self, before: Asked, *, answered: bool = True) -> Topic:
        asked = None
        if before.read:
            group_id = self.groups.get(before.group)
            wide = before.read in ("guests", "people") and before.place == "lounge"
            asked = choice(before.read, opened=wide, group_id=group_id)
        people = [user for user in self.cast.people.values() if user.username in before.people]
        place = getattr(self.cast, before.place)
        topic = make_topic(place, self.cast.member, audience=asked, people=people)
        if answered:
            make_post(topic, self.cast.other, "For those who can read it now.")
        return topic

    def form(self, asked: Asked) -> dict[str, str]:
        if not asked.read:
            return {"inherits": "1"}
        group = str(self.groups.get(asked.group, ""))
        names = ", ".join(asked.people)
        return {"inherits": "0", "read": asked.read, "reply": "", "group_id": group, "people": names}

    def body(self, asked: Asked) -> dict[str, Any]:
        if not asked.read:
            return {"inherits": True}
        sent: dict[str, Any] = {"read": asked.read, "people": list(asked.people)}
        return sent | ({"group_id": str(self.groups[asked.group])} if asked.group else {})

    def readers(self, topic: Topic) -> set[str]:
        """Who may read it now, asked of the rule."""
        audience = db.session.get_one(Audience, db.session.get_one(Topic, topic.id).audience_id)
        people = db.session.scalars(sa.select(User).execution_options(populate_existing=True))
        return {p.username for p in people if may_read(viewer_of(p), audience)}


@pytest.fixture
def room(app: Flask, cast: Cast) -> Iterator[Room]:
    with app.app_context():
        groups = {n: settled(create_group(n, name=n.upper(), kind=GroupKind.OPEN)) for n in ("a", "b")}
        add_people(groups["a"], [cast.member, cast.other])
        add_people(groups["b"], [cast.member, cast.other, cast.grace])
        ids = {name: group.id for name, group in groups.items()}
    return Room(cast, ids)


@pytest.mark.parametrize("door", ["page", "api"])
def test_an_author_opens_nothing_of_others_to_anybody_new(
    app: Flask, room: Room, sign_in: SignIn, submit: Submit, csrf: Any, door: str, database: str
) -> None:
    """By the page every pair; the interface asks the same action, so that every third will do, as on the other database."""
    author, every = sign_in(room.cast.member), door == "page" and database.startswith("sqlite")
    for turn, (before, allowed) in enumerate(ALLOWED):
        for after in AFTERS if every else AFTERS[turn % 3 :: 3]:
            with app.app_context():
                topic = room.begin(before)
                read_before = room.readers(topic)
            if door == "page":
                answer = submit(author, f"/t/{topic.id}/audience", **room.form(after))
            else:
                answer = author.put(
                    f"/api/v1/topics/{topic.id}/audience",
                    json=room.body(after),
                    headers={"X-CSRF-Token": csrf(author)},
                )
            done = answer.status_code in (200, 204, 303)
            assert done or answer.status_code == 403, (before, after, answer.status_code, answer.text)
            assert done == (after in allowed), (before, after)
            with app.app_context():
                assert room.readers(topic) <= read_before, (before, after)


def test_a_moderator_may_and_so_may_an_author_alone(
    app: Flask, room: Room, sign_in: SignIn, submit: Submit
) -> None:
    for who, answered in ((room.cast.site_moderator, True), (room.cast.member, False)):
        browser = sign_in(who)
        for after in (PUBLIC, GUESTS, BOTH) + ((GROUP_B,) if not answered else ()):
            with app.app_context():
                topic = room.begin(AS_PLACE, answered=answered)
            changed = submit(browser, f"/t/{topic.id}/audience", **room.form(after))
            assert changed.status_code == 303, (who.username, after)


def test_a_refusal_keeps_what_was_typed(app: Flask, room: Room, sign_in: SignIn, submit: Submit) -> None:
    with app.app_context():
        topic = room.begin(AS_PLACE)
    refused = submit(
        sign_in(room.cast.member), f"/t/{topic.id}/audience", **room.form(BOTH), reason="Please."
    )
    assert refused.status_code == 403
    assert "Ask a moderator" in refused.text
    assert 'value="otto, gaspard"' in refused.text


@pytest.mark.usefixtures("context")
def test_it_is_asked_again_where_the_topic_is_held(room: Room) -> None:
    """Somebody answers between the door and the change."""
    topic = room.begin(AS_PLACE, answered=False)
    make_post(topic, room.cast.other)
    author = db.session.get_one(User, room.cast.member.id)
    with pytest.raises(Forbidden, match="Ask a moderator"):
        set_audience(topic, actor=author, choice=choice("guests", opened=True))


@pytest.mark.usefixtures("context")
def test_nobody_is_invited_again_and_no_invitation_lasts_longer_by_the_author_alone(room: Room) -> None:
    topic, cast = room.begin(BOTH), room.cast

    def name(actor: User, *people: User, days: int | None = None) -> None:
        until = NOW + timedelta(days=days) if days else None
        asked = replace(choice("people", opened=True), until=until)
        named = [db.session.get_one(User, person.id) for person in people]
        set_audience(topic, actor=db.session.get_one(User, actor.id), choice=asked, people=named)

    name(cast.member, cast.other)  # Gaspard is taken out
    with pytest.raises(Forbidden):
        name(cast.member, cast.other, cast.guest)
    assert "gaspard" not in room.readers(topic)
    name(cast.moderator, cast.other, cast.guest)
    name(cast.member, cast.other, cast.guest, days=3)  # shorter
    for days in (None, 4):
        with pytest.raises(Forbidden):
            name(cast.member, cast.other, cast.guest, days=days)
    name(cast.member, cast.other, cast.guest, days=2)
    assert "gaspard" in room.readers(topic)
    clock.freeze(NOW + timedelta(days=2))
    assert room.readers(topic) >= {"mina"}
    assert not {"gaspard", "otto"} & room.readers(topic)
    with pytest.raises(Forbidden):
        name(cast.member, cast.other, days=3)


@pytest.mark.usefixtures("context")
def test_who_is_named_and_who_no_longer_is_stands_in_the_log(room: Room) -> None:
    topic, cast = room.begin(BOTH), room.cast
    moderator = db.session.get_one(User, cast.moderator.id)

    def state() -> tuple[int, int, int]:
        entries = db.session.scalar(sa.select(sa.func.count()).select_from(AuditEntry)) or 0
        events = db.session.scalar(sa.select(sa.func.count()).select_from(TopicEvent)) or 0
        return entries, events, db.session.get_one(Topic, topic.id, populate_existing=True).version

    def name(*people: User, until: timedelta | None = None) -> dict[str, Any]:
        asked = replace(choice("people", opened=True), until=NOW + until if until else None)
        named = [db.session.get_one(User, person.id) for person in people]
        set_audience(topic, actor=moderator, choice=asked, people=named, reason="As was asked.")
        last = sa.select(AuditEntry).order_by(AuditEntry.position.desc()).limit(1)
        entry = db.session.scalars(last).one()
        return {k: v for k, v in entry.detail.items() if k not in ("before", "after")}

    before = state()
    assert name(cast.other, cast.grace) == {"added": ["greta"], "removed": ["gaspard"]}
    assert state() == tuple(n + 1 for n in before)
    name(cast.other, cast.grace)
    assert state() == tuple(n + 1 for n in before)  # nothing has changed
    ends = (NOW + timedelta(days=5)).isoformat()
    assert name(cast.other, cast.grace, until=timedelta(days=5)) == {
        "redated": ["greta", "otto"],
        "until": ends,
    }


def test_an_invitation_ends_with_the_day_that_the_form_names(
    app: Flask, room: Room, sign_in: SignIn, submit: Submit, csrf: Any
) -> None:
    with app.app_context():
        topic = room.begin(AS_PLACE, answered=False)
    author, guest = sign_in(room.cast.member), sign_in(room.cast.guest)
    where = f"/t/{topic.id}/audience"
    for day in ("2026-11-19", "9999-12-31", "soon"):
        refused = submit(author, where, **room.form(BOTH), until=day)
        assert refused.status_code == 422, day
        assert f'value="{day}"' in refused.text
    assert submit(author, where, **room.form(BOTH), until="2026-11-21").status_code == 303
    page = author.get(where).text
    assert 'value="2026-11-21"' in page
    assert "3 named people" in page
    assert guest.get(f"/t/{topic.id}/{topic.slug}").status_code == 200
    clock.freeze(NOW.replace(day=22, hour=0))
    assert guest.get(f"/t/{topic.id}/{topic.slug}").status_code == 404
    assert "1 named person" in author.get(where).text
    sent = {"read": "people", "people": ["gaspard"], "until": "2026-11-30"}
    headers = {"X-CSRF-Token": csrf(author)}
    changed = author.put(f"/api/v1/topics/{topic.id}/audience", json=sent, headers=headers)
    assert changed.status_code == 200, changed.text
    assert guest.get(f"/t/{topic.id}/{topic.slug}").status_code == 200


def test_who_is_named_to_answer_can_answer(app: Flask, room: Room, sign_in: SignIn, submit: Submit) -> None:
    with app.app_context():
        topic = room.begin(AS_PLACE, answered=False)
    sent = room.form(MEMBERS) | {"reply": "people", "people": "otto"}
    assert submit(sign_in(room.cast.member), f"/t/{topic.id}/audience", **sent).status_code == 303
    otto, greta = sign_in(room.cast.other), sign_in(room.cast.grace)
    assert submit(otto, f"/t/{topic.id}/reply", body="Here.", client_id="one").status_code == 303
    assert submit(greta, f"/t/{topic.id}/reply", body="Me too.", client_id="two").status_code == 403
