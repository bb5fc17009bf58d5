"""The log as one moderator may read it: of the places they look after; of what is closed to them, nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, and_, case, or_, select, true

from forum.access.audience import readable_by
from forum.access.models import RoleName, Scope
from forum.access.viewer import SITE, Viewer
from forum.access.words import names_of_groups
from forum.accounts.models import User
from forum.accounts.names import username_key
from forum.audit.models import AuditEntry, AuditPlace
from forum.audit.queries import recorded_with
from forum.boards.models import Category
from forum.boards.queries import all_categories, categories_for
from forum.core.db import db
from forum.core.errors import ForumError
from forum.core.pages import Page, cut, decode_cursor, encode_cursor
from forum.discussions.actions.obstacles import obstacles
from forum.discussions.counting import visible_topics
from forum.discussions.models import Post, Revision, Topic
from forum.groups.models import Group, GroupKind
from forum.moderation.log_words import (
    EVERYTHING,
    SYMBOLS,
    UPKEEP,
    group_of_tags_in_words,
    group_words,
    kinds_of_acts,
    named_in_words,
    whence_in_words,
    why_of,
)

PER_PAGE = 50
ABOUT_TOPICS = {"topic", "post", "revision"}


@dataclass(frozen=True, slots=True)
class LogLine:
    entry: AuditEntry
    actor: User | None
    words: str
    subject: str
    href: str | None
    category: Category | None
    reason: str
    also: list[str]
    symbol: str
    obstacle: ForumError | None  # to undoing it

    @property
    def id(self) -> int:
        return self.entry.id

    @property
    def undoable(self) -> bool:
        return self.obstacle is None

    @property
    def is_one_of_several(self) -> bool:
        """Whether it was done at once with others: see `recorded_with`."""
        return "together" in self.entry.detail

    @property
    def at(self) -> datetime:
        return self.entry.at


def page_of_log(
    viewer: Viewer,
    *,
    kind: str = "",
    category: str = "",
    by: str = "",
    about: str = "",
    since: datetime | None = None,
    before: datetime | None = None,
    after: str | None = None,
    limit: int | None = None,
) -> Page[LogLine]:
    """Entries the viewer may read, newest first. Who is in which group and what is set stands there only for staff who ask.

    What is closed to them stands on no page and in no cursor.
    """
    limit = limit or PER_PAGE
    found = (
        select(AuditEntry)
        .where(_for(viewer), _is_known_to(viewer))
        .order_by(AuditEntry.position.desc())
        .limit(limit + 1)
    )
    if kind and kind != EVERYTHING:
        found = found.where(AuditEntry.action == kind)
    if not (kind and viewer.is_staff):
        found = found.where(*(AuditEntry.action.not_like(f"{area}:%") for area in UPKEEP))
    if category:
        place_ids = [c.place_id for c in categories_for(viewer) if c.slug == category]
        found = found.where(_stands_in(place_ids))
    if by:
        found = found.where(AuditEntry.actor_id.in_(_ids_of(by)))
    if about:
        found = found.where(_is_about(about))
    if since is not None:
        found = found.where(AuditEntry.at >= since)
    if before is not None:
        found = found.where(AuditEntry.at < before)
    if after:
        found = found.where(AuditEntry.position < decode_cursor(after, [int])[0])
    entries, more = cut(list(db.session.scalars(found)), limit)
    return Page(lines_of(viewer, entries), encode_cursor([entries[-1].position]) if more else None)


def _ids_of(username: str) -> Any:
    return select(User.id).where(User.username_key == username_key(username.strip().removeprefix("@")))


def _is_about(username: str) -> ColumnElement[bool]:
    """What was done to an account, or to a topic or post that is theirs."""
    mine = _ids_of(username)
    return or_(
        and_(AuditEntry.subject_kind == "user", AuditEntry.subject_id.in_(mine)),
        and_(
            AuditEntry.subject_kind == "topic",
            AuditEntry.subject_id.in_(select(Topic.id).where(Topic.author_id.in_(mine))),
        ),
        and_(
            AuditEntry.subject_kind == "post",
            AuditEntry.subject_id.in_(select(Post.id).where(Post.author_id.in_(mine))),
        ),
    )


def find_entry(viewer: Viewer, entry_id: int) -> AuditEntry | None:
    """An entry that the viewer may read."""
    found = select(AuditEntry).where(AuditEntry.id == entry_id, _for(viewer), _is_known_to(viewer))
    return db.session.scalar(found)


def find_line(viewer: Viewer, entry_id: int) -> LogLine | None:
    """The same in words."""
    entry = find_entry(viewer, entry_id)
    lines = lines_of(viewer, [entry]) if entry is not None else []
    return lines[0] if lines else None


def lines_together(viewer: Viewer, entry_id: int) -> list[LogLine]:
    """What was done at once with an entry, as far as the viewer may read it."""
    entry = find_entry(viewer, entry_id)
    if entry is None or "together" not in entry.detail:
        return []
    ids = [one.id for one in recorded_with(entry)]
    found = select(AuditEntry).where(AuditEntry.id.in_(ids), _for(viewer), _is_known_to(viewer))
    return lines_of(viewer, list(db.session.scalars(found.order_by(AuditEntry.position))))


def entries_about(user_id: int, limit: int = 20) -> list[AuditEntry]:
    """What was done to one account."""
    found = select(AuditEntry).where(AuditEntry.subject_kind == "user", AuditEntry.subject_id == user_id)
    return list(db.session.scalars(found.order_by(AuditEntry.position.desc()).limit(limit)))


def lines_of(viewer: Viewer, entries: Sequence[AuditEntry]) -> list[LogLine]:
    """Entries in words; those about topics that are closed to the viewer are left out."""
    words = dict(kinds_of_acts())
    users = _users(
        {e.actor_id for e in entries}
        | {e.subject_id for e in entries if e.subject_kind == "user"}
        | {e.detail.get("person_id") for e in entries}
    )
    topics = _topics(viewer, entries)
    groups = names_of_groups({e.subject_id for e in entries if e.subject_kind == "group"})
    places, open_ = {c.place_id: c for c in all_categories()}, {c.place_id for c in categories_for(viewer)}
    obstructed = obstacles(viewer, entries)
    named = {i: places[i].name for i in open_}
    lines = []
    for entry in entries:
        about_topic = entry.subject_kind in ABOUT_TOPICS
        topic = topics.get(entry.id)
        if about_topic and topic is None:
            continue
        subject, href = "", None
        if topic is not None:
            number = entry.detail.get("number")
            subject, href = topic.title, f"/t/{topic.id}/{topic.slug}" + (f"/{number}" if number else "")
        elif entry.subject_kind == "user" and entry.subject_id in users:
            person = users[entry.subject_id]
            subject, href = person.name, f"/people/{person.username}"
        elif entry.subject_kind == "site":
            subject = _("the whole site")
        elif entry.subject_kind == "group":
            subject = group_words(entry, groups.get(entry.subject_id, ""))
        elif entry.detail.get("name"):
            subject = str(entry.detail["name"])
        # Whoever may read a topic may know where it stands; where it has stood, whoever may read that place.
        is_named = viewer.is_staff or entry.place_id in open_ or (topic and topic.place_id == entry.place_id)
        lines.append(
            LogLine(
                entry=entry,
                actor=users.get(entry.actor_id or 0),
                words=words.get(entry.action, entry.action),
                subject=subject,
                href=href,
                category=places.get(entry.place_id or 0) if is_named else None,
                reason=why_of(viewer, entry, users),
                also=[
                    *named_in_words(entry),
                    *whence_in_words(entry, named),
                    *group_of_tags_in_words(entry, named),
                ],
                symbol=SYMBOLS.get(entry.action.partition(":")[2], "log"),
                obstacle=obstructed.get(entry.id),
            )
        )
    return lines


def _for(viewer: Viewer) -> ColumnElement[bool]:
    """Places the viewer moderates and may read; for staff and moderators of the whole site also what is of no place."""
    here = _stands_in(_places_of(viewer))
    if viewer.has_role(RoleName.STAFF, SITE) or viewer.has_role(RoleName.MODERATOR, SITE):
        return or_(here, AuditEntry.place_id.is_(None))
    return here


def _stands_in(place_ids: Sequence[int]) -> ColumnElement[bool]:
    """In the log of one of these places; a move in that of the place it left, too."""
    others = select(AuditPlace.position).where(AuditPlace.place_id.in_(place_ids))
    return or_(AuditEntry.place_id.in_(place_ids), AuditEntry.position.in_(others))


def _places_of(viewer: Viewer) -> list[int]:
    """The ids of the places they look after."""
    return [c.place_id for c in categories_for(viewer) if viewer.moderates(c.place)]


def _may_read(viewer: Viewer) -> ColumnElement[bool]:
    """The criterion for topics: what was hidden or deleted where others moderate is not there for the viewer."""
    return and_(
        readable_by(viewer, Topic.audience_id), or_(visible_topics(), Topic.place_id.in_(_places_of(viewer)))
    )


def _is_known_to(viewer: Viewer) -> ColumnElement[bool]:
    """Of what was done to a topic or a post, only where the topic may be read; of a group, where it is open or one's own."""
    readable = select(Topic.id).where(Topic.id == _TOPIC_ID, _may_read(viewer))
    about_topic = AuditEntry.subject_kind.in_(sorted(ABOUT_TOPICS))
    if viewer.is_staff:
        return or_(~about_topic, readable.correlate(AuditEntry).exists())
    own = select(Scope.ref_id).where(Scope.kind == "group", Scope.id.in_(viewer.scopes))
    groups = select(Group.id).where(or_(Group.kind == GroupKind.OPEN, Group.id.in_(own)))
    return case(
        (about_topic, readable.correlate(AuditEntry).exists()),
        (AuditEntry.subject_kind == "group", AuditEntry.subject_id.in_(groups)),
        else_=true(),
    )


