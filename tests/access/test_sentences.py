"""The sentence beside a title is true: read back word by word, it names the people whom the rule lets read and answer."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from forum.access.audience import may_read, may_reply
from forum.access.models import Audience, Place
from forum.access.reach import is_no_wider, reach_of, reach_of_choice, reaches_of
from forum.access.viewer import VISITOR
from forum.access.words import knows, sentence, sentence_of
from forum.core.db import db
from forum.discussions.models import Topic
from forum.groups.models import Group
from tests.access.building import Built, _choice, build, undone
from tests.access.grand_world import GRAND
from tests.access.worlds import Oracle

pytestmark = pytest.mark.usefixtures("context")
Among = Callable[[int | None], bool]


@dataclass(frozen=True)
class Said:
    """Who a sentence says may read, and who may answer; None: some of those who read."""

    reads: Among
    answers: Among | None


class Reading:
    """Reads sentences about one topic of a world, knowing nothing of scopes and gates."""

    def __init__(self, built: Built, number: int) -> None:
        topic = built.world.topics[number]
        self.oracle, self.place = Oracle(built.world), topic.place
        self.named = dict(topic.own.named) if topic.own else {}

    def of(self, text: str) -> Said:
        same = re.fullmatch(r"(.+) can read this and answer\.", text)
        if same:
            return Said(self.among(same[1]), self.among(same[1]))
        told = re.fullmatch(r"(.+) can read this; (.+) can answer\.", text)
        assert told, text
        return Said(self.among(told[1]), None if told[2] == "some of them" else self.among(told[2]))

    def among(self, text: str) -> Among:
        text, overseen = re.subn(r", and those who moderate here,?$", "", text.rstrip(","))
        first, *others = re.split(r", as far as they are | and (?=in |staff or|members$)", text.rstrip(","))
        walls = [self.wall(words) for words in (first, *others)]
        return lambda who: (
            all(wall(who) for wall in walls) or bool(overseen and self.oracle.moderates(who, self.place))
        )

    def wall(self, words: str) -> Among:
        words, oracle = words.lower(), self.oracle
        group = re.fullmatch(r"(?:the people of|in) g(\d)", words)
        if group:
            return lambda who: oracle.is_in_group(who, int(group[1]))
        if re.fullmatch(r"\d+ named (person|people)", words):
            return lambda who: self.is_invited(who)
        plain: dict[str, Among] = {
            "anyone, also without an account": lambda _who: True,
            "members and guests": oracle.takes_part,
            "members": oracle.belongs,
            "staff and moderators": lambda who: oracle.moderates(who, self.place),
            "staff or moderators": lambda who: oracle.moderates(who, self.place),
        }
        return plain[words]

    def is_invited(self, who: int | None) -> bool:
        return (
            who is not None
            and self.oracle.takes_part(who)
            and who in self.named
            and self.oracle.is_before(self.named[who])
        )


def topics_of(built: Built) -> list[Topic]:
    found = db.session.scalars(
        select(Topic)
        .options(joinedload(Topic.audience), joinedload(Topic.place))
        .where(Topic.id.in_(built.topics))
    )
    by_id = {topic.id: topic for topic in found}
    return [by_id[topic_id] for topic_id in built.topics]


@pytest.fixture
def grand() -> Iterator[Built]:
    with undone():
        yield build(GRAND)


def test_every_sentence_names_those_who_may_read_and_answer(grand: Built) -> None:
    viewers, topics = grand.viewers(), topics_of(grand)
    reaches, told = reaches_of(topic.audience for topic in topics), set()
    for number, topic in enumerate(topics):
        text = sentence_of(reaches[topic.audience_id], people=2, names_all=True)
        said = Reading(grand, number).of(text)
        told.add(text)
        for who, viewer in viewers.items():
            where = (GRAND.topics[number], who, text)
            assert said.reads(who) == may_read(viewer, topic.audience), where
            assert said.answers is not None
            answers = said.answers(who) and said.reads(who) and who is not None
            assert answers == (may_reply(viewer, topic.audience) and who is not None), where
    assert len(told) > 25


def test_what_a_choice_would_come_to_is_said_as_it_is_said_when_it_is_made(grand: Built) -> None:
    groups = _groups()
    for it, topic in zip(GRAND.topics, topics_of(grand), strict=True):
        default = db.session.scalars(
            select(Audience).where(Audience.place_id == topic.place_id, Audience.inherits)
        ).one()
        would = reach_of_choice(_choice(it.own, groups) if it.own else None, default, topic_id=topic.id)
        is_now = reach_of(topic.audience)
        assert (set(would.reads), set(would.answers)) == (set(is_now.reads), set(is_now.answers)), it
        assert would.is_overseen == is_now.is_overseen, it


def test_what_is_no_wider_has_no_reader_more(grand: Built) -> None:
    viewers, topics = grand.viewers(), topics_of(grand)
    reaches, compared = reaches_of(topic.audience for topic in topics), 0
    readers = {t.id: {who for who, v in viewers.items() if may_read(v, t.audience)} for t in topics}
    for before in topics:
        for after in topics:
            if before.place_id != after.place_id or before is after:
                continue
            if is_no_wider(reaches[after.audience_id], reaches[before.audience_id]):
                compared += 1
                assert readers[after.id] <= readers[before.id], (before.audience, after.audience)
    assert compared > 100


def test_a_closed_or_secret_group_is_named_to_its_own_people_alone(grand: Built) -> None:
    hidden = {group.name: group for group in _groups() if group.kind != "open"}
    named = 0
    for viewer in [*grand.viewers().values(), VISITOR]:
        for topic in topics_of(grand):
            reach = reach_of(topic.audience)
            text = sentence(topic.audience, viewer=viewer, reach=reach)
            for name, group in hidden.items():
                mine = any(wall.ref_id == group.id and knows(viewer, wall) for wall in reach.answers)
                assert (name in text) <= mine, (text, viewer.id)
                named += name in text
    assert named


def _groups() -> list[Group]:
    return list(db.session.scalars(select(Group).order_by(Group.name)))


def test_a_place_behind_another_speaks_of_those_who_come_through_both(grand: Built) -> None:
    """A place for guests inside a place for members is for members; expressly opened, for guests."""
    gated, opened = grand.places[7], grand.places[8]
    texts = [
        sentence(db.session.scalars(select(Audience).where(Audience.place_id == p, Audience.inherits)).one())
        for p in (gated, opened)
    ]
    assert db.session.get_one(Place, gated).read_kind == "guests"
    assert texts[0].startswith("Members can read this")
    assert texts[1].startswith("Members and guests can read this")
