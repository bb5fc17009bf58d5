"""Who may do what with places, topics and posts."""

from datetime import timedelta
from typing import TYPE_CHECKING

from flask_babel import gettext as _

from forum.access import audience
from forum.access.models import AudienceKind, Place
from forum.access.permissions import Permission
from forum.access.rules import rule
from forum.access.verdicts import ALLOWED, Verdict, denied
from forum.access.viewer import Viewer
from forum.core import clock, settings

if TYPE_CHECKING:
    from forum.boards.models import Category
    from forum.discussions.models import Post, Revision, Topic


def may_act(viewer: Viewer) -> Verdict:
    """What everything that writes asks first."""
    if not viewer.has_account:
        return denied(_("Sign in to take part."))
    if viewer.rights.is_suspended:
        return denied(_("Your account is suspended."))
    if not viewer.rights.is_confirmed:
        return denied(_("Confirm your e-mail address first: the link is in the message we sent you."))
    return ALLOWED


def may_act_in(viewer: Viewer, topic: "Topic") -> Verdict:
    """What everything that changes a topic or a post of it asks first: nobody changes what they may not read."""
    acts = may_act(viewer)
    return may_read_topic(viewer, topic) if acts else acts


def moderates(viewer: Viewer, topic: "Topic") -> bool:
    """Moderates the place, and is not kept out of this topic by its audience."""
    return viewer.may_act and viewer.moderates(topic.place_id) and audience.may_read(viewer, topic.audience)


def withdrew(viewer: Viewer, written: "Post | Topic") -> bool:
    """Deleted it themselves, and nobody else has touched it since."""
    mine = written.author_id is not None and written.author_id == viewer.id
    return mine and written.deleted_by_id == viewer.id and written.hidden_at is None


@rule(Permission.READ_PLACE)
def may_read_place(viewer: Viewer, category: "Category") -> Verdict:
    if audience.may_read(viewer, category.place.default_audience):
        return ALLOWED
    return denied(_("This place is not open to you."))


@rule(Permission.START_TOPIC)
def may_start_topic(viewer: Viewer, category: "Category") -> Verdict:
    acts = may_act(viewer)
    if not acts:
        return acts
    place = category.place
    if place.archived:
        return denied(_("This category is kept as an archive; nothing new can be started here."))
    reads = audience.may_read(viewer, place.default_audience)
    if reads and (place.start_scope_id in viewer.scopes or _oversees_place(viewer, place)):
        return ALLOWED
    if place.start_kind is AudienceKind.STAFF:
        return denied(_("Here only staff start topics."))
    if not viewer.is_member:
        return denied(_("Here only members start topics. Guests can answer where a topic is open to them."))
    return denied(_("You cannot start topics here."))


def _oversees_place(viewer: Viewer, place: Place) -> bool:
    default = place.default_audience
    return bool({default.oversight_id, default.overseers_id} & viewer.scopes)


@rule(Permission.READ_TOPIC)
def may_read_topic(viewer: Viewer, topic: "Topic") -> Verdict:
    shown = topic.is_visible or moderates(viewer, topic) or withdrew(viewer, topic)
    shown = shown and topic.merged_into_id is None
    if audience.may_read(viewer, topic.audience) and shown:
        return ALLOWED
    return denied(_("This topic is not open to you."))


@rule(Permission.REPLY)
def may_reply(viewer: Viewer, topic: "Topic") -> Verdict:
    acts = may_act(viewer)
    if not acts:
        return acts
    if not audience.may_reply(viewer, topic.audience):
        if not viewer.is_member:
            return denied(_("You can read this topic, but only members can answer."))
        return denied(_("You can read this topic, but not answer."))
    if not topic.is_visible:
        return denied(_("This topic is hidden: nobody can answer."))
    if topic.is_archived:
        return denied(_("This topic is kept as an archive: nobody can answer."))
    if topic.is_locked:
        return denied(_("This topic is locked: nobody can answer."))
    if topic.place.archived:
        return denied(_("This place is kept as an archive: nobody can answer."))
    return ALLOWED


@rule(Permission.RENAME_TOPIC)
def may_rename_topic(viewer: Viewer, topic: "Topic") -> Verdict:
    acts = may_act_in(viewer, topic)
    if not acts:
        return acts
    if topic.is_archived:
        return denied(_("This topic is kept as an archive."))
    if moderates(viewer, topic):
        return ALLOWED
    if topic.author_id != viewer.id:
        return denied(_("Only its author and moderators can rename a topic."))
    if topic.is_locked:
        return denied(_("This topic is locked."))
    return _within_window(viewer, topic)


@rule(Permission.SET_AUDIENCE)
def may_set_audience(viewer: Viewer, topic: "Topic") -> Verdict:
    acts = may_act_in(viewer, topic)
    if not acts:
        return acts
    if moderates(viewer, topic):
        return ALLOWED
    if topic.author_id == viewer.id and viewer.is_member and not (topic.is_locked or topic.is_archived):
        return ALLOWED
    return denied(_("Only its author, being a member, and moderators can say who a topic is for."))


@rule(Permission.LOCK_TOPIC)
def may_lock_topic(viewer: Viewer, topic: "Topic") -> Verdict:
    return for_moderators(viewer, topic, _("Only moderators of this place can lock topics."))


