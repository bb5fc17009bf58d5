"""How a post came to read as it does."""

from flask import Response, request

from forum.access.doors import requires
from forum.access.permissions import Permission
from forum.access.rules.discussions import moderates
from forum.access.viewer import Viewer
from forum.core.errors import Invalid
from forum.discussions import places
from forum.discussions.actions import revising
from forum.discussions.models import Post, Revision
from forum.discussions.params import OptionalReasonParams, ReasonParams
from forum.discussions.queries.posts import find_post
from forum.discussions.queries.quotes import text_for
from forum.discussions.queries.revisions import edits_of, find_revision
from forum.discussions.routes import discussions
from forum.web import params, respond
from forum.web.params import ListParams


@discussions.get("/posts/<id:post_id>/history")
@requires(Permission.READ_REVISIONS, subject=find_post)
def show_history(viewer: Viewer, post: Post) -> Response:
    asked = params.read_query(ListParams)
    page = edits_of(viewer, post, after=asked.after)
    return respond.page(
        "discussions/history.html",
        post=post,
        topic=post.topic,
        category=places.label_of(post.topic.place_id),
        edits=page.items,
        after=page.after,
        moderates=moderates(viewer, post.topic),
    )


@discussions.get("/revisions/<id:revision_id>/hide")
@requires(Permission.HIDE_REVISION, subject=find_revision)
def ask_hide_revision(viewer: Viewer, revision: Revision) -> Response:
    return _ask(viewer, revision)


@discussions.post("/revisions/<id:revision_id>/hide")
@requires(Permission.HIDE_REVISION, subject=find_revision)
def hide_revision(viewer: Viewer, revision: Revision) -> Response:
    try:
        given = params.read(ReasonParams)
    except Invalid as error:
        return _ask(viewer, revision, error.errors)
    revising.hide_revision(revision.id, actor=viewer.user, reason=given.reason)
    return respond.see(f"/posts/{revision.post_id}/history")


@discussions.post("/revisions/<id:revision_id>/restore")
@requires(Permission.HIDE_REVISION, subject=find_revision)
def restore_revision(viewer: Viewer, revision: Revision) -> Response:
    reason = params.read(OptionalReasonParams).reason
    revising.restore_revision(revision.id, actor=viewer.user, reason=reason)
    return respond.see(f"/posts/{revision.post_id}/history")


def _ask(viewer: Viewer, revision: Revision, errors: dict[str, str] | None = None) -> Response:
    post = revision.post
    return respond.page(
        "discussions/hide_revision.html",
        status=422 if errors else 200,
        revision=revision,
        body=text_for(viewer, revision.body),
        post=post,
        topic=post.topic,
        category=places.label_of(post.topic.place_id),
        values=request.form,
        errors=errors or {},
    )
