"""The live line leaks nothing: what is asked there, what is heard there, also on lines held open while rights end."""

import pytest
from flask import Flask

from forum.realtime import broadcast, room
from forum.realtime.broadcasts import BROADCASTS as DECLARED
from forum.realtime.events import EVENTS as ANSWERED
from forum.realtime.rooms import KINDS
from tests.leaks.harvest import SignIn, browser_of, canaries_in
from tests.leaks.surfaces import BROADCASTS, EVENTS, TALK_EVENTS
from tests.leaks.table import ALLOWED
from tests.leaks.test_revocations import READERS, revoke
from tests.leaks.world import World
from tests.lines import Line

NEVER_WAS = "914400000000000001"


@pytest.mark.one_database
def test_every_event_and_every_broadcast_is_named(app: Flask) -> None:
    assert set(ANSWERED) == set(EVENTS) | set(TALK_EVENTS), (
        "name these in tests/leaks/surfaces.py and say how they are asked"
    )
    assert set(DECLARED) == set(BROADCASTS), "name these in tests/leaks/surfaces.py and say who hears them"
    assert set(KINDS) == {"topic", "user"}


@pytest.mark.one_database
@pytest.mark.parametrize("name", ["visitor", "guest", "member", "moderator", "staff"])
def test_what_may_be_joined_is_what_may_be_read(app: Flask, world: World, sign_in: SignIn, name: str) -> None:
    line = Line(app, browser_of(app, world, name, sign_in))
    for key, topic in world.topics.items():
        for event, shape in EVENTS.items():
            sent = {field: value.format(topic=topic.id) for field, value in shape.items()}
            told = line.ask(event, sent)
            if name in ALLOWED[f"{key}.title"]:
                assert told["ok"], (name, event, key)
            else:
                never = line.ask(
                    event, {field: value.format(topic=NEVER_WAS) for field, value in shape.items()}
                )
                assert told == never, (name, event, key)
            assert canaries_in([str(told)]) == set()
    assert line.heard() == []


@pytest.mark.one_database
@pytest.mark.parametrize("name", ["visitor", "guest", "member", "site_moderator", "staff"])
def test_private_talk_is_not_there_for_those_who_take_no_part(
    app: Flask, world: World, sign_in: SignIn, name: str
) -> None:
    line = Line(app, browser_of(app, world, name, sign_in))
    ids = [{"conversation": str(each), "message": NEVER_WAS} for each in world.conversations]
    ids += [{"conversation": NEVER_WAS, "message": str(each)} for each in world.messages]
    for event, shape in TALK_EVENTS.items():
        never = line.ask(event, filled(shape, {"conversation": NEVER_WAS, "message": NEVER_WAS}))
        for one in ids if shape else ():
            assert line.ask(event, filled(shape, one)) == never, (name, event)
        assert canaries_in([str(never)]) == set()
    assert line.heard() == []


def filled(shape: dict[str, object], ids: dict[str, str]) -> dict[str, object]:
    return {key: value.format(**ids) if isinstance(value, str) else value for key, value in shape.items()}


def test_lines_held_open_hear_nothing_more_of_what_is_taken_from_them(
    app: Flask, world: World, sign_in: SignIn
) -> None:
    lines = {name: Line(app, browser_of(app, world, name, sign_in)) for name in READERS}
    for name, topics in READERS.items():
        for key in topics:
            assert lines[name].ask("topic:join", {"topic_id": str(world.topics[key].id)})["ok"], (name, key)
    with app.app_context():
        say_everything(world)
    for name, topics in READERS.items():
        assert len(lines[name].heard()) == 3 * len(topics), name
    with app.app_context():
        revoke(world)
        say_everything(world)
    for name in READERS:
        assert lines[name].heard() == [], name


def say_everything(world: World) -> None:
    """Every kind of broadcast, to every room there is."""
    for topics in READERS.values():
        for key in topics:
            topic_id = world.topics[key].id
            for name in ("post:new", "post:changed", "topic:changed"):
                broadcast(room("topic", topic_id), name, {"topic_id": str(topic_id)})
