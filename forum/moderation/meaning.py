"""What a moderator means to do with several topics, as pages and programs say it."""

from forum.access.viewer import Viewer
from forum.discussions.actions.several import Act
from forum.discussions.choosing import end_of
from forum.discussions.meaning import place_meant
from forum.moderation.params import SeveralChoice


def act_meant(viewer: Viewer, given: SeveralChoice) -> Act:
    """What was chosen. Raises Invalid where something is missing for it."""
    if given.act == "move":
        return Act("move", given.reason, place_id=place_meant(viewer, given.category))
    if given.act == "pin":
        until = end_of(given.until) if given.until else None
        return Act("pin", given.reason, everywhere=given.where == "everywhere", until=until)
    return Act(given.act, given.reason)
