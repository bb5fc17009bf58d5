"""The log of what moderators and staff did, and taking it back."""

from flask import Response
from flask_babel import gettext as _

from forum.access.doors import requires
from forum.access.permissions import Permission
from forum.access.viewer import Viewer, renewed
from forum.boards.queries import categories_for
from forum.core.errors import Conflict, Forbidden, Invalid, NotFound
from forum.discussions.actions.undoing import UNDOINGS, undo_act
from forum.discussions.params import OptionalReasonParams
from forum.moderation.log_words import EVERYTHING, kinds_for
from forum.moderation.narrowing import narrowed_to
from forum.moderation.params import LogParams
from forum.moderation.queries.log import LogLine, find_line, page_of_log
from forum.moderation.routes import moderation
from forum.web import params, respond


@moderation.get("/moderation/log")
@requires(Permission.READ_LOG)
def show_log(viewer: Viewer) -> Response:
    asked = params.read_query(LogParams)
    page = page_of_log(viewer, **narrowed_to(asked), after=asked.after)
    return respond.page(
        "moderation/log.html",
        entries=page.items,
        before=None,
        after=page.after,
        asked=asked,
        kind=asked.kind,
        kinds=kinds_for(viewer),
        everything=EVERYTHING if viewer.is_staff else "",
        category=asked.category,
        categories=[(c.slug, c.name) for c in categories_for(viewer) if viewer.moderates(c.place)],
    )


@moderation.get("/moderation/log/<id:entry_id>/undo")
@requires(Permission.READ_LOG)
def ask_undo(viewer: Viewer, entry_id: int) -> Response:
    return _undo_page(viewer, _undoable(viewer, entry_id))


@moderation.post("/moderation/log/<id:entry_id>/undo")
@requires(Permission.READ_LOG)
def undo(viewer: Viewer, entry_id: int) -> Response:
    line = _undoable(viewer, entry_id)
    try:
        undo_act(line.entry, actor=viewer.user, reason=params.read(OptionalReasonParams).reason)
    except (Invalid, Conflict, Forbidden) as error:
        fresh = _undoable(viewer, entry_id)
        return _undo_page(viewer, fresh, error.errors or {"": error.message}, status=error.status)
    now = find_line(renewed(viewer), entry_id)
    return respond.see((now.href if now else line.href) or "/moderation/log", notice=_("Undone."))


def _undoable(viewer: Viewer, entry_id: int) -> LogLine:
    line = find_line(viewer, entry_id)
    if line is None or line.entry.action not in UNDOINGS:
        raise NotFound
    return line


def _undo_page(
    viewer: Viewer, line: LogLine, errors: dict[str, str] | None = None, *, status: int = 200
) -> Response:
    if not errors and line.obstacle is not None:
        errors = {"": line.obstacle.message}
    return respond.page("moderation/undo.html", status=status, entry=line, values={}, errors=errors or {})
