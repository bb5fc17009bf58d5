"""Who may bring pictures and files."""

from forum.access.permissions import Permission
from forum.access.rules import rule
from forum.access.rules.discussions import may_act
from forum.access.verdicts import Verdict
from forum.access.viewer import Viewer


@rule(Permission.UPLOAD)
def may_upload(viewer: Viewer, _subject: object = None) -> Verdict:
    """Whoever may write somewhere: with an address that is confirmed, and not suspended."""
    return may_act(viewer)
