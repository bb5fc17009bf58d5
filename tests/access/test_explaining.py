"""What is explained is what holds: in whole worlds the verdicts, the rule and every clause told are those of the rule itself."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from forum.access import audience as audiences
from forum.access import explain
from forum.access.explain import About, Explanation, Names, clauses_of, explain_place, explain_topic
from forum.access.models import NOBODY, PUBLIC, Place
from forum.access.viewer import Viewer
from forum.boards.models import Category
from forum.core import clock
from forum.core.db import db
from forum.discussions.models import Topic
from tests.access.building import Built, build, moment, said_by_oracle, undone
from tests.access.grand_world import GRAND, TURNS
from tests.access.strategies import worlds
from tests.access.worlds import Hours, World
from tests.conftest import NOW

pytestmark = pytest.mark.usefixtures("context")
LETS_IN = {"audience", "oversight", "overseers"}


def told_wrongly(built: Built, at: Hours) -> Iterator[str]:
    """Where an explanation says something else than the rule in words."""
    right, viewers = said_by_oracle(built.world, at), built.viewers()
    names = Names("the place", "the place around")
    for n, topic_id in enumerate(built.topics):
        topic = db.session.scalars(
            select(Topic)
            .options(joinedload(Topic.audience), joinedload(Topic.place))
            .where(Topic.id == topic_id)
        ).one()
        for who, viewer in viewers.items():
            told = explain_topic(About(viewer, "Who"), topic, names)
            if told.readable is not ((who, n) in right["read"]):
                yield f"topic {n}: {who} reads it: {told.readable}"
            if told.may_reply is not ((who, n) in right["reply"]):
                yield f"topic {n}: {who} answers: {told.may_reply}"
            if (told.rule in LETS_IN) is not told.readable:
                yield f"topic {n}: {who} reads it: {told.readable}, by {told.rule}"
            yield from (f"topic {n}: {who}: {fault}" for fault in faults_of(told, viewer, topic))
    for n, place_id in enumerate(built.places):
        category = db.session.scalars(
            select(Category)
            .options(joinedload(Category.place).joinedload(Place.audience))
            .where(Category.place_id == place_id)
        ).one()
        for who, viewer in viewers.items():
            told = explain_place(About(viewer, "Who"), category, names)
            if told.readable is not ((who, n) in right["read place"]):
                yield f"place {n}: {who} reads it: {told.readable}"
            if (told.rule in LETS_IN) is not told.readable:
                yield f"place {n}: {who} reads it: {told.readable}, by {told.rule}"


def faults_of(told: Explanation, viewer: Viewer, topic: Topic) -> Iterator[str]:
    """The words alone, counted: as many clauses are said to be met, and not to be met, as there are."""
    clauses = clauses_of(viewer, topic.audience)
    inherits = topic.audience.inherits and topic.audience.gate1_id == topic.audience.read_scope_id
    said = [
        clause
        for clause in clauses.values()
        if clause.scope_id != NOBODY
        and not (clause.column in {"gate1", "gate2"} and clause.scope_id == PUBLIC)
        and not (clause.column == "gate1" and inherits)
    ]
    words = "\n".join(told.because)
    met = (
        words.count("Who is among them.") + words.count("Who is in it.") + words.count("Who is named, until")
    )
    unmet = words.count("Who is not among them.") + words.count("Who is not in it.")
    if met != sum(c.holds for c in said):
        yield f"{met} clauses are said to be met: {told.because}"
    if unmet != sum(not c.holds for c in said):
        yield f"{unmet} clauses are said not to be met: {told.because}"


def wrongly(world: World, hours: tuple[Hours, ...] = (0.0,)) -> list[str]:
    with undone():
        built = build(world)
        db.session.expire_all()
        found = []
        try:
            for at in hours:
                clock.freeze(moment(at))
                found += list(told_wrongly(built, at))
        finally:
            clock.freeze(NOW)
        return found


def test_what_is_explained_is_what_holds_of_something_of_everything() -> None:
    told = wrongly(GRAND, TURNS[:2])
    assert not told, told[:5]


@settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(worlds())
def test_what_is_explained_is_what_holds_in_any_world(world: World) -> None:
    told = wrongly(world, (0.0, 24.0))
    assert not told, told[:5]


def a_wall_that_is_forgotten(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(explain, "WALLS", ("read", "gate1"))


def an_oversight_that_is_forgotten(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(explain, "OVERSIGHT", ("oversight",))


def a_rule_that_moved_on(patch: pytest.MonkeyPatch) -> None:
    """The rule itself changes, and the words do not follow."""
    patch.setattr(audiences, "may_read", lambda viewer, audience: audience.read_scope_id in viewer.scopes)


def words_that_lie(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(explain, "_among_words", lambda about, _clause, _kind: f"{about.name} is among them.")


@pytest.mark.one_database
@pytest.mark.parametrize(
    "plant",
    [
        a_wall_that_is_forgotten,
        an_oversight_that_is_forgotten,
        a_rule_that_moved_on,
        words_that_lie,
    ],
)
def test_an_explanation_that_drifts_is_seen(plant: object, monkeypatch: pytest.MonkeyPatch) -> None:
    plant(monkeypatch)  # type: ignore[operator]
    assert wrongly(GRAND)
