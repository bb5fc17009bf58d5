"""Choosing who a topic is for: what somebody may choose, and what their choice comes to."""

from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import select

from forum.access.audience import RANK, fits_within, may_read
from forum.access.models import NOBODY, Audience, AudienceKind, Place
from forum.access.places import AudienceChoice
from forum.access.rules.discussions import moderates
from forum.access.viewer import Viewer
from forum.access.words import groups_of
from forum.accounts.models import User
from forum.core.db import db
from forum.core.errors import Forbidden, Invalid
from forum.discussions.models import Topic
from forum.discussions.params import AudienceParams
from forum.discussions.queries.topics import author_wrote_all, default_audience

MOST_PEOPLE = 50
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
    return Choices(kinds, groups, openable and default.read_kind is not AudienceKind.PUBLIC)


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
    wider = RANK[read] > RANK[default.read_kind] or read is AudienceKind.PEOPLE
    opened = choices.openable and (wider or given.opened == "1")
    if wider and not opened and default.read_kind is not AudienceKind.PUBLIC:
        raise Invalid({"read": _("This place is closed: only its moderators open a topic beyond it.")})
    group_id = given.group_id if AudienceKind.GROUP in (read, reply) else None
    return AudienceChoice(read, reply, group_id, opened), people


def chosen_for_topic(viewer: Viewer, topic: Topic, given: AudienceParams) -> Chosen:
    """What somebody chose for a topic that is there. Raises Forbidden where its author alone may not open it so far."""
    default = default_audience(topic)
    choice, people = chosen(given, choices_for(viewer, topic.place, default), default)
    if not moderates(viewer, topic):
        refuse_widening(topic, choice, default, wrote_all=author_wrote_all(topic))
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


def refuse_widening(topic: Topic, choice: AudienceChoice | None, default: Audience, wrote_all: bool) -> None:
    """What others wrote for few is not shown to more by its author alone. Raises Forbidden."""
    after = choice.read if choice else default.read_kind
    opens = bool(choice and choice.opened) and not topic.audience.opened
    if not wrote_all and (RANK[after] > RANK[topic.audience.read_kind] or opens):
        raise Forbidden(
            _(
                "Others have answered for those who can read it now. Ask a moderator to open it to more people."
            )
        )
