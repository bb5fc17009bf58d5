"""Who may say which reply answers a question."""

from typing import TYPE_CHECKING

from flask_babel import gettext as _

from forum.access.permissions import Permission
from forum.access.rules import rule
from forum.access.rules.discussions import may_act_in, moderates
from forum.access.verdicts import ALLOWED, Verdict, denied
from forum.access.viewer import Viewer

if TYPE_CHECKING:
    from forum.discussions.models import Topic


@rule(Permission.ACCEPT_ANSWER)
def may_accept_answer(viewer: Viewer, topic: "Topic") -> Verdict:
    """Accepting a reply, and taking that back: for whoever asked, and moderators."""
    acts = may_act_in(viewer, topic)
    if not acts:
        return acts
    if not topic.place.for_questions:
        return denied(_("Only in a place for questions one reply is the answer."))
    if moderates(viewer, topic):
        return ALLOWED
    if topic.author_id != viewer.id:
        return denied(_("Only whoever asked and moderators say which reply is the answer."))
    if topic.is_locked:
        return denied(_("This topic is locked."))
    if topic.is_archived:
        return denied(_("This topic is kept as an archive."))
    if topic.place.archived:
        return denied(_("This place is kept as an archive."))
    return ALLOWED
