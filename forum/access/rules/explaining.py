"""Who may ask who sees what, and look at pages as somebody else would see them."""

from typing import TYPE_CHECKING

from flask_babel import gettext as _

from forum.access.permissions import Permission
from forum.access.rules import rule
from forum.access.rules.discussions import for_moderators_of, may_act, may_act_in, moderates
from forum.access.verdicts import ALLOWED, Verdict, denied
from forum.access.viewer import Viewer

if TYPE_CHECKING:
    from forum.boards.models import Category
    from forum.discussions.models import Topic


@rule(Permission.EXPLAIN_TOPIC)
def may_explain_topic(viewer: Viewer, topic: "Topic") -> Verdict:
    acts = may_act_in(viewer, topic)
    if not acts:
        return acts
    if moderates(viewer, topic) or topic.author_id == viewer.id:
        return ALLOWED
    return denied(_("Only its author and moderators are told who sees a topic, and why."))


@rule(Permission.EXPLAIN_PLACE)
def may_explain_place(viewer: Viewer, category: "Category") -> Verdict:
    return for_moderators_of(viewer, category, _("Only its moderators are told who sees a place, and why."))


@rule(Permission.PREVIEW_SITE)
def may_preview_site(viewer: Viewer, _subject: object = None) -> Verdict:
    acts = may_act(viewer)
    if not acts:
        return acts
    return ALLOWED if viewer.is_staff else denied(_("Only staff look at all pages as somebody else."))


@rule(Permission.PREVIEW_TOPIC)
def may_preview_topic(viewer: Viewer, topic: "Topic") -> Verdict:
    acts = may_act_in(viewer, topic)
    if not acts:
        return acts
    if viewer.is_staff or topic.author_id == viewer.id:
        return ALLOWED
    return denied(_("Only its author and staff look at a topic as somebody else."))
