"""The audience matrix: every place, and who reads, answers and starts topics in it, on one screen."""

from flask import Response

from forum.access.doors import requires
from forum.access.permissions import Permission
from forum.access.viewer import Viewer
from forum.admin.matrix import columns, matrix_rows
from forum.admin.routes import staff
from forum.web import respond


@staff.get("")
@requires(Permission.MANAGE_PEOPLE)
def show_first_room(_viewer: Viewer) -> Response:
    return respond.see("/staff/people")


@staff.get("/audiences")
@requires(Permission.SEE_AUDIENCES)
def show_audiences(viewer: Viewer) -> Response:
    rows = matrix_rows(viewer)
    return respond.page("admin/audiences.html", columns=columns(rows), rows=rows)
