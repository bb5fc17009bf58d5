"""The posts of a topic, and one of them."""

from flask_babel import gettext as _

from forum.access.doors import open_to_all, requires
from forum.access.permissions import Permission
from forum.access.viewer import Viewer, renewed
from forum.core.errors import Conflict, Invalid, NotFound
from forum.core.pages import decode_cursor, encode_cursor
from forum.discussions import models, schemas
from forum.discussions.actions import concealing, writing
from forum.discussions.actions.matching import while_unchanged
from forum.discussions.api import discussions_api
from forum.discussions.params import (
    EditPostBody,
    NewPostBody,
    OptionalReasonParams,
    PostListParams,
    refuse_without_reason,
)
from forum.discussions.poll_forms import poll_of_body
from forum.discussions.queries.posts import find_post, page_of_posts, view_of
from forum.discussions.queries.quotes import open_quotes
from forum.discussions.queries.revisions import revisions_of
from forum.discussions.queries.topics import find_topic, find_topic_now
from forum.discussions.shapes import posts_for, revision_of
from forum.discussions.writing import prepare
from forum.web import limits
from forum.web.operations import API, Answer, operation
from forum.web.params import ListParams

LARGEST_ID = 2**63 - 1


def post_now(viewer: Viewer, post_id: int, *, is_new: bool = False) -> Answer | None:
    """The post after a change; None where whoever changed it can no longer read it."""
    return _post(renewed(viewer), post_id, is_new=is_new)


def _post(viewer: Viewer, post_id: int, *, is_new: bool = False) -> Answer | None:
    post = find_post(viewer, post_id)
    if post is None:
        return None
    view = view_of(viewer, post.topic, post)
    where = f"{API}/posts/{post_id}" if is_new else ""
    return Answer(posts_for(viewer, post.topic, [view])[0], version=view.version, location=where)


@discussions_api.get("/topics/<id:topic_id>/posts")
@open_to_all
@operation(schemas.Posts, query=PostListParams)
def list_posts(viewer: Viewer, topic_id: int, asked: PostListParams) -> schemas.Posts:
    """The posts of a topic, by time or as they answer one another."""
    topic = find_topic(viewer, topic_id)
    if topic is None:
        raise NotFound
    after = decode_cursor(asked.after, [int])[0] if asked.after else None
    page = page_of_posts(viewer, topic, view=asked.view, limit=asked.limit, after=after)
    return schemas.Posts(
        items=posts_for(viewer, topic, page.posts),
        next=encode_cursor([page.after]) if page.after is not None else None,
    )


@discussions_api.post("/topics/<id:topic_id>/posts")
@requires(Permission.REPLY, subject=find_topic_now)
@operation(schemas.Post, status=201, takes=NewPostBody)
def reply(viewer: Viewer, topic: models.Topic, given: NewPostBody) -> Answer:
    """Answer a topic, or one post of it.

    The same `client_id` with the same text again answers the post that was made the first time.
    """
    limits.hit("post", viewer.id)
    parent_id = int(given.reply_to) if given.reply_to else None
    if parent_id is not None and not 0 < parent_id <= LARGEST_ID:
        raise Invalid({"reply_to": _("The post you answer is not in this topic.")})
    post = writing.reply(
        topic,
        author=viewer.user,
        written=prepare(given.body),
        parent_id=parent_id,
        client_id=given.client_id or None,
        poll=poll_of_body(given.poll),
    )
    answer = post_now(viewer, post.id, is_new=True)
    if answer is None:
        raise Conflict(_("This was sent before, and where it stands is no longer open to you."))
    return answer


@discussions_api.get("/posts/<id:post_id>")
@open_to_all
@operation(schemas.Post)
def show_post(viewer: Viewer, post_id: int) -> Answer:
    """One post."""
    answer = _post(viewer, post_id)
    if answer is None:
        raise NotFound
    return answer


@discussions_api.patch("/posts/<id:post_id>")
@requires(Permission.EDIT_POST, subject=find_post)
@operation(schemas.Post, takes=EditPostBody, edits=True)
def edit_post(
    viewer: Viewer, post: models.Post, given: EditPostBody, expected: frozenset[int] | None
) -> Answer | None:
    """Put other words in a post; the old ones are kept as a revision."""
    limits.hit("post", viewer.id)
    written = prepare(given.body)
    with while_unchanged(post, expected):
        writing.edit_post(post, actor=viewer.user, written=written, reason=given.reason)
    return post_now(viewer, post.id)


@discussions_api.delete("/posts/<id:post_id>")
@requires(Permission.DELETE_POST, subject=find_post)
@operation(takes=OptionalReasonParams, edits=True)
def delete_post(
    viewer: Viewer, post: models.Post, given: OptionalReasonParams, expected: frozenset[int] | None
) -> None:
    """Delete a post; a tombstone keeps its number.

    Its author may; moderators may too, and say why.
    """
    refuse_without_reason(given.reason, is_own=post.author_id == viewer.id)
    with while_unchanged(post, expected):
        concealing.delete_post(post, actor=viewer.user, reason=given.reason)


@discussions_api.get("/posts/<id:post_id>/revisions")
@requires(Permission.READ_REVISIONS, subject=find_post)
@operation(schemas.Revisions, query=ListParams)
def list_revisions(viewer: Viewer, post: models.Post, asked: ListParams) -> schemas.Revisions:
    """How a post read before each edit, newest first; for its author and moderators, and readers where the society says so."""
    page = revisions_of(post, after=asked.after, limit=asked.limit)
    quotes = open_quotes(viewer, [one.body for one in page.items])
    items = [revision_of(viewer, post.topic, one, quotes) for one in page.items]
    return schemas.Revisions(items=items, next=page.after)
