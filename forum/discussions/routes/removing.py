"""Removing a picture or a file from a post, for good: a page of its own."""

from typing import Any

from flask import Response, request
from flask_babel import gettext as _

from forum.access.doors import requires
from forum.access.permissions import Permission
from forum.access.viewer import Viewer
from forum.core.errors import Invalid, NotFound
from forum.discussions import addresses, places
from forum.discussions.actions.removing import remove_file
from forum.discussions.models import Post
from forum.discussions.params import RemoveFileParams, refuse_without_reason
from forum.discussions.queries.attachments import removable_in
from forum.discussions.queries.posts import find_post
from forum.discussions.routes import discussions
from forum.media import schemas
from forum.media.queries import Own
from forum.web import params, respond


@discussions.get("/posts/<id:post_id>/remove-file")
@requires(Permission.REMOVE_FILE, subject=find_post)
def ask_remove_file(viewer: Viewer, post: Post) -> Response:
    uploads = removable_in(viewer, post)
    return _page(viewer, post, {"upload": str(uploads[0].id)} if len(uploads) == 1 else {}, {})


@discussions.post("/posts/<id:post_id>/remove-file")
@requires(Permission.REMOVE_FILE, subject=find_post)
def remove_file_of_post(viewer: Viewer, post: Post) -> Response:
    where = addresses.of_post(post.topic, post)
    try:
        given = params.read(RemoveFileParams)
        chosen = {str(upload.id): upload for upload in removable_in(viewer, post)}.get(given.upload)
        if chosen is None:
            raise Invalid({"upload": _("Choose what is to be removed.")})
        refuse_without_reason(given.reason, is_own=chosen.owner_id == viewer.id)
        remove_file(post, chosen.id, actor=viewer.user, reason=given.reason)
    except Invalid as error:
        return _page(viewer, find_post(viewer, post.id) or post, request.form, error.errors)
    return respond.see(where, notice=_("It is removed, wherever it stood."))


def _page(viewer: Viewer, post: Post, values: Any, errors: dict[str, str]) -> Response:
    uploads = removable_in(viewer, post)
    if not uploads:
        raise NotFound
    return respond.page(
        "discussions/remove_file.html",
        status=422 if errors else 200,
        post=post,
        topic=post.topic,
        category=places.label_of(post.topic.place_id),
        uploads=[(upload, schemas.Upload.of(Own(upload, True))) for upload in uploads],
        is_own=all(upload.owner_id == viewer.id for upload in uploads),
        size=schemas.in_words,
        values=values,
        errors=errors,
    )
