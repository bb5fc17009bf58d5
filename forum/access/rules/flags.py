"""Who may report a post, and who judges what was reported."""

from typing import TYPE_CHECKING

from flask_babel import gettext as _

from forum.access.permissions import Permission
from forum.access.rules import rule
from forum.access.rules.discussions import may_act_in, moderates
from forum.access.verdicts import ALLOWED, Verdict, denied
from forum.access.viewer import Viewer

if TYPE_CHECKING:
    from forum.discussions.models import Post
    from forum.moderation.models import Review


@rule(Permission.FLAG_POST)
def may_flag_post(viewer: Viewer, post: "Post") -> Verdict:
    acts = may_act_in(viewer, post.topic)
    if not acts:
        return acts
    if not (post.is_visible and post.topic.is_visible):
        return denied(_("This post is no longer here: there is nothing left to report."))
    if post.author_id == viewer.id:
        return denied(_("This is your own post. You can edit or delete it."))
    return ALLOWED


@rule(Permission.READ_QUEUE)
def may_read_queue(viewer: Viewer, _subject: object = None) -> Verdict:
    if viewer.may_act and viewer.moderates_anything:
        return ALLOWED
    return denied(_("Only moderators read what was reported."))


@rule(Permission.JUDGE_FLAGS)
def may_judge_flags(viewer: Viewer, review: "Review") -> Verdict:
    """Never about one's own post: who reported it is not for its author to know."""
    acts = may_act_in(viewer, review.post.topic)
    if not acts:
        return acts
    if review.post.author_id == viewer.id:
        return denied(_("This is about your own post: another moderator decides."))
    if moderates(viewer, review.post.topic):
        return ALLOWED
    return denied(_("Only moderators of this place decide about reports."))