# The topic that an entry is about: of a post, the one in which it stands now.
_TOPIC_ID = case(
    (AuditEntry.subject_kind == "topic", AuditEntry.subject_id),
    (
        AuditEntry.subject_kind == "revision",
        select(Post.topic_id)
        .join(Revision, Revision.post_id == Post.id)
        .where(Revision.id == AuditEntry.subject_id)
        .correlate(AuditEntry)
        .scalar_subquery(),
    ),
    else_=select(Post.topic_id)
    .where(Post.id == AuditEntry.subject_id)
    .correlate(AuditEntry)
    .scalar_subquery(),
)


def _topics(viewer: Viewer, entries: Sequence[AuditEntry]) -> dict[int, Topic]:
    """By the id of the entry, where the viewer may read the topic."""
    ids = [entry.id for entry in entries if entry.subject_kind in ABOUT_TOPICS]
    if not ids:
        return {}
    found = select(AuditEntry.id, Topic).join(Topic, Topic.id == _TOPIC_ID)
    rows = db.session.execute(found.where(AuditEntry.id.in_(ids), _may_read(viewer)))
    return {entry_id: topic for entry_id, topic in rows}  # noqa: C416 - rows, not pairs


def _users(ids: set[int | None]) -> dict[int, User]:
    wanted = {i for i in ids if i}
    return {user.id: user for user in db.session.scalars(select(User).where(User.id.in_(wanted)))}
