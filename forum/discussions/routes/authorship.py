"""Putting a post under another name: a page of its own."""

from typing import Any

from flask import Response, request
from flask_babel import gettext as _

from forum.access.doors import requires
from forum.access.permissions import Permission
from forum.access.viewer import Viewer
from forum.core.errors import Invalid
from forum.discussions import addresses, places
from forum.discussions.actions.authorship import change_author
from forum.discussions.curating_params import AuthorParams
from forum.discussions.meaning import person_meant
from forum.discussions.models import Post
from forum.discussions.queries.posts import find_post
from forum.discussions.returning import way_to_undo
from forum.discussions.routes import discussions
from forum.web import params, respond


@discussions.get("/posts/<id:post_id>/author")
@requires(Permission.CHANGE_AUTHOR, subject=find_post)
def ask_change_author(_viewer: Viewer, post: Post) -> Response:
    return _page(post, {}, {})


@discussions.post("/posts/<id:post_id>/author")
@requires(Permission.CHANGE_AUTHOR, subject=find_post)
def change_author_of_post(viewer: Viewer, post: Post) -> Response:
    where = addresses.of_post(post.topic, post)
    try:
        given = params.read(AuthorParams)
        author = person_meant(given.username)
        change_author(post, actor=viewer.user, author=author, reason=given.reason)
    except Invalid as error:
        return _page(find_post(viewer, post.id) or post, request.form, error.errors)
    undo = way_to_undo(viewer, "post", post.id)
    return respond.see(where, notice=_("It stands under the other name now."), undo=undo)


def _page(post: Post, values: Any, errors: dict[str, str]) -> Response:
    return respond.page(
        "discussions/author.html",
        status=422 if errors else 200,
        post=post,
        topic=post.topic,
        category=places.label_of(post.topic.place_id),
        values=values,
        errors=errors,
    )
