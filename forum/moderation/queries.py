"""The log as one moderator may read it: of the places they look after; of what is closed to them, only that it happened."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, or_, select

from forum.access.audience import readable_by
from forum.access.guises import KINDS
from forum.access.models import RoleName
from forum.access.permissions import Permission
from forum.access.rules import judge
from forum.access.viewer import SITE, Viewer
from forum.access.words import name_of_group
from forum.accounts.models import User
from forum.accounts.previewing import name_of_guise
from forum.audit.actions import AuditAction
from forum.audit.models import AuditEntry
from forum.boards.models import Category
from forum.boards.queries import all_categories, categories_for
from forum.core.db import db
from forum.core.pages import Page, cut, decode_cursor, encode_cursor
from forum.discussions.models import Topic

PER_PAGE = 50
ABOUT_TOPICS = {"topic", "post", "revision"}
UPKEEP = ("group", "settings")  # what is done to the site, not to what people write
SYMBOLS = {
    "locked": "lock",
    "unlocked": "unlock",
    "hidden": "hide",
    "deleted": "delete",
    "restored": "restore",
    "started": "eye",
}


@dataclass(frozen=True, slots=True)
class LogLine:
    at: datetime
    actor: User | None
    words: str
    subject: str
    href: str | None
    category: Category | None
    reason: str
    symbol: str


EVERYTHING = "all"


def kinds_for(viewer: Viewer) -> list[tuple[str, str]]:
    """What the viewer may look for: groups and settings are for staff."""
    return [(kind, words) for kind, words in kinds_of_acts() if viewer.is_staff or not _is_upkeep(kind)]


def kinds_of_acts() -> list[tuple[str, str]]:
    """What can be done, as (action, words)."""
    return [
        ("topic:locked", _("locked the topic")),
        ("topic:unlocked", _("unlocked the topic")),
        ("topic:hidden", _("hid the topic")),
        ("topic:deleted", _("deleted the topic")),
        ("topic:restored", _("restored the topic")),
        ("topic:renamed", _("renamed the topic")),
        ("topic:audience_changed", _("changed who reads the topic")),
        ("post:edited", _("edited a post in")),
        ("post:hidden", _("hid a post in")),
        ("post:deleted", _("deleted a post in")),
        ("post:restored", _("restored a post in")),
        ("revision:hidden", _("hid an earlier version of a post in")),
        ("revision:restored", _("restored an earlier version of a post in")),
        ("category:created", _("made the place")),
        ("category:changed", _("changed the place")),
        ("preview:started", _("looked, as another would see it, at")),
        ("settings:changed", _("changed the settings")),
        ("user:created", _("made the account")),
        ("user:standing_changed", _("changed the standing of")),
        ("user:role_granted", _("gave a role to")),
        ("user:role_revoked", _("took a role from")),
        ("user:suspended", _("suspended")),
        ("user:reinstated", _("reinstated")),
        ("user:sessions_ended", _("ended the sessions of")),
        ("user:posts_claimed", _("gave imported posts to")),
        ("group:created", _("made a group")),
        ("group:joined", _("added somebody to a group")),
        ("group:left", _("took somebody out of a group")),
    ]


def page_of_log(
    viewer: Viewer, *, kind: str = "", category: str = "", after: str | None = None
) -> Page[LogLine]:
    """Entries the viewer may read, newest first. Who is in which group and what is set stands there only for staff who ask."""
    found = select(AuditEntry).where(_for(viewer)).order_by(AuditEntry.position.desc()).limit(PER_PAGE + 1)
    if kind and kind != EVERYTHING:
        found = found.where(AuditEntry.action == kind)
    if not (kind and viewer.is_staff):
        found = found.where(*(AuditEntry.action.not_like(f"{area}:%") for area in UPKEEP))
    if category:
        place_ids = [c.place_id for c in categories_for(viewer) if c.slug == category]
        found = found.where(AuditEntry.place_id.in_(place_ids))
    if after:
        found = found.where(AuditEntry.position < decode_cursor(after, [int])[0])
    entries, more = cut(list(db.session.scalars(found)), PER_PAGE)
    return Page(lines_of(viewer, entries), encode_cursor([entries[-1].position]) if more else None)


def entries_about(user_id: int, limit: int = 20) -> list[AuditEntry]:
    """What was done to one account."""
    found = select(AuditEntry).where(AuditEntry.subject_kind == "user", AuditEntry.subject_id == user_id)
    return list(db.session.scalars(found.order_by(AuditEntry.position.desc()).limit(limit)))


def lines_of(viewer: Viewer, entries: Sequence[AuditEntry]) -> list[LogLine]:
    """Entries in words. What a topic closed to the viewer is called, and why something was done there, is withheld."""
    words = dict(kinds_of_acts())
    users = _users(
        {e.actor_id for e in entries}
        | {e.subject_id for e in entries if e.subject_kind == "user"}
        | {e.detail.get("person_id") for e in entries}
    )
    topics = _topics(viewer, entries)
    places = {c.place_id: c for c in all_categories()}
    lines = []
    for entry in entries:
        about_topic = entry.subject_kind in ABOUT_TOPICS
        topic = topics.get(_topic_id(entry)) if about_topic else None
        subject, href = "", None
        if topic is not None:
            number = entry.detail.get("number")
            subject, href = topic.title, f"/t/{topic.id}/{topic.slug}" + (f"/{number}" if number else "")
        elif about_topic:
            subject = _("a topic that is closed to you")
        elif entry.subject_kind == "user" and entry.subject_id in users:
            person = users[entry.subject_id]
            subject, href = person.name, f"/people/{person.username}"
        elif entry.subject_kind == "site":
            subject = _("the whole site")
        elif entry.subject_kind == "group":
            subject = _group_words(entry) if viewer.is_staff else ""
        elif entry.detail.get("name"):
            subject = str(entry.detail["name"])
        lines.append(
            LogLine(
                at=entry.at,
                actor=users.get(entry.actor_id or 0),
                words=words.get(entry.action, entry.action),
                subject=subject,
                href=href,
                category=places.get(entry.place_id or 0),
                reason=_why(viewer, entry, users) if topic is not None or not about_topic else "",
                symbol=SYMBOLS.get(entry.action.partition(":")[2], "log"),
            )
        )
    return lines


def _why(viewer: Viewer, entry: AuditEntry, users: dict[int, User]) -> str:
    """The reason that was given; of a preview, as whom it was."""
    if entry.action != AuditAction.PREVIEW_STARTED:
        return entry.reason
    person = users.get(entry.detail.get("person_id") or 0)
    if person is None:
        guise = entry.detail.get("as")
        return _("As %(who)s.", who=name_of_guise(str(guise))) if guise in KINDS else ""
    if judge(Permission.READ_PROFILE, viewer, person):
        return _("As %(who)s.", who=person.name)
    return _("As one person.")


def _group_words(entry: AuditEntry) -> str:
    """Which group, and who; for staff alone, since a group may be secret."""
    name = name_of_group(entry.subject_id)
    person = entry.detail.get("username")
    return f"{name}: {person}" if person else name


def _is_upkeep(kind: str) -> bool:
    return kind.partition(":")[0] in UPKEEP


def _for(viewer: Viewer) -> ColumnElement[bool]:
    """Places the viewer moderates and may read; for staff and moderators of the whole site also what is of no place."""
    ids = [c.place_id for c in categories_for(viewer) if viewer.moderates(c.place)]
    here = AuditEntry.place_id.in_(ids)
    if viewer.has_role(RoleName.STAFF, SITE) or viewer.has_role(RoleName.MODERATOR, SITE):
        return or_(here, AuditEntry.place_id.is_(None))
    return here


def _topic_id(entry: AuditEntry) -> int:
    return entry.subject_id if entry.subject_kind == "topic" else int(entry.detail.get("topic_id") or 0)


def _topics(viewer: Viewer, entries: Sequence[AuditEntry]) -> dict[int, Topic]:
    ids = {_topic_id(entry) for entry in entries if entry.subject_kind in ABOUT_TOPICS}
    found = select(Topic).where(Topic.id.in_(ids), readable_by(viewer, Topic.audience_id))
    return {topic.id: topic for topic in db.session.scalars(found)}


def _users(ids: set[int | None]) -> dict[int, User]:
    wanted = {i for i in ids if i}
    return {user.id: user for user in db.session.scalars(select(User).where(User.id.in_(wanted)))}
