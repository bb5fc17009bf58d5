"""Who may look at whom."""

from typing import TYPE_CHECKING

from flask_babel import gettext as _

from forum.access.permissions import Permission
from forum.access.rules import rule
from forum.access.rules.discussions import may_act
from forum.access.verdicts import ALLOWED, Verdict, denied
from forum.access.viewer import Viewer

if TYPE_CHECKING:
    from forum.accounts.models import User


def sees_people(viewer: Viewer) -> bool:
    """Whether profiles are open to somebody at all."""
    return viewer.may_act and (viewer.is_member or viewer.moderates_anything)


@rule(Permission.READ_PROFILE)
def may_read_profile(viewer: Viewer, person: "User") -> Verdict:
    """Members see each other, and everybody sees themselves; nobody is shown to guests and visitors."""
    if viewer.user is not None and viewer.id == person.id:
        return ALLOWED
    is_there = person.is_confirmed or person.is_placeholder or viewer.is_staff
    if is_there and sees_people(viewer):
        return ALLOWED
    return denied(_("Profiles are for members."))


@rule(Permission.IGNORE)
def may_ignore(viewer: Viewer, person: "User") -> Verdict:
    """Of somebody whom one has met: by their profile, or by a post that one reads."""
    acts = may_act(viewer)
    if not acts:
        return acts
    if viewer.id == person.id:
        return denied(_("You cannot ignore yourself."))
    return ALLOWED
