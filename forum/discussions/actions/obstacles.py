"""What stands in the way of undoing what moderators did: asked of a page of the log at once, so that no undoing is offered
that would be refused, and again, by the same words, of the one that is undone."""

from collections.abc import Callable, Sequence
from typing import Any

from flask_babel import gettext as _

from forum.access.models import AudienceKind, Place
from forum.access.permissions import Permission
from forum.access.places import AudienceChoice
from forum.access.reach import Reach, reach_of, reach_of_choice
from forum.access.rules import judge
from forum.access.viewer import Viewer, viewer_of
from forum.audit.actions import AuditAction
from forum.audit.models import AuditEntry
from forum.core.errors import Conflict, Forbidden, ForumError, NotFound
from forum.discussions.actions.audiences import told_of
from forum.discussions.actions.curating import concerns_everybody, pin_of
from forum.discussions.actions.moving import Move, choice_of
from forum.discussions.actions.undoing_facts import Facts, facts_about
from forum.discussions.choosing import refuse_widening
from forum.discussions.models import Post, Topic

# Who is a member is a guest too, and everybody is of the public. Of two other audiences neither is surely within the other.
_LADDER = ("public", "guests", "members")


def obstacles(viewer: Viewer, entries: Sequence[AuditEntry]) -> dict[int, ForumError]:
    """By the id of the entry, what the viewer would be answered; entries that they can undo are not in it.

    The number of statements does not grow with that of the entries.
    """
    found: dict[int, ForumError] = {}
    wanted = [entry for entry in entries if entry.action in _CHECKS]
    facts = facts_about(viewer, wanted)
    for entry in entries:
        check = _CHECKS.get(entry.action)
        try:
            if check is None:
                raise Conflict(_("This cannot be undone."))
            _only_if(entry.id not in facts.done_anew)
            check(viewer, entry, facts)
        except ForumError as error:
            found[entry.id] = error
    return found


def audience_before(entry: AuditEntry) -> AudienceChoice | None:
    """What was chosen before an audience was changed. Raises Conflict where that is not kept."""
    before = entry.detail["before"]
    if "inherits" not in before or AudienceKind.PEOPLE in (before["read"], before["reply"]):
        raise Conflict(_("Who was named before is not kept. Choose anew who it is for."))
    if before["inherits"]:
        return None
    group_id = int(before["group_id"]) if before["group_id"] else None
    kinds = AudienceKind(before["read"]), AudienceKind(before["reply"])
    return AudienceChoice(*kinds, group_id, before["opened"])


def move_of(viewer: Viewer, entry: AuditEntry) -> Move:
    """A move of the log, with what has become of the topic since."""
    return _move(entry, facts_about(viewer, [entry]))


def _lock(viewer: Viewer, entry: AuditEntry, facts: Facts) -> None:
    topic = _topic(viewer, entry, facts)
    _only_if(topic.is_locked is (entry.action == AuditAction.TOPIC_LOCKED))
    _may(Permission.LOCK_TOPIC, viewer, topic)


def _pin(viewer: Viewer, entry: AuditEntry, facts: Facts) -> None:
    topic, before = _topic(viewer, entry, facts), entry.detail.get("before") or {}
    _only_if(pin_of(topic) == (entry.detail.get("after") or {}))
    _may(Permission.PIN_TOPIC, viewer, topic)
    if before:
        everywhere = concerns_everybody(topic, everywhere=before["everywhere"])
    else:
        everywhere = topic.pinned_everywhere
    if everywhere:
        _may(Permission.PIN_EVERYWHERE, viewer, topic)


def _archive(viewer: Viewer, entry: AuditEntry, facts: Facts) -> None:
    topic = _topic(viewer, entry, facts)
    _only_if(topic.is_archived is (entry.action == AuditAction.TOPIC_ARCHIVED))
    _may(Permission.ARCHIVE_TOPIC, viewer, topic)


def _pace(viewer: Viewer, entry: AuditEntry, facts: Facts) -> None:
    topic = _topic(viewer, entry, facts)
    _only_if(topic.slow_seconds == entry.detail["after"])
    _may(Permission.SLOW_TOPIC, viewer, topic)


def _move_back(viewer: Viewer, entry: AuditEntry, facts: Facts) -> None:
    topic, detail = _topic(viewer, entry, facts), entry.detail
    _only_if(str(topic.place_id) == detail["to"] and told_of(topic.audience) == detail["after"])
    move = _move(entry, facts)
    _may(Permission.TAKE_BACK_MOVE, viewer, move)
    _may(Permission.MOVE_INTO, viewer, move.place)


def _put_back(viewer: Viewer, entry: AuditEntry, facts: Facts) -> None:
    source, target = facts.topics.get(entry.subject_id), facts.topics.get(int(entry.detail["into"]))
    if source is None or target is None:
        raise NotFound
    _may_read(viewer, target)
    _may(Permission.SPLIT_TOPIC, viewer, target)
    if entry.action == AuditAction.TOPIC_MERGED:
        if not judge(Permission.MERGE_TOPIC, viewer, _as_before(source)):
            raise Forbidden(_("Only moderators of the place it stood in can take the two apart again."))
    else:
        _may_read(viewer, source)
        _may(Permission.JOIN_TOPIC, viewer, source)
    kept = entry.detail.get("posts")
    if kept is None:
        raise Conflict(_("These were too many posts to be put back in one go. Split or merge them by hand."))
    moved = {int(i): (_spot(before), _spot(after)) for i, before, after in kept}
    if any(facts.spots.get(i) != after for i, (_before, after) in moved.items()):
        raise Conflict(_("Some of these posts have been moved again since. Split or merge them by hand."))
    if facts.highest[target.id] > max(a[1] for _before, a in moved.values() if a[0] == target.id):
        raise Conflict(_("Something has been written there since. Split or merge the posts by hand."))
    taken = {i for i, (before, after) in moved.items() if before[0] != after[0]}
    if any(facts.children.get(i, taken) - taken for i in taken):
        raise Conflict(_("Some of these posts have been answered since. Split or merge them by hand."))


