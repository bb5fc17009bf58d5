"""Worlds by chance: places two deep, audiences narrower and wider, people of every standing, dates near their turn."""

from hypothesis import strategies as st

from tests.access.worlds import Group, Own, Person, Place, Topic, World

KINDS = ("public", "guests", "members", "group", "staff")
TURNS = st.sampled_from([None, -24.0, 0.0, 24.0])  # over, over this very moment, not over; without end
GRACE = 2  # days: short, so that dates fall before and after it


@st.composite
def worlds(draw: st.DrawFn) -> World:
    groups = tuple(Group(kind) for kind in draw(st.permutations(["open", "closed", "secret"])))
    places = draw(_places(len(groups)))
    people = tuple(draw(st.lists(_people(len(groups), len(places)), min_size=4, max_size=7)))
    topics = tuple(draw(st.lists(_topics(len(groups), len(places), len(people)), min_size=3, max_size=6)))
    return World(groups, places, topics, people, grace_days=GRACE)


@st.composite
def _places(draw: st.DrawFn, groups: int) -> tuple[Place, ...]:
    made: list[Place] = []
    for parent in draw(st.lists(st.sampled_from([None, 0, 0, 1]), min_size=1, max_size=3)):
        top = parent is None or parent >= len(made) or made[parent].parent is not None
        read, group = draw(st.sampled_from(KINDS)), draw(st.integers(0, groups - 1))
        made.append(
            Place(
                read=read,
                reply=draw(st.sampled_from(KINDS)),
                start=draw(st.sampled_from(KINDS)),
                group=group,
                parent=None if top else parent,
                opened=draw(st.booleans()),
                archived=draw(st.integers(0, 5)) == 0,
            )
        )
    return tuple(made)


@st.composite
def _topics(draw: st.DrawFn, groups: int, places: int, people: int) -> Topic:
    own = None
    if draw(st.integers(0, 3)):
        named = draw(st.dictionaries(st.integers(0, people - 1), TURNS, max_size=3))
        own = Own(
            read=draw(st.sampled_from([*KINDS, "people"])),
            reply=draw(st.sampled_from([*KINDS, "people"])),
            group=draw(st.integers(0, groups - 1)),
            opened=draw(st.booleans()),
            named=tuple(sorted(named.items())),
        )
    return Topic(
        place=draw(st.integers(0, places - 1)),
        own=own,
        hidden=draw(st.integers(0, 7)) == 0,
        locked=draw(st.integers(0, 7)) == 0,
    )


@st.composite
def _people(draw: st.DrawFn, groups: int, places: int) -> Person:
    since = draw(st.sampled_from([None, -1000.0, -1000.0, -1000.0, 0.0, 24.0]))
    until = draw(st.sampled_from([None, -72.0, -48.0, -24.0, 0.0, 24.0])) if since == -1000.0 else None
    suspended = draw(st.sampled_from([None] * 7 + [(True, None), (True, -24.0), (True, 0.0), (True, 24.0)]))
    role = draw(st.sampled_from(["", "", "staff", "site", "place", "place"]))
    return Person(
        confirmed=draw(st.integers(0, 7)) > 0,
        since=since,
        until=until,
        suspended=suspended,
        staff=role == "staff",
        site_moderator=role == "site",
        moderates=(draw(st.integers(0, places - 1)),) if role == "place" else (),
        groups=tuple(sorted(draw(st.dictionaries(st.integers(0, groups - 1), TURNS, max_size=2)).items())),
    )
