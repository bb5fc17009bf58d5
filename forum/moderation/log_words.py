"""What stands in the log, in the words of the reader."""

from flask_babel import gettext as _

from forum.access.guises import KINDS
from forum.access.permissions import Permission
from forum.access.rules import judge
from forum.access.viewer import Viewer
from forum.accounts.models import User
from forum.accounts.previewing import name_of_guise
from forum.audit.actions import AuditAction
from forum.audit.models import AuditEntry
from forum.core.errors import ForumError

UPKEEP = ("group", "settings", "tag", "tag_group")  # what is done to the site, not to what people write
EVERYTHING = "all"
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
    "file_removed": "delete",
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
        ("post:file_removed", _("removed a picture or file from a post in")),
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
        ("tag_group:created", _("made the group of tags")),
        ("tag_group:changed", _("changed the group of tags")),
        ("tag_group:deleted", _("deleted the group of tags")),
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


def why_of(viewer: Viewer, entry: AuditEntry, users: dict[int, User]) -> str:
    """The reason that was given; of a preview, as whom it was."""
    if entry.action != AuditAction.PREVIEW_STARTED:
        return entry.reason
    person = users.get(entry.detail.get("person_id") or 0)
    if person is None:
        guise = entry.detail.get("as")
        return _("As %(who)s", who=name_of_guise(str(guise))) if guise in KINDS else ""
    if judge(Permission.READ_PROFILE, viewer, person):
        return _("As %(who)s", who=person.name)
    return _("As one person")


def group_words(entry: AuditEntry, name: str) -> str:
    """Which group, and who."""
    person = entry.detail.get("username")
    return f"{name}: {person}" if person else name


def named_in_words(entry: AuditEntry) -> list[str]:
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


def whence_in_words(entry: AuditEntry, places: dict[int, str]) -> list[str]:
    """Out of which place a topic was moved; `places` are the names of those that the reader may read, by id."""
    if entry.action != AuditAction.TOPIC_MOVED:
        return []
    name = places.get(int(entry.detail.get("from") or 0))
    return [_("Out of %(place)s", place=name)] if name else []


def group_of_tags_in_words(entry: AuditEntry, places: dict[int, str]) -> list[str]:
    """What was changed of a group of tags; `places` are the names of those that the reader may read, by id."""
    before, after = entry.detail.get("before"), entry.detail.get("after")
    if entry.action != AuditAction.TAG_GROUP_CHANGED or not before or not after:
        return []
    told = []
    if before["name"] != after["name"]:
        told.append(_("Was called: %(name)s", name=before["name"]))
    if before["only_one"] != after["only_one"]:
        told.append(_("At most one for a topic") if after["only_one"] else _("Several for a topic"))
    added, dropped = (
        ", ".join(places[int(i)] for i in one["places"] if i not in other["places"] and int(i) in places)
        for one, other in ((after, before), (before, after))
    )
    if added:
        told.append(_("Needed in: %(places)s", places=added))
    if dropped:
        told.append(_("No longer needed in: %(places)s", places=dropped))
    return told


def why_left(obstacle: ForumError) -> str:
    """Why an act is not undone."""
    return obstacle.message or _("It is no longer open to you.")


def _is_upkeep(kind: str) -> bool:
    return kind.partition(":")[0] in UPKEEP