def _as_before(topic: Topic) -> Topic:
    """What a merged topic was, for the rule that is asked about it."""
    return Topic(
        id=topic.id,
        place_id=topic.place_id,
        audience=topic.audience,
        author_id=topic.author_id,
        place=topic.place,
    )


def _author(viewer: Viewer, entry: AuditEntry, facts: Facts) -> None:
    post, before = _post(viewer, entry, facts), facts.people.get(int(entry.detail["from"]))
    _only_if(str(post.author_id) == entry.detail["to"])
    if before is None or before.imported_at is not None:
        raise Conflict(_("Whoever it was before has no account, so it cannot be given back."))
    _may(Permission.CHANGE_AUTHOR, viewer, post)
    if not judge(Permission.READ_TOPIC, viewer_of(before), post.topic):
        raise Conflict(_("They cannot read this topic, so they cannot have written in it."))


def _audience(viewer: Viewer, entry: AuditEntry, facts: Facts) -> None:
    topic = _topic(viewer, entry, facts)
    _only_if(told_of(topic.audience) == entry.detail["after"])
    choice = audience_before(entry)
    _may(Permission.SET_AUDIENCE, viewer, topic)
    refuse_widening(viewer, topic, choice, [])


def _restore_topic(viewer: Viewer, entry: AuditEntry, facts: Facts) -> None:
    topic = _topic(viewer, entry, facts)
    _only_if(not topic.is_visible)
    _refuse_twice_concealed(topic)
    _may(Permission.RESTORE_TOPIC, viewer, topic)


def _restore_post(viewer: Viewer, entry: AuditEntry, facts: Facts) -> None:
    post = _post(viewer, entry, facts)
    _only_if(post.is_concealed)
    _refuse_twice_concealed(post)
    _may(Permission.RESTORE_POST, viewer, post)


def _refuse_twice_concealed(thing: Topic | Post) -> None:
    """To take back the one would take back the other too."""
    if thing.hidden_at is not None and thing.deleted_at is not None:
        raise Conflict(
            _("It is both hidden and deleted. Restore it by hand, if everybody may read it again.")
        )


def _topic(viewer: Viewer, entry: AuditEntry, facts: Facts) -> Topic:
    topic = facts.topics.get(entry.subject_id)
    if topic is None:
        raise NotFound
    return _may_read(viewer, topic)


def _post(viewer: Viewer, entry: AuditEntry, facts: Facts) -> Post:
    post = facts.posts.get(entry.subject_id)
    if post is None:
        raise NotFound
    _may_read(viewer, post.topic)
    return post


def _may_read(viewer: Viewer, topic: Topic) -> Topic:
    if not judge(Permission.READ_TOPIC, viewer, topic):
        raise NotFound
    return topic


def _may(permission: Permission, viewer: Viewer, subject: Any) -> None:
    verdict = judge(permission, viewer, subject)
    if not verdict:
        raise Forbidden(verdict.reason)


def _only_if(it_is_so: bool) -> None:
    if not it_is_so:
        raise Conflict(_("This has been changed again since, so there is nothing left to undo."))


def _spot(plain: Sequence[Any]) -> tuple[int, int, int | None, int]:
    topic_id, number, parent_id, seq = plain
    return int(topic_id), int(number), int(parent_id) or None, int(seq)


def _move(entry: AuditEntry, facts: Facts) -> Move:
    topic, place = facts.topics[entry.subject_id], facts.places.get(int(entry.detail["from"]))
    if place is None:
        raise Conflict(_("The place it came from is no longer there."))
    return Move(
        topic=topic,
        place=place,
        mover_id=entry.actor_id,
        is_curated=entry.id in facts.curated,
        would_show=entry.id in facts.written and _is_wider(topic, place),
    )


def _is_wider(topic: Topic, place: Place) -> bool:
    """Whether in that place somebody may read the topic who cannot where it is."""
    now = reach_of(topic.audience)
    then = reach_of_choice(choice_of(topic.audience), place.default_audience, topic_id=topic.id)
    if now.reads == then.reads:
        return False
    before, after = _step(now), _step(then)
    return before is None or after is None or after < before


def _step(reach: Reach) -> int | None:
    kinds = {wall.kind for wall in reach.reads}
    return max(map(_LADDER.index, kinds)) if kinds <= set(_LADDER) else None


_CHECKS: dict[str, Callable[[Viewer, AuditEntry, Facts], None]] = {
    AuditAction.TOPIC_LOCKED: _lock,
    AuditAction.TOPIC_UNLOCKED: _lock,
    AuditAction.TOPIC_PINNED: _pin,
    AuditAction.TOPIC_UNPINNED: _pin,
    AuditAction.TOPIC_ARCHIVED: _archive,
    AuditAction.TOPIC_UNARCHIVED: _archive,
    AuditAction.TOPIC_SLOWED: _pace,
    AuditAction.TOPIC_MOVED: _move_back,
    AuditAction.TOPIC_SPLIT: _put_back,
    AuditAction.TOPIC_MERGED: _put_back,
    AuditAction.AUTHOR_CHANGED: _author,
    AuditAction.AUDIENCE_CHANGED: _audience,
    AuditAction.TOPIC_HIDDEN: _restore_topic,
    AuditAction.TOPIC_DELETED: _restore_topic,
    AuditAction.POST_HIDDEN: _restore_post,
    AuditAction.POST_DELETED: _restore_post,
}
