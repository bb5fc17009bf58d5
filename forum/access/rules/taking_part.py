"""Who may react to posts and keep them, and whom one may ignore."""

from typing import TYPE_CHECKING

from flask_babel import gettext as _

from forum.access.permissions import Permission
from forum.access.rules import rule
from forum.access.rules.discussions import may_act_in, moderates
from forum.access.verdicts import ALLOWED, Verdict, denied
from forum.access.viewer import Viewer

if TYPE_CHECKING:
    from forum.discussions.models import Post, Topic


def may_react_in(viewer: Viewer, topic: "Topic") -> Verdict:
    """Whoever reads a topic may react in it, also where it is locked: a nod needs no answer."""
    acts = may_act_in(viewer, topic)
    if not acts:
        return acts
    if not topic.is_visible:
        return denied(_("This topic is hidden: nobody can react."))
    if topic.is_archived:
        return denied(_("This topic is kept as an archive: nobody can react."))
    if topic.place.archived:
        return denied(_("This place is kept as an archive: nobody can react."))
    return ALLOWED


@rule(Permission.REACT)
def may_react(viewer: Viewer, post: "Post") -> Verdict:
    reacts = may_react_in(viewer, post.topic)
    if not reacts:
        return reacts
    if not post.is_visible:
        return denied(_("What is hidden or deleted takes no reactions."))
    if post.author_id == viewer.id:
        return denied(_("Reactions to your own post are for others to give."))
    return ALLOWED


@rule(Permission.READ_REACTIONS)
def may_read_reactions(viewer: Viewer, post: "Post") -> Verdict:
    """How many there are, all readers see; by whom, those who take part."""
    acts = may_act_in(viewer, post.topic)
    if not acts:
        return acts
    if post.is_visible or moderates(viewer, post.topic):
        return ALLOWED
    return denied(_("What is hidden or deleted shows no reactions."))


@rule(Permission.BOOKMARK)
def may_bookmark(viewer: Viewer, post: "Post") -> Verdict:
    acts = may_act_in(viewer, post.topic)
    if not acts:
        return acts
    if post.is_visible or moderates(viewer, post.topic):
        return ALLOWED
    return denied(_("What is hidden or deleted cannot be kept."))
