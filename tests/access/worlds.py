"""Worlds in plain data, and who may read and answer what in them, said again from the words of the product.

Nothing here knows a table, a scope or a gate. Times are hours from the moment at which a world is looked at.
"""

from dataclasses import dataclass, field

WIDE_TO_NARROW = ("public", "guests", "members")
NARROW = ("group", "staff", "people")
Hours = float


@dataclass(frozen=True)
class Group:
    kind: str  # open, closed, secret


@dataclass(frozen=True)
class Place:
    """`parent` and `group` are positions in the world's lists."""

    read: str
    reply: str
    start: str
    group: int | None = None
    parent: int | None = None
    opened: bool = False
    archived: bool = False


@dataclass(frozen=True)
class Own:
    """The audience that somebody gave one topic. `named` are positions of people, with the hour their invitation ends."""

    read: str
    reply: str
    group: int | None = None
    opened: bool = False
    named: tuple[tuple[int, Hours | None], ...] = ()


@dataclass(frozen=True)
class Topic:
    place: int
    own: Own | None = None
    hidden: bool = False
    locked: bool = False


@dataclass(frozen=True)
class Person:
    """`since` and `until` bound the membership; `suspended` is None, or a pair of True and the hour it ends (None: never)."""

    confirmed: bool = True
    since: Hours | None = None
    until: Hours | None = None
    suspended: tuple[bool, Hours | None] | None = None
    staff: bool = False
    site_moderator: bool = False
    moderates: tuple[int, ...] = ()
    edits: tuple[int, ...] = ()  # a role that gives nothing in a place where nothing is edited
    groups: tuple[tuple[int, Hours | None], ...] = ()


@dataclass(frozen=True)
class World:
    groups: tuple[Group, ...] = ()
    places: tuple[Place, ...] = ()
    topics: tuple[Topic, ...] = ()
    people: tuple[Person, ...] = ()
    grace_days: int = 60


@dataclass(frozen=True)
class Audience:
    """Who reads, as one wall that one must be let through."""

    kind: str
    place: int
    group: int | None = None
    named: tuple[tuple[int, Hours | None], ...] = field(default=())


def is_within(inner: str, outer: str) -> bool:
    """Public holds guests, who hold members, who hold every group, the staff and every few named people."""
    if outer in NARROW:
        return inner in (outer, "staff")
    return inner in NARROW or WIDE_TO_NARROW.index(inner) >= WIDE_TO_NARROW.index(outer)


