"""One world with something of everything in it: every kind of place, of topic, of person."""

from itertools import cycle

from tests.access.worlds import Group, Own, Person, Place, Topic, World

OPEN, CLOSED, SECRET = 0, 1, 2
ALL_GROUPS = ((OPEN, None), (CLOSED, None), (SECRET, None))
READS: tuple[tuple[str, int | None], ...] = (
    ("public", None),
    ("guests", None),
    ("members", None),
    ("staff", None),
    ("people", None),
    ("group", OPEN),
    ("group", CLOSED),
    ("group", SECRET),
)

MEMBER = {"since": -1000.0}
PEOPLE = (
    Person(),
    Person(**MEMBER),
    Person(confirmed=False, **MEMBER, staff=True, site_moderator=True, moderates=(0, 1), groups=ALL_GROUPS),
    Person(suspended=(True, None), **MEMBER, staff=True, moderates=(2, 5), groups=ALL_GROUPS),
    Person(suspended=(True, 24.0), **MEMBER, groups=ALL_GROUPS),
    Person(suspended=(True, 0.0), **MEMBER, groups=ALL_GROUPS),
    Person(suspended=(True, -24.0), **MEMBER),
    Person(since=24.0, until=1000.0),
    Person(since=0.0),
    Person(since=-1000.0, until=24.0, groups=ALL_GROUPS),
    Person(since=-1000.0, until=0.0),
    Person(since=-1000.0, until=-24.0, moderates=(2,)),  # in grace for another day
    Person(since=-1000.0, until=-48.0, site_moderator=True, groups=ALL_GROUPS),  # grace over at this moment
    Person(since=-1000.0, until=-72.0, site_moderator=True, moderates=(2, 5), groups=ALL_GROUPS),
    Person(groups=ALL_GROUPS),  # a guest
    Person(staff=True),
    Person(staff=True, groups=((CLOSED, None), (SECRET, None))),
    Person(**MEMBER, site_moderator=True),
    Person(**MEMBER, moderates=(2,)),
    Person(**MEMBER, moderates=(5,)),  # of the closed group's place, and not in the group
    Person(**MEMBER, moderates=(5,), groups=((CLOSED, None),)),
    Person(**MEMBER, moderates=(7,)),  # of a place inside another
    Person(**MEMBER, groups=((OPEN, None),), edits=(2, 5)),
    Person(**MEMBER, groups=((CLOSED, None),)),
    Person(**MEMBER, groups=((SECRET, None),)),
    Person(**MEMBER, groups=((OPEN, -24.0), (CLOSED, 0.0), (SECRET, 24.0))),
)
GUEST, A_MEMBER, EXPIRED = 0, 1, 13


def _places() -> tuple[Place, ...]:
    roots: list[tuple[str, int | None]] = [
        ("public", None), ("guests", None), ("members", None), ("staff", None),
        ("group", OPEN), ("group", CLOSED), ("group", SECRET),
    ]  # fmt: skip
    children: list[tuple[int, str, int | None, bool]] = [
        (2, "guests", None, False), (2, "guests", None, True), (2, "group", CLOSED, False), (2, "staff", None, False),
        (5, "members", None, False), (5, "members", None, True), (3, "public", None, False), (3, "public", None, True),
    ]  # fmt: skip
    kinds = cycle(["public", "members", "staff", "guests", "group"])
    made = [Place(read, next(kinds), next(kinds), group or OPEN) for read, group in roots]
    made += [
        Place(read, next(kinds), next(kinds), group or OPEN, parent, opened)
        for parent, read, group, opened in children
    ]
    made.append(Place("public", "guests", "guests", archived=True))
    made.append(Place("members", "group", "group", CLOSED))
    return tuple(made)


