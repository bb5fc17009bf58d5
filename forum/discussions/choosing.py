"""Choosing who a topic is for: what somebody may choose, and what their choice comes to."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from sqlalchemy import select

from forum.access.audience import RANK, effective_rank, fits_within, may_read
from forum.access.models import NOBODY, Audience, AudienceKind, Place
from forum.access.places import AudienceChoice
from forum.access.reach import GROUP, PEOPLE, Reach, Wall, is_no_wider, reach_of, reach_of_choice
from forum.access.rules.discussions import moderates
from forum.access.viewer import Viewer
from forum.access.words import groups_of, sentence_of
from forum.accounts.models import User
from forum.core import clock
from forum.core.db import db
from forum.core.errors import Forbidden, Invalid
from forum.discussions.actions.inviting import until_of_invited
from forum.discussions.models import Topic
from forum.discussions.params import AudienceParams
from forum.discussions.queries.topics import author_wrote_all, default_audience
from forum.web.templating import choose_time_zone

MOST_PEOPLE = 50
PUBLIC_RANK = RANK[AudienceKind.PUBLIC]
Chosen = tuple[AudienceChoice | None, list[User]]


@dataclass(frozen=True, slots=True)
class Choices:
    """What the form offers: kinds from wide to narrow, groups as (id, name), whether a topic may be opened beyond its place."""

    kinds: list[AudienceKind]
    groups: list[tuple[str, str]]
    openable: bool


def choices_for(viewer: Viewer, place: Place, default: Audience) -> Choices:
    """Members choose for what they start; guests leave it to the place."""
    oversees = viewer.moderates(place) and may_read(viewer, default)
    if not (viewer.is_member or oversees):
        return Choices([], [], False)
    closed = default.overseers_id == NOBODY
    openable = oversees or not closed
    kinds = [k for k in AudienceKind if openable or RANK[k] < RANK[AudienceKind.MEMBERS]]
    if not oversees:
        kinds.remove(AudienceKind.STAFF)
    if closed and not openable:
        kinds.remove(AudienceKind.PEOPLE)
    groups = [(str(group_id), name) for group_id, name in groups_of(viewer)]
    if not groups:
        kinds.remove(AudienceKind.GROUP)
    return Choices(kinds, groups, openable and effective_rank(default) < PUBLIC_RANK)


def chosen(given: AudienceParams, choices: Choices, default: Audience) -> Chosen:
    """What was chosen, and the people named; None leaves it to the place. Raises Invalid by field."""
    if given.inherits == "1" or not choices.kinds:
        return None, []
    read = given.read or default.read_kind
    reply = given.reply or read
    if read not in choices.kinds:
        raise Invalid({"read": _("This is not yours to choose here.")})
    if AudienceKind.GROUP in (read, reply) and str(given.group_id or "") not in {
        i for i, _name in choices.groups
    }:
        raise Invalid({"group_id": _("Choose a group you are in.")})
    if not fits_within(reply, read):
        raise Invalid({"reply": _("Nobody can answer who cannot read it. Choose the same, or fewer people.")})
    people = people_named(given.people) if AudienceKind.PEOPLE in (read, reply) else []
    if read is AudienceKind.PEOPLE and not people:
        raise Invalid({"people": _("Name at least one person.")})
    around = effective_rank(default)
    wider = RANK[read] > around or read is AudienceKind.PEOPLE
    opened = choices.openable and (wider or given.opened == "1")
    if wider and not opened and around < PUBLIC_RANK:
        raise Invalid({"read": _("This place is closed: only its moderators open a topic beyond it.")})
    group_id = given.group_id if AudienceKind.GROUP in (read, reply) else None
    until = end_of(given.until) if people and given.until else None
    return AudienceChoice(read, reply, group_id, opened, until), people


def chosen_for_topic(viewer: Viewer, topic: Topic, given: AudienceParams) -> Chosen:
    """What somebody chose for a topic that is there. Raises Forbidden where its author alone may not open it so far."""
    default = default_audience(topic)
    choice, people = chosen(given, choices_for(viewer, topic.place, default), default)
    refuse_widening(viewer, topic, choice, people)
    return choice, people


def people_named(text: str) -> list[User]:
    """The people behind usernames apart by commas, spaces or lines. Raises Invalid for names nobody has."""
    names = {name.removeprefix("@").casefold(): name for name in text.replace(",", " ").split()}
    if len(names) > MOST_PEOPLE:
        raise Invalid({"people": _("At most %(most)s people.", most=MOST_PEOPLE)})
    rows = db.session.scalars(select(User).where(User.username_key.in_(names), User.imported_at.is_(None)))
    found = {user.username_key: user for user in rows}
    missing = [name for key, name in names.items() if key not in found]
    if missing:
        raise Invalid({"people": _("There is nobody called %(names)s.", names=", ".join(missing))})
    return list(found.values())


def end_of(day: date) -> datetime:
    """The moment at which a day is over where the viewer lives. Raises Invalid where it is over already."""
    zone = ZoneInfo(choose_time_zone())
    end = datetime.combine(day + timedelta(days=1), time.min, zone) if day < date.max else None
    if end is None or end <= clock.now():
        raise Invalid({"until": _("Choose a day that is not over.")})
    return end.astimezone(UTC)


def start_of(day: date) -> datetime:
    """The moment at which a day begins where the viewer lives."""
    return datetime.combine(day, time.min, ZoneInfo(choose_time_zone())).astimezone(UTC)


def last_day(until: datetime | None) -> str:
    """The day that ends at that moment, as the form takes it; the inverse of `end_of`."""
    if until is None:
        return ""
    return (until.astimezone(ZoneInfo(choose_time_zone())) - timedelta(seconds=1)).date().isoformat()


def refuse_widening(
    viewer: Viewer, topic: Topic, choice: AudienceChoice | None, people: Iterable[User]
) -> None:
    """What others wrote is not shown by its author alone to anybody it was not written for. Raises Forbidden.

    Without others' posts, or moderating, anything may be chosen; else only what surely leaves no new reader: the same, less
    along public, guests and members, or fewer of those named. Whoever was taken out, or whose invitation has ended, counts as
    new: they are invited again by a moderator. A group and a list of names may grow later, so neither replaces anything else.
    """
    if moderates(viewer, topic) or author_wrote_all(topic):
        return
    before = reach_of(topic.audience)
    after = reach_of_choice(choice, default_audience(topic), topic_id=topic.id)
    if not is_no_wider(after, before) or not _names_nobody_new(topic, choice, before, people):
        raise Forbidden(
            _(
                "Others have answered for those who can read it now. Ask a moderator to open it to more people."
            )
        )


def _names_nobody_new(
    topic: Topic, choice: AudienceChoice | None, before: Reach, people: Iterable[User]
) -> bool:
    """Whether a choice of a group or of names is the one that holds, and no invitation begins or lasts longer."""
    if choice is None or choice.read not in (AudienceKind.GROUP, AudienceKind.PEOPLE):
        return True
    if choice.read is AudienceKind.GROUP:
        return Wall(GROUP, choice.group_id or 0) in before.reads
    held, now = until_of_invited(topic.id), clock.now()

    def lasts(person: User) -> bool:
        if person.id not in held:
            return False
        until = held[person.id]
        return until is None or (now < until and choice.until is not None and choice.until <= until)

    others = [person for person in people if person.id != topic.author_id]
    return Wall(PEOPLE, topic.id) in before.reads and all(lasts(person) for person in others)


def sentence_for_choice(
    viewer: Viewer,
    choice: AudienceChoice | None,
    default: Audience,
    people: Iterable[User],
    *,
    author_id: int,
) -> str:
    """Who will read and who will answer, before it is saved. The author is among the named."""
    named = {author_id, *(person.id for person in people)}
    return sentence_of(reach_of_choice(choice, default), people=len(named), viewer=viewer)