@rule(Permission.HIDE_TOPIC)
def may_hide_topic(viewer: Viewer, topic: "Topic") -> Verdict:
    return for_moderators(viewer, topic, _("Only moderators of this place can hide topics."))


@rule(Permission.DELETE_TOPIC)
def may_delete_topic(viewer: Viewer, topic: "Topic") -> Verdict:
    acts = may_act_in(viewer, topic)
    if not acts:
        return acts
    if moderates(viewer, topic):
        return ALLOWED
    if topic.author_id != viewer.id:
        return denied(_("Only its author and moderators can delete a topic."))
    if topic.is_archived:
        return denied(_("This topic is kept as an archive."))
    if topic.is_locked:
        return denied(_("This topic is locked."))
    if topic.post_count > 1:
        return denied(
            _("It has been answered. You can delete your own posts; a moderator can delete the topic.")
        )
    return ALLOWED


@rule(Permission.RESTORE_TOPIC)
def may_restore_topic(viewer: Viewer, topic: "Topic") -> Verdict:
    acts = may_act_in(viewer, topic)
    if not acts:
        return acts
    if moderates(viewer, topic) or (withdrew(viewer, topic) and not (topic.is_locked or topic.is_archived)):
        return ALLOWED
    return denied(_("Only moderators of this place can restore topics."))


@rule(Permission.EDIT_POST)
def may_edit_post(viewer: Viewer, post: "Post") -> Verdict:
    acts = may_act_in(viewer, post.topic)
    if not acts:
        return acts
    if not post.is_visible:
        return denied(_("What is hidden or deleted cannot be edited."))
    if post.topic.is_archived:
        return denied(_("This topic is kept as an archive: posts can no longer be edited."))
    if moderates(viewer, post.topic):
        return ALLOWED
    if post.author_id != viewer.id:
        return denied(_("Only its author and moderators can edit a post."))
    if post.topic.is_locked:
        return denied(_("This topic is locked: posts can no longer be edited."))
    if post.topic.place.archived:
        return denied(_("This place is kept as an archive: posts can no longer be edited."))
    return _within_window(viewer, post)


@rule(Permission.READ_REVISIONS)
def may_read_revisions(viewer: Viewer, post: "Post") -> Verdict:
    acts = may_act_in(viewer, post.topic)
    if not acts:
        return acts
    if moderates(viewer, post.topic) or post.author_id == viewer.id:
        return ALLOWED
    if settings.current().history_for == "readers" and post.is_visible:
        return ALLOWED
    return denied(_("Only its author and moderators can read what a post said before."))


@rule(Permission.HIDE_REVISION)
def may_hide_revision(viewer: Viewer, revision: "Revision") -> Verdict:
    topic = revision.post.topic
    return for_moderators(viewer, topic, _("Only moderators of this place can hide what a post said before."))


@rule(Permission.HIDE_POST)
def may_hide_post(viewer: Viewer, post: "Post") -> Verdict:
    return for_moderators(viewer, post.topic, _("Only moderators of this place can hide posts."))


@rule(Permission.DELETE_POST)
def may_delete_post(viewer: Viewer, post: "Post") -> Verdict:
    acts = may_act_in(viewer, post.topic)
    if not acts:
        return acts
    if moderates(viewer, post.topic):
        return ALLOWED
    if post.author_id != viewer.id:
        return denied(_("Only its author and moderators can delete a post."))
    if post.topic.is_archived:
        return denied(_("This topic is kept as an archive: posts can no longer be deleted."))
    if post.topic.is_locked:
        return denied(_("This topic is locked: posts can no longer be deleted."))
    if post.hidden_at is not None:
        return denied(_("A moderator has hidden this post."))
    return ALLOWED


@rule(Permission.RESTORE_POST)
def may_restore_post(viewer: Viewer, post: "Post") -> Verdict:
    acts = may_act_in(viewer, post.topic)
    if not acts:
        return acts
    if moderates(viewer, post.topic):
        return ALLOWED
    if withdrew(viewer, post) and not (post.topic.is_locked or post.topic.is_archived):
        return ALLOWED
    return denied(_("Only moderators can restore this post."))


def for_moderators(viewer: Viewer, topic: "Topic", otherwise: str) -> Verdict:
    """What is for moderators of the place alone; `otherwise` is said to everybody else who may read the topic."""
    acts = may_act_in(viewer, topic)
    if not acts:
        return acts
    return ALLOWED if moderates(viewer, topic) else denied(otherwise)


def for_moderators_of(viewer: Viewer, category: "Category", otherwise: str) -> Verdict:
    """What is for those alone who moderate a place and read it; `otherwise` is said to everybody else."""
    acts = may_act(viewer)
    if not acts:
        return acts
    if viewer.moderates(category.place) and audience.may_read(viewer, category.place.default_audience):
        return ALLOWED
    return denied(otherwise)


def _within_window(viewer: Viewer, written: "Post | Topic") -> Verdict:
    chosen = settings.current()
    minutes = chosen.edit_minutes if viewer.is_member else chosen.guest_edit_minutes
    if minutes and clock.now() > written.created_at + timedelta(minutes=minutes):
        return denied(_("The time in which you could change this is over. A moderator can still do it."))
    return ALLOWED
