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


@rule(Permission.SEE_AUDIENCES)
def may_see_audiences(viewer: Viewer, _subject: object = None) -> Verdict:
    return _for_staff(viewer)