class Oracle:
    """Answers for one world at one hour. A visitor is None."""

    def __init__(self, world: World, at: Hours = 0.0) -> None:
        self.world, self.at = world, at

    # The people.

    def takes_part(self, who: int | None) -> bool:
        """Signed in, confirmed, and not suspended; whoever is not is as a visitor."""
        if who is None:
            return False
        person = self.world.people[who]
        return person.confirmed and not self.is_suspended(who)

    def is_suspended(self, who: int) -> bool:
        suspended = self.world.people[who].suspended
        return suspended is not None and (suspended[1] is None or self.at < suspended[1])

    def is_member(self, who: int | None) -> bool:
        """A member, or lapsed within grace."""
        if who is None or not self.takes_part(who):
            return False
        person = self.world.people[who]
        if person.since is None or self.at < person.since:
            return False
        return person.until is None or self.at < person.until + 24 * self.world.grace_days

    def is_staff(self, who: int | None) -> bool:
        return who is not None and self.takes_part(who) and self.world.people[who].staff

    def belongs(self, who: int | None) -> bool:
        """Has what members have: members, and those whom the society employs."""
        return self.is_member(who) or self.is_staff(who)

    def moderates(self, who: int | None, place: int) -> bool:
        """Staff; a member who moderates the site, this place, or the one around it."""
        if who is None or not self.takes_part(who):
            return False
        person = self.world.people[who]
        around = {place, self.world.places[place].parent}
        return self.is_staff(who) or (
            self.is_member(who) and (person.site_moderator or bool(around & set(person.moderates)))
        )

    def is_in_group(self, who: int | None, group: int) -> bool:
        if who is None or not self.belongs(who):
            return False
        ends = dict(self.world.people[who].groups)
        return group in ends and self.is_before(ends[group])

    def is_before(self, end: Hours | None) -> bool:
        return end is None or self.at < end

    # The audience.

    def is_among(self, who: int | None, audience: Audience) -> bool:
        match audience.kind:
            case "public":
                return True
            case "guests":
                return self.takes_part(who)
            case "members":
                return self.belongs(who)
            case "group":
                return audience.group is not None and self.is_in_group(who, audience.group)
            case "staff":
                return self.moderates(who, audience.place)
            case "people":
                ends = dict(audience.named)
                return who is not None and self.takes_part(who) and who in ends and self.is_before(ends[who])
        raise ValueError(audience.kind)

    def default_of(self, place: int) -> Audience:
        it = self.world.places[place]
        return Audience(it.read, place, it.group)

    def walls_of_place(self, place: int) -> list[Audience]:
        """Its own readers; and those of the place around it, unless it was expressly opened."""
        it = self.world.places[place]
        around = [self.default_of(it.parent)] if it.parent is not None and not it.opened else []
        return [self.default_of(place), *around]

    def walls_of_topic(self, topic: int) -> list[Audience]:
        it = self.world.topics[topic]
        if it.own is None:
            return self.walls_of_place(it.place)
        own = Audience(it.own.read, it.place, it.own.group, it.own.named)
        return [own] if it.own.opened else [own, *self.walls_of_place(it.place)]

    def is_archive(self, place: int) -> bool:
        """Kept to be read, or inside one that is."""
        it = self.world.places[place]
        return it.archived or (it.parent is not None and self.world.places[it.parent].archived)

    def oversees(self, who: int | None, place: int, walls: list[Audience]) -> bool:
        """Moderators and staff see to all that stands in their places, but for what is a closed or secret group's."""
        closed = any(w.group is not None and self.is_closed(w.group) for w in walls if w.kind == "group")
        return self.moderates(who, place) and not closed

    def is_closed(self, group: int) -> bool:
        return self.world.groups[group].kind != "open"

    def gets_through(self, who: int | None, place: int, walls: list[Audience]) -> bool:
        return all(self.is_among(who, wall) for wall in walls) or self.oversees(who, place, walls)

    # What one may do.

    def may_read_place(self, who: int | None, place: int) -> bool:
        return self.gets_through(who, place, self.walls_of_place(place))

    def is_in_audience(self, who: int | None, topic: int) -> bool:
        """Whether the topic is for them, whatever state it is in."""
        return self.gets_through(who, self.world.topics[topic].place, self.walls_of_topic(topic))

    def may_read(self, who: int | None, topic: int) -> bool:
        it = self.world.topics[topic]
        return self.is_in_audience(who, topic) and (not it.hidden or self.moderates(who, it.place))

    def may_answer_by_audience(self, who: int | None, topic: int) -> bool:
        """Reading is needed; then one must be among those who answer, or oversee it."""
        it = self.world.topics[topic]
        place, walls = self.world.places[it.place], self.walls_of_topic(topic)
        reply = it.own.reply if it.own else place.reply
        if reply == "public":
            reply = "guests"
        if not is_within(reply, walls[0].kind):
            reply = walls[0].kind
        group, named = (it.own.group, it.own.named) if it.own else (place.group, ())
        answering = Audience(reply, it.place, group, named)
        return self.is_in_audience(who, topic) and (
            self.is_among(who, answering) or self.oversees(who, it.place, walls)
        )

    def may_reply(self, who: int | None, topic: int) -> bool:
        it = self.world.topics[topic]
        return (
            self.takes_part(who)
            and self.may_answer_by_audience(who, topic)
            and not it.hidden
            and not it.locked
            and not self.is_archive(it.place)
        )

    def may_start(self, who: int | None, place: int) -> bool:
        it = self.world.places[place]
        start = "guests" if it.start == "public" else it.start
        if not is_within(start, it.read):
            start = "guests" if it.read == "public" else it.read
        among = self.is_among(who, Audience(start, place, it.group))
        oversees = self.oversees(who, place, self.walls_of_place(place))
        return (
            self.takes_part(who)
            and not self.is_archive(place)
            and self.may_read_place(who, place)
            and (among or oversees)
        )
