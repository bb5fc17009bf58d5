"""Polls: the results, one's own vote, who voted what."""

from forum.access.doors import open_to_all, requires
from forum.access.permissions import Permission
from forum.access.viewer import Viewer, renewed
from forum.accounts.schemas import User
from forum.core.errors import NotFound
from forum.discussions import models, schemas
from forum.discussions.actions import polling
from forum.discussions.api import discussions_api
from forum.discussions.params import OptionalReasonParams
from forum.discussions.poll_params import VoteBody
from forum.discussions.poll_shapes import poll_shape
from forum.discussions.queries.polls import ballots_of, find_post_with_poll, view_of_poll
from forum.web import limits
from forum.web.operations import operation
from forum.web.params import ListParams


@discussions_api.get("/posts/<id:post_id>/poll")
@open_to_all
@operation(schemas.Poll)
def show_poll(viewer: Viewer, post_id: int) -> schemas.Poll:
    """The poll of a post."""
    post = find_post_with_poll(viewer, post_id)
    if post is None:
        raise NotFound
    return poll_shape(view_of_poll(viewer, post))


@discussions_api.put("/posts/<id:post_id>/poll/ballot")
@requires(Permission.VOTE, subject=find_post_with_poll)
@operation(schemas.Poll, takes=VoteBody)
def vote(viewer: Viewer, post: models.Post, given: VoteBody) -> schemas.Poll | None:
    """Vote, or vote anew where that can be changed."""
    limits.hit("react", viewer.id)
    polling.vote(post, given.choices, voter=viewer.user)
    return _now(viewer, post)


@discussions_api.delete("/posts/<id:post_id>/poll/ballot")
@requires(Permission.VOTE, subject=find_post_with_poll)
@operation(schemas.Poll)
def withdraw_vote(viewer: Viewer, post: models.Post) -> schemas.Poll | None:
    """Take your vote back."""
    limits.hit("react", viewer.id)
    polling.withdraw_vote(post, voter=viewer.user)
    return _now(viewer, post)


@discussions_api.put("/posts/<id:post_id>/poll/closed")
@requires(Permission.CLOSE_POLL, subject=find_post_with_poll)
@operation(schemas.Poll, takes=OptionalReasonParams)
def close_poll(viewer: Viewer, post: models.Post, given: OptionalReasonParams) -> schemas.Poll | None:
    """End a poll; there is no way back."""
    polling.close_poll(post, actor=viewer.user, reason=given.reason)
    return _now(viewer, post)


@discussions_api.get("/posts/<id:post_id>/poll/ballots")
@requires(Permission.READ_BALLOTS, subject=find_post_with_poll)
@operation(schemas.Ballots, query=ListParams)
def list_ballots(viewer: Viewer, post: models.Post, asked: ListParams) -> schemas.Ballots:
    """Who voted what, by name; where the poll is an open one and its results are shown, else nothing."""
    page = ballots_of(view_of_poll(viewer, post), after=asked.after, limit=asked.limit)
    items = [schemas.Ballot(user=User.of(user), choices=choices) for user, choices in page.items]
    return schemas.Ballots(items=items, next=page.after)


def _now(viewer: Viewer, post: models.Post) -> schemas.Poll | None:
    seen = find_post_with_poll(renewed(viewer), post.id)
    return poll_shape(view_of_poll(renewed(viewer), seen)) if seen is not None else None
