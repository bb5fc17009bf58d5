"""Worlds put into the database by the code that serves people, and what that code then says of them."""

import enum
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from forum.access.audience import may_read, may_reply, readable_by
from forum.access.models import AudienceKind, Place, PlaceKind, RoleAssignment, RoleName, ScopePerson
from forum.access.permissions import Permission
from forum.access.places import AudienceChoice, audience_for, change_place, make_place, scope_for
from forum.access.rules import judge
from forum.access.viewer import VISITOR, Viewer, viewer_of
from forum.accounts.models import User
from forum.boards.models import Category
from forum.core import clock, settings
from forum.core.db import db
from forum.core.ids import new_id
from forum.core.transactions import transaction
from forum.discussions.models import Topic
from forum.groups.actions import change_kind
from forum.groups.models import Group, GroupKind
from tests.access import worlds
from tests.access.worlds import Hours, Oracle, World
from tests.conftest import NOW

OTHER_KIND = {"open": GroupKind.SECRET, "closed": GroupKind.OPEN, "secret": GroupKind.OPEN}


class _Undone(Exception):
    pass


@contextmanager
def undone() -> Iterator[None]:
    """A transaction of which nothing is left at the end."""
    try:
        with transaction():
            yield
            raise _Undone
    except _Undone:
        db.session.expunge_all()


def moment(hours: Hours | None) -> datetime | None:
    return None if hours is None else NOW + timedelta(hours=hours)


@dataclass(frozen=True)
class Built:
    """The rows of a world, in the order of its lists."""

    world: World
    people: list[int]
    places: list[int]
    topics: list[int]

    def viewers(self) -> dict[int | None, Viewer]:
        """Everybody, with the rights they have at this moment."""
        users = {user.id: user for user in db.session.scalars(select(User).where(User.id.in_(self.people)))}
        return {None: VISITOR} | {n: viewer_of(users[user_id]) for n, user_id in enumerate(self.people)}


class Changed(enum.Enum):
    """What is made with another default, or elsewhere, and changed to what it is to be once all the topics stand there."""

    EVERYTHING = "every place, and every group is of another kind"
    AROUND = "the places that stand in no other"
    PARENTS = "nothing but where places stand"


def build(
    world: World, *, by_way_of: AudienceKind | None = None, changed: Changed = Changed.EVERYTHING
) -> Built:
    """Inside a transaction. `by_way_of` is the default that places have before they are changed; None changes nothing."""
    settings.change({"grace_days": world.grace_days}, actor_id=None)
    groups = [
        Group(
            slug=f"g{new_id()}",
            name=f"G{n}",
            kind=OTHER_KIND[g.kind] if by_way_of and changed is Changed.EVERYTHING else GroupKind(g.kind),
            created_at=NOW,
        )
        for n, g in enumerate(world.groups)
    ]
    people = [_person(p) for p in world.people]
    db.session.add_all([*groups, *people])
    db.session.flush()
    places: list[Place] = []
    for it in world.places:
        inside = it.parent is not None
        stands = inside and not (by_way_of and changed is Changed.PARENTS)
        other = by_way_of and (changed is Changed.EVERYTHING or (changed is Changed.AROUND and not inside))
        place = make_place(
            PlaceKind.CATEGORY,
            parent=places[it.parent] if stands else None,  # type: ignore[index]
            choice=AudienceChoice(by_way_of, by_way_of) if by_way_of and other else _choice(it, groups),
            start=by_way_of if by_way_of and other else AudienceKind(it.start),
        )
        places.append(place)
        db.session.add(_category(place, it))
    db.session.flush()
    scopes = [scope_for("group", group.id) for group in groups]
    for person, row in zip(world.people, people, strict=True):
        for group, until in person.groups:
            db.session.add(ScopePerson(scope_id=scopes[group], user_id=row.id, until=moment(until)))
        _grant(row, person, places)
    author = people[0] if people else _person(worlds.Person())
    db.session.add(author)
    db.session.flush()
    topics = [_topic(it, places, groups, people, author) for it in world.topics]
    db.session.flush()
    if by_way_of is not None:
        for it, place in zip(world.places, places, strict=True):
            if changed is Changed.PARENTS:
                place.parent_id = places[it.parent].id if it.parent is not None else None
            if changed is not Changed.AROUND or it.parent is None:
                change_place(place, _choice(it, groups), AudienceKind(it.start))
        for group, to_be in zip(groups, world.groups, strict=True):
            change_kind(group, GroupKind(to_be.kind))
    for it, place in zip(world.places, places, strict=True):
        place.archived = it.archived or (it.parent is not None and world.places[it.parent].archived)
    db.session.flush()
    return Built(world, [p.id for p in people], [p.id for p in places], [t.id for t in topics])


def _person(it: worlds.Person) -> User:
    name = f"p{new_id()}"
    return User(
        username=name,
        username_key=name,
        name=name,
        email_confirmed_at=NOW if it.confirmed else None,
        member_since=moment(it.since),
        member_until=moment(it.until),
        suspended_at=NOW - timedelta(days=3000) if it.suspended else None,
        suspended_until=moment(it.suspended[1]) if it.suspended else None,
        created_at=NOW,
    )


def _choice(it: worlds.Place | worlds.Own, groups: list[Group]) -> AudienceChoice:
    group_id = groups[it.group].id if it.group is not None else None
    return AudienceChoice(AudienceKind(it.read), AudienceKind(it.reply), group_id, it.opened)


def _category(place: Place, it: worlds.Place) -> Category:
    return Category(
        place_id=place.id,
        slug=f"c{place.id}",
        name="C",
        created_at=NOW,
        archived_at=NOW if it.archived else None,
    )


