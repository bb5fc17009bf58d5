"""The log as one moderator may read it: of the places they look after; of what is closed to them, nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, and_, case, or_, select, true

from forum.access.audience import readable_by
from forum.access.guises import KINDS
from forum.access.models import RoleName, Scope
from forum.access.permissions import Permission
from forum.access.rules import judge
from forum.access.viewer import SITE, Viewer
from forum.access.words import names_of_groups
from forum.accounts.models import User
from forum.accounts.names import username_key
from forum.accounts.previewing import name_of_guise
from forum.audit.actions import AuditAction
from forum.audit.models import AuditEntry
from forum.boards.models import Category
from forum.boards.queries import all_categories, categories_for
from forum.core.db import db
from forum.core.pages import Page, cut, decode_cursor, encode_cursor
from forum.discussions.actions.curating import pin_of
from forum.discussions.actions.undoing import UNDOINGS, is_done_anew
from forum.discussions.counting import visible_topics
from forum.discussions.models import Post, Revision, Topic
from forum.groups.models import Group, GroupKind

PER_PAGE = 50
ABOUT_TOPICS = {"topic", "post", "revision"}
UPKEEP = ("group", "settings", "tag")  # what is done to the site, not to what people write
SYMBOLS = {
    "locked": "lock",
    "unlocked": "unlock",
    "hidden": "hide",
    "deleted": "delete",
    "restored": "restore",
    "started": "eye",
    "pinned": "pin",
    "unpinned": "pin",
    "archived": "archive",
    "unarchived": "archive",
    "slowed": "clock",
    "moved": "move",
    "split": "move",
    "merged": "move",
    "put_back": "restore",
    "author_changed": "people",
    "audience_changed": "eye",
    "renamed": "edit",
    "edited": "edit",
    "tagged": "tag",
    "answered": "check",
    "unanswered": "minus",
    "poll_closed": "poll",
    "dismissed": "check",
    "upheld": "flag",
}


@dataclass(frozen=True, slots=True)
class LogLine:
    id: int
    at: datetime
    actor: User | None
    words: str
    subject: str
    href: str | None
    category: Category | None
    reason: str
    also: list[str]
    symbol: str
    undoable: bool


EVERYTHING = "all"


def kinds_for(viewer: Viewer) -> list[tuple[str, str]]:
    """What the viewer may look for: groups and settings are for staff."""
    return [(kind, words) for kind, words in kinds_of_acts() if viewer.is_staff or not _is_upkeep(kind)]


def kinds_of_acts() -> list[tuple[str, str]]:
    """What can be done, as (action, words)."""
    return [
        ("topic:locked", _("locked the topic")),
        ("topic:unlocked", _("unlocked the topic")),
        ("topic:pinned", _("pinned the topic")),
        ("topic:unpinned", _("no longer pins the topic")),
        ("topic:archived", _("archived the topic")),
        ("topic:unarchived", _("took up again the topic")),
        ("topic:slowed", _("set the pace of the topic")),
        ("topic:moved", _("moved the topic")),
        ("topic:split", _("moved posts out of the topic")),
        ("topic:merged", _("merged into another the topic")),
        ("topic:put_back", _("put posts back into the topic")),
        ("topic:hidden", _("hid the topic")),
        ("topic:deleted", _("deleted the topic")),
        ("topic:restored", _("restored the topic")),
        ("topic:renamed", _("renamed the topic")),
        ("topic:answered", _("accepted an answer in")),
        ("topic:unanswered", _("took back the answer in")),
        ("post:poll_closed", _("closed a poll in")),
        ("topic:tagged", _("changed the tags of the topic")),
        ("topic:audience_changed", _("changed who reads the topic")),
        ("post:edited", _("edited a post in")),
        ("post:hidden", _("hid a post in")),
        ("post:deleted", _("deleted a post in")),
        ("post:restored", _("restored a post in")),
        ("post:author_changed", _("changed whose a post is in")),
        ("flags:dismissed", _("found nothing wrong with a reported post in")),
        ("flags:upheld", _("acted on reports of a post in")),
        ("revision:hidden", _("hid an earlier version of a post in")),
        ("revision:restored", _("restored an earlier version of a post in")),
        ("category:created", _("made the place")),
        ("category:changed", _("changed the place")),
        ("tag:created", _("made the tag")),
        ("tag:changed", _("changed the tag")),
        ("tag:merged", _("merged another tag into")),
        ("tag:deleted", _("deleted the tag")),
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
    viewer: Viewer,
    *,
    kind: str = "",
    category: str = "",
    by: str = "",
    about: str = "",
    since: datetime | None = None,
    before: datetime | None = None,
    after: str | None = None,
) -> Page[LogLine]:
    """Entries the viewer may read, newest first. Who is in which group and what is set stands there only for staff who ask.

    What is closed to them stands on no page and in no cursor.
    """
    found = (
        select(AuditEntry)
        .where(_for(viewer), _is_known_to(viewer))
        .order_by(AuditEntry.position.desc())
        .limit(PER_PAGE + 1)
    )
    if kind and kind != EVERYTHING:
        found = found.where(AuditEntry.action == kind)
    if not (kind and viewer.is_staff):
        found = found.where(*(AuditEntry.action.not_like(f"{area}:%") for area in UPKEEP))
    if category:
        place_ids = [c.place_id for c in categories_for(viewer) if c.slug == category]
        found = found.where(AuditEntry.place_id.in_(place_ids))
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
    entries, more = cut(list(db.session.scalars(found)), PER_PAGE)
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
    places = {c.place_id: c for c in all_categories()}
    lines = []
    for entry in entries:
        about_topic = entry.subject_kind in ABOUT_TOPICS
        topic, done_anew = topics.get(entry.id, (None, False))
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
            subject = _group_words(entry, groups.get(entry.subject_id, ""))
        elif entry.detail.get("name"):
            subject = str(entry.detail["name"])
        lines.append(
            LogLine(
                id=entry.id,
                at=entry.at,
                actor=users.get(entry.actor_id or 0),
                words=words.get(entry.action, entry.action),
                subject=subject,
                href=href,
                category=places.get(entry.place_id or 0),
                reason=_why(viewer, entry, users),
                also=_named_in_words(entry),
                symbol=SYMBOLS.get(entry.action.partition(":")[2], "log"),
                undoable=entry.action in UNDOINGS
                and not done_anew
                and (topic is None or _still(entry, topic)),
            )
        )
    return lines


def _still(entry: AuditEntry, topic: Topic) -> bool:
    """Whether the topic still is what it was made then, as far as the topic itself tells."""
    match entry.action:
        case AuditAction.TOPIC_LOCKED:
            return topic.is_locked
        case AuditAction.TOPIC_UNLOCKED:
            return not topic.is_locked
        case AuditAction.TOPIC_PINNED | AuditAction.TOPIC_UNPINNED:
            return pin_of(topic) == (entry.detail.get("after") or {})
        case AuditAction.TOPIC_ARCHIVED:
            return topic.is_archived
        case AuditAction.TOPIC_UNARCHIVED:
            return not topic.is_archived
        case AuditAction.TOPIC_SLOWED:
            return topic.slow_seconds == entry.detail.get("after")
        case AuditAction.TOPIC_HIDDEN | AuditAction.TOPIC_DELETED:
            return not topic.is_visible
        case _:
            return True


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


def _group_words(entry: AuditEntry, name: str) -> str:
    """Which group, and who."""
    person = entry.detail.get("username")
    return f"{name}: {person}" if person else name


def _is_upkeep(kind: str) -> bool:
    return kind.partition(":")[0] in UPKEEP


def _for(viewer: Viewer) -> ColumnElement[bool]:
    """Places the viewer moderates and may read; for staff and moderators of the whole site also what is of no place."""
    here = AuditEntry.place_id.in_(_places_of(viewer))
    if viewer.has_role(RoleName.STAFF, SITE) or viewer.has_role(RoleName.MODERATOR, SITE):
        return or_(here, AuditEntry.place_id.is_(None))
    return here


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


def _named_in_words(entry: AuditEntry) -> list[str]:
    """Who was named for a topic and who no longer is."""

    def names(what: str) -> str:
        return ", ".join(entry.detail.get(what, []))

    if entry.action != AuditAction.AUDIENCE_CHANGED:
        return []
    told = [
        (names("added"), _("Named: %(who)s", who=names("added"))),
        (names("removed"), _("No longer named: %(who)s", who=names("removed"))),
        (names("redated"), _("Named until another day: %(who)s", who=names("redated"))),
    ]
    return [words for who, words in told if who]


def _topics(viewer: Viewer, entries: Sequence[AuditEntry]) -> dict[int, tuple[Topic, bool]]:
    """By the id of the entry, where the viewer may read the topic; and whether something alike was done since."""
    ids = [entry.id for entry in entries if entry.subject_kind in ABOUT_TOPICS]
    if not ids:
        return {}
    found = (
        select(AuditEntry.id, Topic, is_done_anew())
        .join(Topic, Topic.id == _TOPIC_ID)
        .where(AuditEntry.id.in_(ids), _may_read(viewer))
    )
    return {entry_id: (topic, done_anew) for entry_id, topic, done_anew in db.session.execute(found)}


def _users(ids: set[int | None]) -> dict[int, User]:
    wanted = {i for i in ids if i}
    return {user.id: user for user in db.session.scalars(select(User).where(User.id.in_(wanted)))}
