"""Who may do what on the site as a whole."""

from flask_babel import gettext as _

from forum.access.permissions import Permission
from forum.access.rules import rule
from forum.access.verdicts import ALLOWED, Verdict, denied
from forum.access.viewer import Viewer


def _for_staff(viewer: Viewer) -> Verdict:
    if viewer.may_act and viewer.is_staff:
        return ALLOWED
    return denied(_("Only staff of the society can do this."))


@rule(Permission.READ_LOG)
def may_read_log(viewer: Viewer, _subject: object = None) -> Verdict:
    if viewer.may_act and viewer.moderates_anything:
        return ALLOWED
    return denied(_("Only moderators read the log."))


@rule(Permission.MANAGE_PEOPLE)
def may_manage_people(viewer: Viewer, _subject: object = None) -> Verdict:
    return _for_staff(viewer)


@rule(Permission.MANAGE_SETTINGS)
def may_manage_settings(viewer: Viewer, _subject: object = None) -> Verdict:
    return _for_staff(viewer)


@rule(Permission.MANAGE_CATEGORIES)
def may_manage_categories(viewer: Viewer, _subject: object = None) -> Verdict:
    return _for_staff(viewer)


@rule(Permission.MANAGE_TAGS)
def may_manage_tags(viewer: Viewer, _subject: object = None) -> Verdict:
    return _for_staff(viewer)


@rule(Permission.MAKE_TAG)
def may_make_tag(viewer: Viewer, makers: str) -> Verdict:
    """By typing a word that is none yet. `makers` is what the society has chosen: whom it lets do that."""
    if makers == "staff":
        return _for_staff(viewer)
    if viewer.moderates_anything or (makers == "members" and viewer.is_member):
        return ALLOWED
    if makers == "members":
        return denied(_("Only members make new tags."))
    return denied(_("Only moderators make new tags."))


@rule(Permission.SEE_AUDIENCES)
def may_see_audiences(viewer: Viewer, _subject: object = None) -> Verdict:
    return _for_staff(viewer)
