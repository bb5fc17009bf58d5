"""Polls: voted in, taken back, closed, and looked at with who voted what."""

from typing import Any

from flask import Response, request

from forum.access.doors import open_to_all, requires
from forum.access.permissions import Permission
from forum.access.viewer import Viewer
from forum.core.errors import Invalid, NotFound
from forum.discussions import addresses, places
from forum.discussions.actions import polling
from forum.discussions.models import Post
from forum.discussions.params import OptionalReasonParams
from forum.discussions.poll_params import VoteParams
from forum.discussions.queries.polls import ballots_of, find_post_with_poll, view_of_poll
from forum.discussions.routes import discussions
from forum.web import limits, params, respond
from forum.web.params import ListParams


@discussions.get("/posts/<id:post_id>/poll")
@open_to_all
def show_poll(viewer: Viewer, post_id: int) -> Response:
    post = find_post_with_poll(viewer, post_id)
    if post is None:
        raise NotFound
    return _poll_page(viewer, post)


@discussions.post("/posts/<id:post_id>/poll")
@requires(Permission.VOTE, subject=find_post_with_poll)
def vote(viewer: Viewer, post: Post) -> Response:
    limits.hit("react", viewer.id)
    try:
        polling.vote(post, params.read(VoteParams).choices, voter=viewer.user)
    except Invalid as error:
        return _poll_page(viewer, post, error.errors)
    return respond.see(addresses.of_post(post.topic, post))


@discussions.post("/posts/<id:post_id>/poll/withdraw")
@requires(Permission.VOTE, subject=find_post_with_poll)
def withdraw_vote(viewer: Viewer, post: Post) -> Response:
    limits.hit("react", viewer.id)
    try:
        polling.withdraw_vote(post, voter=viewer.user)
    except Invalid as error:
        return _poll_page(viewer, post, error.errors)
    return respond.see(addresses.of_post(post.topic, post))


@discussions.get("/posts/<id:post_id>/poll/close")
@requires(Permission.CLOSE_POLL, subject=find_post_with_poll)
def ask_close_poll(viewer: Viewer, post: Post) -> Response:
    return _close_page(viewer, post)


@discussions.post("/posts/<id:post_id>/poll/close")
@requires(Permission.CLOSE_POLL, subject=find_post_with_poll)
def close_poll(viewer: Viewer, post: Post) -> Response:
    try:
        given = params.read(OptionalReasonParams)
    except Invalid as error:
        return _close_page(viewer, post, error.errors)
    polling.close_poll(post, actor=viewer.user, reason=given.reason)
    return respond.see(addresses.of_post(post.topic, post))


def _poll_page(viewer: Viewer, post: Post, errors: dict[str, str] | None = None) -> Response:
    if errors:
        post = find_post_with_poll(viewer, post.id) or post  # what was loaded before the transaction is gone
    view = view_of_poll(viewer, post)
    asked = params.read_query(ListParams)
    ballots = ballots_of(view, after=asked.after)
    return respond.page(
        "discussions/poll.html",
        status=422 if errors else 200,
        view=view,
        typed=_typed(request.form.getlist("choices")) if errors else None,
        ballots=ballots.items,
        after=ballots.after,
        errors=errors or {},
        **_around(post),
    )


def _close_page(viewer: Viewer, post: Post, errors: dict[str, str] | None = None) -> Response:
    return respond.page(
        "discussions/close_poll.html",
        status=422 if errors else 200,
        view=view_of_poll(viewer, post),
        values=request.form,
        errors=errors or {},
        **_around(post),
    )


def _around(post: Post) -> dict[str, Any]:
    return {
        "post": post,
        "topic": post.topic,
        "category": places.label_of(post.topic.place_id),
        "back": addresses.of_post(post.topic, post),
    }


def _typed(sent: list[str]) -> list[int]:
    return [int(text) for text in sent if text.isascii() and text.isdecimal() and len(text) < 3]
