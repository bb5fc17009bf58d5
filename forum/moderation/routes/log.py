"""The log of what moderators and staff did, and taking it back."""

from flask import Response
from flask_babel import gettext as _
from flask_babel import ngettext

from forum.access.doors import requires
from forum.access.permissions import Permission
from forum.access.viewer import Viewer, renewed
from forum.boards.queries import categories_for
from forum.core.errors import Conflict, Forbidden, Invalid, NotFound
from forum.discussions.actions.undoing import UNDOINGS, undo_act, undo_together
from forum.discussions.params import OptionalReasonParams
from forum.moderation.log_words import EVERYTHING, kinds_for, why_left
from forum.moderation.narrowing import narrowed_to
from forum.moderation.params import LogParams
from forum.moderation.queries.log import LogLine, find_line, lines_together, page_of_log
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


@moderation.get("/moderation/log/<id:entry_id>/undo-together")
@requires(Permission.READ_LOG)
def ask_undo_together(viewer: Viewer, entry_id: int) -> Response:
    return _together_page(viewer, entry_id)


@moderation.post("/moderation/log/<id:entry_id>/undo-together")
@requires(Permission.READ_LOG)
def undo_all(viewer: Viewer, entry_id: int) -> Response:
    """What was done at once is undone at once; what can no longer be is said."""
    lines = _together(viewer, entry_id)
    try:
        reason = params.read(OptionalReasonParams).reason
    except Invalid as error:
        return _together_page(viewer, entry_id, error.errors)
    undone = undo_together([line.entry for line in lines], actor=viewer.user, reason=reason)
    if not undone.done:
        return _together_page(viewer, entry_id, {"": why_left(undone.left[0][1])}, status=409)
    notice = ngettext("%(num)d act was undone.", "%(num)d acts were undone.", len(undone.done))
    if undone.left:
        many = ngettext("%(num)d was left:", "%(num)d were left:", len(undone.left))
        why = " ".join(dict.fromkeys(why_left(obstacle) for _id, obstacle in undone.left))
        notice = f"{notice} {many} {why}"
    return respond.see("/moderation/log", notice=notice)


def _together(viewer: Viewer, entry_id: int) -> list[LogLine]:
    lines = lines_together(viewer, entry_id)
    if not lines or lines[0].entry.action not in UNDOINGS:
        raise NotFound
    return lines


def _together_page(
    viewer: Viewer, entry_id: int, errors: dict[str, str] | None = None, *, status: int = 422
) -> Response:
    lines = _together(viewer, entry_id)
    return respond.page(
        "moderation/undo_together.html",
        status=status if errors else 200,
        entry_id=entry_id,
        entries=[line for line in lines if line.obstacle is None],
        left=[(line, why_left(line.obstacle)) for line in lines if line.obstacle is not None],
        values={},
        errors=errors or {},
    )


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
