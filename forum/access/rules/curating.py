"""Who may curate: pin, move, split, merge, keep as an archive, slow down, put under another name."""

from typing import TYPE_CHECKING

from flask_babel import gettext as _

from forum.access import audience
from forum.access.models import Place, RoleName
from forum.access.permissions import Permission
from forum.access.rules import rule
from forum.access.rules.discussions import (
    for_moderators,
    for_moderators_of,
    may_act,
    may_act_in,
    may_reply,
    moderates,
)
from forum.access.verdicts import ALLOWED, Verdict, denied
from forum.access.viewer import SITE, Viewer

if TYPE_CHECKING:
    from forum.boards.models import Category
    from forum.discussions.actions.moving import Move
    from forum.discussions.models import Post, Topic


@rule(Permission.PIN_TOPIC)
def may_pin_topic(viewer: Viewer, topic: "Topic") -> Verdict:
    return for_moderators(viewer, topic, _("Only moderators of this place can pin topics."))


@rule(Permission.PIN_EVERYWHERE)
def may_pin_everywhere(viewer: Viewer, topic: "Topic") -> Verdict:
    return _for_site_moderators(
        viewer, topic, _("Only moderators of the whole site can pin a topic everywhere.")
    )


@rule(Permission.ARCHIVE_TOPIC)
def may_archive_topic(viewer: Viewer, topic: "Topic") -> Verdict:
    return for_moderators(viewer, topic, _("Only moderators of this place can archive topics."))


@rule(Permission.SLOW_TOPIC)
def may_slow_topic(viewer: Viewer, topic: "Topic") -> Verdict:
    return for_moderators(viewer, topic, _("Only moderators of this place can slow a topic down."))


@rule(Permission.MOVE_TOPIC)
def may_move_topic(viewer: Viewer, topic: "Topic") -> Verdict:
    """Out of its place. Into which other one is asked of that: MOVE_INTO."""
    return for_moderators(viewer, topic, _("Only moderators of this place can move topics."))


@rule(Permission.MOVE_INTO)
def may_move_into(viewer: Viewer, place: Place) -> Verdict:
    """Nobody moves into where they may not read and write."""
    acts = may_act(viewer)
    if not acts:
        return acts
    default = place.default_audience
    if not audience.may_read(viewer, default):
        return denied(_("This place is not open to you."))
    if place.archived:
        return denied(_("That place is kept as an archive: nothing can be moved there."))
    oversees = bool({default.oversight_id, default.overseers_id} & viewer.scopes)
    if oversees or place.start_scope_id in viewer.scopes:
        return ALLOWED
    return denied(_("You cannot start topics there, so you cannot move any there."))


@rule(Permission.TAKE_BACK_MOVE)
def may_take_back_move(viewer: Viewer, move: "Move") -> Verdict:
    """Bring a topic back to where it came from: for moderators of the place where it stands; and for whoever brought it there
    and moderates where it came from, as long as nobody else has had to do with it. Into that place MOVE_INTO is asked.

    They act where they may read: the topic. They take nothing from the place that its moderators have dealt with. And what
    others wrote in it there is not shown to anybody it was not written for.
    """
    acts = may_act_in(viewer, move.topic)
    if not acts:
        return acts
    if moderates(viewer, move.topic):
        return ALLOWED
    if move.mover_id != viewer.id or not viewer.moderates(move.place):
        return denied(_("Only moderators of this place can move topics."))
    if move.is_curated:
        return denied(
            _("Somebody else has moderated it since: the moderators of this place can bring it back.")
        )
    if move.would_show:
        return denied(
            _(
                "Others have written in it since, for fewer people: the moderators of this place can bring it back."
            )
        )
    return ALLOWED


@rule(Permission.MODERATE_PLACE)
def may_moderate_place(viewer: Viewer, category: "Category") -> Verdict:
    """Choose several of its topics at once; each is judged by the rule of what is done to it."""
    return for_moderators_of(viewer, category, _("Only moderators of this place can do this."))


@rule(Permission.SPLIT_TOPIC)
def may_split_topic(viewer: Viewer, topic: "Topic") -> Verdict:
    verdict = for_moderators(viewer, topic, _("Only moderators of this place can split topics."))
    return _as_it_is_seen(verdict, topic)


@rule(Permission.MERGE_TOPIC)
def may_merge_topic(viewer: Viewer, topic: "Topic") -> Verdict:
    """Into which other one is asked of that: JOIN_TOPIC."""
    verdict = for_moderators(viewer, topic, _("Only moderators of this place can merge topics."))
    return _as_it_is_seen(verdict, topic)


@rule(Permission.JOIN_TOPIC)
def may_join_topic(viewer: Viewer, topic: "Topic") -> Verdict:
    """Bring posts from elsewhere into a topic: where one moderates, or could answer oneself."""
    acts = may_act_in(viewer, topic)
    if not acts:
        return acts
    if not topic.is_visible:
        return denied(_("That topic is hidden or deleted: nothing can be moved there."))
    if topic.is_archived or topic.place.archived:
        return denied(_("That topic is kept as an archive: nothing can be moved there."))
    if moderates(viewer, topic) or may_reply(viewer, topic):
        return ALLOWED
    return denied(_("You cannot answer there, so you cannot move anything there."))


@rule(Permission.CHANGE_AUTHOR)
def may_change_author(viewer: Viewer, post: "Post") -> Verdict:
    """Words are put under another name by those alone who look after the whole site."""
    return _for_site_moderators(
        viewer, post.topic, _("Only staff and moderators of the whole site can change whose a post is.")
    )


def _as_it_is_seen(verdict: Verdict, topic: "Topic") -> Verdict:
    """No post leaves a hidden or deleted topic for one that everybody sees."""
    if verdict and not topic.is_visible:
        return denied(_("This topic is hidden or deleted. Restore it first."))
    return verdict


def _for_site_moderators(viewer: Viewer, topic: "Topic", otherwise: str) -> Verdict:
    verdict = for_moderators(viewer, topic, otherwise)
    everywhere = viewer.has_role(RoleName.STAFF, SITE) or viewer.has_role(RoleName.MODERATOR, SITE)
    return verdict if everywhere or not verdict else denied(otherwise)