def _topics(places: tuple[Place, ...]) -> tuple[Topic, ...]:
    made = [Topic(n) for n in range(len(places))]
    replies = cycle(["public", "people", "staff", "members", "group", "guests", "people"])
    named = (
        (GUEST, None),
        (2, None),
        (3, None),
        (6, -24.0),
        (7, 0.0),
        (A_MEMBER, 24.0),
        (EXPIRED, None),
        (22, None),
    )
    for place in (2, 5, 7, 8):
        for read, group in READS:
            made += [
                Topic(place, Own(read, next(replies), SECRET if group is None else group, opened, named))
                for opened in (False, True)
            ]
    made += [
        Topic(0, hidden=True),
        Topic(2, Own("guests", "guests", None, True), hidden=True),
        Topic(0, locked=True),
        Topic(5, hidden=True),
        Topic(2, hidden=True, locked=True),
    ]
    return tuple(made)


GRAND = World(
    groups=(Group("open"), Group("closed"), Group("secret")),
    places=_places(),
    topics=_topics(_places()),
    people=PEOPLE,
    grace_days=2,
)
TURNS = (-24.0, 0.0, 24.0, 48.0)

# Enough of it to tell whether gates and oversight are worked out as they should be, and quickly made.
SMALL = World(
    groups=GRAND.groups,
    places=(
        Place("members", "public", "guests"),
        Place("group", "group", "group", CLOSED),
        Place("guests", "guests", "guests", parent=0, opened=True),
        Place("guests", "guests", "guests", parent=0),
        Place("members", "members", "members", parent=1),
        Place("public", "staff", "staff", parent=1, opened=True),
        Place("group", "group", "group", OPEN, parent=0),
        Place("group", "members", "members", SECRET, parent=0),
        Place("public", "public", "public", parent=7, opened=True),
    ),
    topics=tuple(
        [Topic(n) for n in range(9)]
        + [
            Topic(place, Own(read, reply, group, opened, ((0, None), (6, None))))
            for place in (0, 1)
            for read, reply, group in (
                ("public", "public", OPEN), ("people", "members", OPEN), ("people", "staff", OPEN), ("people", "group", OPEN),
                ("guests", "people", OPEN), ("group", "members", CLOSED), ("staff", "staff", OPEN),
            )
            for opened in (False, True)
        ]
        + [Topic(2, Own("public", "guests")), Topic(2, Own("members", "members")), Topic(0, Own("guests", "members", OPEN, True)), Topic(3, Own("public", "guests")), Topic(4, Own("members", "group", OPEN))]
    ),
    people=(
        Person(),
        Person(**MEMBER),
        Person(staff=True),
        Person(**MEMBER, site_moderator=True),
        Person(**MEMBER, moderates=(0, 1)),
        Person(**MEMBER, moderates=(2,), groups=((CLOSED, None),)),
        Person(**MEMBER, groups=ALL_GROUPS),
        Person(**MEMBER, groups=((OPEN, None),)),
        Person(**MEMBER, groups=((SECRET, None),)),
    ),
    grace_days=2,
)  # fmt: skip

# What time alone changes, each at an hour of its own: a guest becomes a member, a membership and its grace end, a
# suspension ends, a place in a group ends, an invitation ends.
TIMELY = World(
    groups=(Group("closed"),),
    places=(
        Place("members", "members", "members"),
        Place("group", "group", "group", 0),
        Place("guests", "guests", "members"),
    ),
    topics=(
        Topic(0),
        Topic(1),
        Topic(2),
        Topic(0, Own("people", "people", None, True, ((4, 50.0), (5, None)))),
    ),
    people=(
        Person(since=10.0),
        Person(since=-1000.0, until=20.0, moderates=(0,)),
        Person(since=-1000.0, suspended=(True, 30.0)),
        Person(since=-1000.0, groups=((0, 40.0),)),
        Person(),
        Person(),
    ),
    grace_days=2,
)
HOURS = tuple(
    sorted({0.0} | {turn + before for turn in (10, 20, 30, 40, 50, 68) for before in (-0.001, 0.0)})
)
