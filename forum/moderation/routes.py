"""The log of what moderators and staff did."""

from typing import Annotated

from flask import Blueprint, Response
from pydantic import StringConstraints

from forum.access.doors import requires
from forum.access.permissions import Permission
from forum.access.viewer import Viewer
from forum.boards.queries import categories_for
from forum.moderation.queries import EVERYTHING, kinds_for, page_of_log
from forum.web import params, respond
from forum.web.params import Params

moderation = Blueprint("moderation", __name__, url_prefix="/moderation")


class LogParams(Params):
    kind: Annotated[str, StringConstraints(max_length=40)] = ""
    category: Annotated[str, StringConstraints(max_length=100)] = ""
    after: Annotated[str, StringConstraints(max_length=200)] | None = None


@moderation.get("/log")
@requires(Permission.READ_LOG)
def show_log(viewer: Viewer) -> Response:
    asked = params.read_query(LogParams)
    page = page_of_log(viewer, kind=asked.kind, category=asked.category, after=asked.after)
    return respond.page(
        "moderation/log.html",
        entries=page.items,
        before=None,
        after=page.after,
        kind=asked.kind,
        kinds=kinds_for(viewer),
        everything=EVERYTHING if viewer.is_staff else "",
        category=asked.category,
        categories=[(c.slug, c.name) for c in categories_for(viewer) if viewer.moderates(c.place)],
    )
