"""The log, and taking back what stands in it."""

from forum.access.doors import requires
from forum.access.permissions import Permission
from forum.access.viewer import Viewer, renewed
from forum.core.errors import NotFound
from forum.discussions.actions.undoing import undo_act as undo_entry
from forum.discussions.actions.undoing import undo_together
from forum.discussions.params import OptionalReasonParams
from forum.moderation import schemas
from forum.moderation.api import moderation_api
from forum.moderation.log_words import why_left
from forum.moderation.narrowing import narrowed_to
from forum.moderation.params import LogListParams
from forum.moderation.queries.log import find_line, lines_together, page_of_log
from forum.moderation.shapes import log_entry_of
from forum.web.operations import operation


@moderation_api.get("/moderation/log")
@requires(Permission.READ_LOG)
@operation(schemas.Log, query=LogListParams)
def list_log(viewer: Viewer, asked: LogListParams) -> schemas.Log:
    """What was done in the places that one looks after, newest first.

    Without what was done to anything that one may not read.
    """
    page = page_of_log(viewer, **narrowed_to(asked), after=asked.after, limit=asked.limit)
    return schemas.Log(items=[log_entry_of(viewer, line) for line in page.items], next=page.after)


@moderation_api.get("/moderation/log/<id:entry_id>")
@requires(Permission.READ_LOG)
@operation(schemas.LogEntry)
def show_log_entry(viewer: Viewer, entry_id: int) -> schemas.LogEntry:
    """One entry of the log."""
    line = find_line(viewer, entry_id)
    if line is None:
        raise NotFound
    return log_entry_of(viewer, line)


@moderation_api.post("/moderation/log/<id:entry_id>/undo")
@requires(Permission.READ_LOG)
@operation(schemas.LogEntry, takes=OptionalReasonParams)
def undo_act(viewer: Viewer, entry_id: int, given: OptionalReasonParams) -> schemas.LogEntry | None:
    """Take back what was done, as long as nothing else has been done to it since.

    By the rule of the opposite: 403 where that is for others, 409 with the reason where it can no longer be. Both
    acts stand in the log. Answers the entry as it is then, or nothing (204) where it is no longer open to you.
    """
    line = find_line(viewer, entry_id)
    if line is None:
        raise NotFound
    undo_entry(line.entry, actor=viewer.user, reason=given.reason)
    viewer = renewed(viewer)
    now = find_line(viewer, entry_id)
    return log_entry_of(viewer, now) if now is not None else None


@moderation_api.post("/moderation/log/<id:entry_id>/undo-together")
@requires(Permission.READ_LOG)
@operation(schemas.DoneToSeveral, takes=OptionalReasonParams)
def undo_acts_together(viewer: Viewer, entry_id: int, given: OptionalReasonParams) -> schemas.DoneToSeveral:
    """Take back all that was done at once with an entry, each by itself.

    Answers the ids of the entries: what was undone, and what was left because it can no longer be, with why.
    """
    lines = lines_together(viewer, entry_id)
    if not lines:
        raise NotFound
    undone = undo_together([line.entry for line in lines], actor=viewer.user, reason=given.reason)
    left = [schemas.Left(id=str(i), why=why_left(obstacle)) for i, obstacle in undone.left]
    return schemas.DoneToSeveral(done=[str(i) for i in undone.done], left=left, sentence=None)
