"""Who may vote in a poll, close it, and see who voted what."""

from typing import TYPE_CHECKING

from flask_babel import gettext as _

from forum.access.permissions import Permission
from forum.access.rules import rule
from forum.access.rules.discussions import may_act_in, may_reply, moderates
from forum.access.verdicts import ALLOWED, Verdict, denied
from forum.access.viewer import Viewer

if TYPE_CHECKING:
    from forum.discussions.models import Post


@rule(Permission.VOTE)
def may_vote(viewer: Viewer, post: "Post") -> Verdict:
    """Whoever may answer the topic."""
    replies = may_reply(viewer, post.topic)
    if not replies:
        return replies
    if not post.is_visible:
        return denied(_("In what is hidden or deleted nobody votes."))
    return ALLOWED


@rule(Permission.CLOSE_POLL)
def may_close_poll(viewer: Viewer, post: "Post") -> Verdict:
    acts = may_act_in(viewer, post.topic)
    if not acts:
        return acts
    if not post.is_visible:
        return denied(_("In what is hidden or deleted there is nothing to close."))
    if moderates(viewer, post.topic) or post.author_id == viewer.id:
        return ALLOWED
    return denied(_("Only whoever made the poll and moderators close it."))


@rule(Permission.READ_BALLOTS)
def may_read_ballots(viewer: Viewer, post: "Post") -> Verdict:
    """Who voted what, where the poll is an open one: for readers who take part."""
    acts = may_act_in(viewer, post.topic)
    if not acts:
        return acts
    if post.is_visible or moderates(viewer, post.topic):
        return ALLOWED
    return denied(_("What is hidden or deleted shows no votes."))
