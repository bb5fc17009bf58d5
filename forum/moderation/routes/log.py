"""The log of what moderators and staff did, and taking it back."""

from datetime import date, timedelta

from flask import Response
from flask_babel import gettext as _

from forum.access.doors import requires
from forum.access.permissions import Permission
from forum.access.viewer import Viewer
from forum.audit.models import AuditEntry
from forum.boards.queries import categories_for
from forum.core.errors import Conflict, Forbidden, Invalid, NotFound
from forum.discussions.actions.undoing import UNDOINGS, undo_act
from forum.discussions.choosing import start_of
from forum.discussions.params import OptionalReasonParams
from forum.moderation.params import LogParams
from forum.moderation.queries.log import EVERYTHING, find_entry, kinds_for, lines_of, page_of_log
from forum.moderation.routes import moderation
from forum.web import params, respond


@moderation.get("/moderation/log")
@requires(Permission.READ_LOG)
def show_log(viewer: Viewer) -> Response:
    asked = params.read_query(LogParams)
    page = page_of_log(
        viewer,
        kind=asked.kind,
        category=asked.category,
        by=asked.by,
        about=asked.about,
        since=start_of(asked.since) if asked.since else None,
        before=start_of(asked.until + timedelta(days=1)) if asked.until and asked.until < date.max else None,
        after=asked.after,
    )
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
    entry = _undoable(viewer, entry_id)
    line = lines_of(viewer, [entry])[0]
    try:
        undo_act(entry, actor=viewer.user, reason=params.read(OptionalReasonParams).reason)
    except (Invalid, Conflict, Forbidden) as error:
        fresh = _undoable(viewer, entry_id)
        return _undo_page(viewer, fresh, error.errors or {"": error.message}, status=error.status)
    shown = lines_of(viewer, [_undoable(viewer, entry_id)])
    return respond.see((shown[0].href if shown else line.href) or "/moderation/log", notice=_("Undone."))


def _undoable(viewer: Viewer, entry_id: int) -> AuditEntry:
    entry = find_entry(viewer, entry_id)
    if entry is None or entry.action not in UNDOINGS or not lines_of(viewer, [entry]):
        raise NotFound
    return entry


def _undo_page(
    viewer: Viewer, entry: AuditEntry, errors: dict[str, str] | None = None, *, status: int = 200
) -> Response:
    line = lines_of(viewer, [entry])[0]
    return respond.page("moderation/undo.html", status=status, entry=line, values={}, errors=errors or {})