def _grant(row: User, person: worlds.Person, places: list[Place]) -> None:
    roles = [(RoleName.STAFF, None)] if person.staff else []
    roles += [(RoleName.MODERATOR, None)] if person.site_moderator else []
    roles += [(RoleName.MODERATOR, places[n].id) for n in set(person.moderates)]  # type: ignore[list-item]
    roles += [(RoleName.EDITOR, places[n].id) for n in set(person.edits)]  # type: ignore[list-item]
    for role, place_id in roles:
        db.session.add(RoleAssignment(user_id=row.id, role=role, place_id=place_id, granted_at=NOW))


def _topic(
    it: worlds.Topic, places: list[Place], groups: list[Group], people: list[User], author: User
) -> Topic:
    place, topic_id = places[it.place], new_id()
    place.last_seq += 1
    audience = audience_for(place, _choice(it.own, groups) if it.own else None, topic_id=topic_id)
    topic = Topic(
        id=topic_id,
        place_id=place.id,
        audience_id=audience.id,
        author_id=author.id,
        title="T",
        slug="t",
        created_at=NOW,
        created_seq=place.last_seq,
        last_seq=place.last_seq,
        last_post_at=NOW,
        hidden_at=NOW if it.hidden else None,
        locked_at=NOW if it.locked else None,
    )
    db.session.add(topic)
    if it.own and it.own.named:
        scope_id = scope_for("people", topic_id)
        for who, until in it.own.named:
            db.session.add(ScopePerson(scope_id=scope_id, user_id=people[who].id, until=moment(until)))
    return topic


Viewers = dict[int | None, Viewer]
Answers = dict[str, set[tuple[int | None, int]]]


@cache
def said_by_oracle(world: World, at: Hours = 0.0) -> Answers:
    """{question: the pairs of who and which for which the answer is yes}."""
    oracle = Oracle(world, at)
    everybody = [None, *range(len(world.people))]
    topics, places = range(len(world.topics)), range(len(world.places))
    return {
        "in audience": {(w, t) for w in everybody for t in topics if oracle.is_in_audience(w, t)},
        "in reply audience": {
            (w, t) for w in everybody for t in topics if oracle.may_answer_by_audience(w, t)
        },
        "read": {(w, t) for w in everybody for t in topics if oracle.may_read(w, t)},
        "reply": {(w, t) for w in everybody for t in topics if oracle.may_reply(w, t)},
        "read place": {(w, p) for w in everybody for p in places if oracle.may_read_place(w, p)},
        "start": {(w, p) for w in everybody for p in places if oracle.may_start(w, p)},
    }


def said_by_sql(built: Built, viewers: Viewers) -> Answers:
    """What the criterion of every list finds."""
    found: Answers = {"in audience": set()}
    at = {topic_id: n for n, topic_id in enumerate(built.topics)}
    for who, viewer in viewers.items():
        readable = readable_by(viewer, Topic.audience_id)
        ids = db.session.scalars(select(Topic.id).where(Topic.id.in_(built.topics), readable))
        found["in audience"] |= {(who, at[topic_id]) for topic_id in ids}
    return found


def said_by_rules(built: Built, viewers: Viewers) -> Answers:
    """What the twin for one object and the rules above it answer."""
    topics = _in_order(
        built.topics,
        db.session.scalars(
            select(Topic).options(joinedload(Topic.audience)).where(Topic.id.in_(built.topics))
        ),
    )
    categories = {
        c.place_id: c
        for c in db.session.scalars(
            select(Category)
            .options(joinedload(Category.place).joinedload(Place.audience))
            .where(Category.place_id.in_(built.places))
        )
    }
    found: Answers = {
        q: set() for q in ("in audience", "in reply audience", "read", "reply", "read place", "start")
    }
    for who, viewer in viewers.items():
        for n, topic in enumerate(topics):
            verdicts = {
                "in audience": may_read(viewer, topic.audience),
                "in reply audience": may_reply(viewer, topic.audience),
                "read": judge(Permission.READ_TOPIC, viewer, topic),
                "reply": judge(Permission.REPLY, viewer, topic),
            }
            for question, verdict in verdicts.items():
                found[question] |= {(who, n)} if verdict else set()
        for n, place_id in enumerate(built.places):
            if judge(Permission.READ_PLACE, viewer, categories[place_id]):
                found["read place"].add((who, n))
            if judge(Permission.START_TOPIC, viewer, categories[place_id]):
                found["start"].add((who, n))
    return found


def _in_order(ids: list[int], rows: object) -> list[Topic]:
    by_id = {row.id: row for row in rows}  # type: ignore[attr-defined]
    return [by_id[i] for i in ids]


def differences(built: Built, hours: tuple[Hours, ...] = (0.0,)) -> Iterator[str]:
    """Where the oracle, the criterion in SQL and the check for one object say different things, hour after hour."""
    try:
        for at in hours:
            clock.freeze(NOW + timedelta(hours=at))
            right, viewers = said_by_oracle(built.world, at), built.viewers()
            for source, say in (("sql", said_by_sql), ("rules", said_by_rules)):
                for question, found in say(built, viewers).items():
                    for pair in found ^ right[question]:
                        does = "lets" if pair in found else "keeps"
                        yield f"at {at}, {source} {does} {pair}: {question}"
    finally:
        clock.freeze(NOW)


def disagreements(
    world: World,
    hours: tuple[Hours, ...] = (0.0,),
    *,
    by_way_of: AudienceKind | None = None,
    changed: Changed = Changed.EVERYTHING,
) -> list[str]:
    """The differences in a world that is undone afterwards."""
    with undone():
        built = build(world, by_way_of=by_way_of, changed=changed)
        db.session.expire_all()
        return list(differences(built, hours))
