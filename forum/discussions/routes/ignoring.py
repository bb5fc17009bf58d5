"""Ignoring whoever wrote a post: also for those to whom profiles are not open."""

from flask import Response, request

from forum.access.doors import requires
from forum.access.permissions import Permission
from forum.access.viewer import Viewer
from forum.accounts.models import User
from forum.accounts.routes.ignoring import ignore_or_stop, ignore_page
from forum.discussions.queries.posts import find_author
from forum.discussions.routes import discussions
from forum.web import respond


@discussions.get("/posts/<id:post_id>/ignore")
@requires(Permission.IGNORE, subject=find_author)
def ask_ignore_author(viewer: Viewer, person: User) -> Response:
    return ignore_page(viewer, person, to=request.path, back=_post())


@discussions.post("/posts/<id:post_id>/ignore")
@requires(Permission.IGNORE, subject=find_author)
def change_ignore_of_author(viewer: Viewer, person: User) -> Response:
    return respond.see(_post(), notice=ignore_or_stop(viewer, person))


def _post() -> str:
    return f"/posts/{(request.view_args or {})['post_id']}"
