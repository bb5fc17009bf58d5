"""Who may read and answer what, and what is unread for whom: the demo's own reckoning, which the tests hold the forum to."""

from forum.demo.plan import Category, Counts, Demo, Person, Reader, Topic

GRACE_DAYS = 60  # the forum's default


def may_read(demo: Demo, person: Person, topic: Topic) -> bool:
    """Whether a person reads a topic, by the audience rule in words."""
    place, around = _places(demo, topic)
    if _oversees(person, place, around) and not _is_in_closed_group(demo, topic, place):
        return True
    read = topic.read or place.read
    gates = [] if topic.opened else [place, *around]
    return _holds(demo, person, read, topic, topic.group or place.group) and all(
        _holds(demo, person, gate.read, topic, gate.group) for gate in gates
    )


def may_reply(demo: Demo, person: Person, topic: Topic) -> bool:
    """Whether a person may answer in a topic (a lock set aside: it came later)."""
    place, around = _places(demo, topic)
    if not may_read(demo, person, topic):
        return False
    if _oversees(person, place, around) and not _is_in_closed_group(demo, topic, place):
        return True
    return _holds(demo, person, topic.reply or topic.read or place.reply, topic, topic.group or place.group)


def count_unread(demo: Demo, reader: Reader) -> Counts:
    """What is unread for a reader: visible posts of others beyond what was read and above the floor, in topics the reader may read."""
    person = next(p for p in demo.people if p.username == reader.username)
    per_topic = {
        topic.slug: sum(
            post.number > read_to(reader, topic)
            and post.ago < reader.floor
            and post.author != person.username
            and post.is_visible
            for post in topic.posts
        )
        for topic in demo.topics
        if may_read(demo, person, topic)
    }
    return Counts(
        topics=sum(count > 0 for count in per_topic.values()),
        posts=sum(per_topic.values()),
        new=sum(slug in reader.new for slug in per_topic),
    )


def read_to(reader: Reader, topic: Topic) -> int:
    """The number up to which a topic has been read; 0 for a new one."""
    if topic.slug in reader.new:
        return 0
    return reader.read.get(topic.slug, topic.posts[-1].number)


def _places(demo: Demo, topic: Topic) -> tuple[Category, list[Category]]:
    by_slug = {category.slug: category for category in demo.categories}
    place = by_slug[topic.category]
    return place, [by_slug[place.parent]] if place.parent else []


def _oversees(person: Person, place: Category, around: list[Category]) -> bool:
    held = {f"moderator:{category.slug}" for category in (place, *around)} | {"moderator", "staff"}
    return bool(held & set(person.roles))


def _is_in_closed_group(demo: Demo, topic: Topic, place: Category) -> bool:
    """What stands in a closed or secret group is overseen by its own people alone."""
    groups = {topic.group, None if topic.opened else place.group}
    return any(group.slug in groups and group.kind != "open" for group in demo.groups)


def _holds(demo: Demo, person: Person, kind: str, topic: Topic, group: str | None) -> bool:
    if kind == "members":
        return person.is_member(GRACE_DAYS)
    if kind == "group":
        return any(g.slug == group and person.username in g.everybody for g in demo.groups)
    if kind == "people":
        return person.username in {topic.author, *topic.people}
    return kind in {"public", "guests"} or (kind == "staff" and "staff" in person.roles)
