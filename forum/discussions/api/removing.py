"""Removing what must not be there."""

from flask import request

from forum.access.doors import requires
from forum.access.permissions import Permission
from forum.access.viewer import Viewer
from forum.core.errors import NotFound
from forum.discussions import models
from forum.discussions.actions.removing import remove_file
from forum.discussions.api import discussions_api
from forum.discussions.params import OptionalReasonParams, refuse_without_reason
from forum.discussions.queries.attachments import removable_in
from forum.discussions.queries.posts import find_post
from forum.media.models import Upload
from forum.web.operations import operation


def _find_post(viewer: Viewer, post_id: int, upload_id: int) -> models.Post | None:
    """The post, where something stands in it that the viewer may take away."""
    post = find_post(viewer, post_id)
    return post if post is not None and _chosen(viewer, post, upload_id) is not None else None


def _chosen(viewer: Viewer, post: models.Post, upload_id: int) -> Upload | None:
    return next((upload for upload in removable_in(viewer, post) if upload.id == upload_id), None)


@discussions_api.delete("/posts/<id:post_id>/uploads/<id:upload_id>")
@requires(Permission.REMOVE_FILE, subject=_find_post)
@operation(takes=OptionalReasonParams)
def remove_file_of_post(viewer: Viewer, post: models.Post, given: OptionalReasonParams) -> None:
    """Remove a picture or a file of a post for good, wherever else it stands too. A moderator says why; its owner is told.

    This cannot be undone. Nothing is left of the bytes, and texts say that something was removed.
    """
    chosen = _chosen(viewer, post, int((request.view_args or {})["upload_id"]))
    if chosen is None:
        raise NotFound
    refuse_without_reason(given.reason, is_own=chosen.owner_id == viewer.id)
    remove_file(post, chosen.id, actor=viewer.user, reason=given.reason)
