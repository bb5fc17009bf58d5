"""Who may bring pictures and files."""

from typing import TYPE_CHECKING

from flask_babel import gettext as _

from forum.access.permissions import Permission
from forum.access.rules import rule
from forum.access.rules.discussions import may_act, moderates
from forum.access.verdicts import ALLOWED, Verdict, denied
from forum.access.viewer import Viewer

if TYPE_CHECKING:
    from forum.discussions.models import Post


@rule(Permission.UPLOAD)
def may_upload(viewer: Viewer, _subject: object = None) -> Verdict:
    """Whoever may write somewhere: with an address that is confirmed, and not suspended."""
    return may_act(viewer)


@rule(Permission.REMOVE_FILE)
def may_remove_file(viewer: Viewer, post: "Post") -> Verdict:
    """Moderators what must not be there, its author what they brought: also where the topic is locked or kept as an archive,
    and where the post is hidden or deleted."""
    acts = may_act(viewer)
    if not acts:
        return acts
    if moderates(viewer, post.topic) or post.author_id == viewer.id:
        return ALLOWED
    return denied(_("Only moderators of this place, and whoever brought it, can remove a file."))
