"""Polls as a viewer may see them; who voted what, where that is open."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select, tuple_

from forum.access.permissions import Permission
from forum.access.rules import judge
from forum.access.viewer import Viewer
from forum.accounts.models import User
from forum.core import clock
from forum.core.db import db
from forum.core.pages import Page, cut, decode_cursor, encode_cursor
from forum.discussions.models import Post
from forum.discussions.models.polls import Poll, PollBallot, PollKind
from forum.discussions.polls import PollView, choices_of, lines_of, runoff
from forum.discussions.queries.personal import Personal, personal_of
from forum.discussions.queries.posts import PostView, find_post
from forum.discussions.queries.shared import load_polls


def poll_views(
    viewer: Viewer, views: Sequence[PostView], mine: Personal, polls: Mapping[int, Poll] | None = None
) -> dict[int, PollView]:
    """The polls in these posts, as far as the viewer sees the posts."""
    there = {view.id: view for view in views if view.has_poll and not view.is_concealed}
    found = load_polls(list(there)) if polls is None else polls
    return {i: poll_view(viewer, there[i], found[i], mine.ballots.get(i)) for i in there if i in found}


def poll_view(viewer: Viewer, post: "Post | PostView", poll: Poll, vote: str | None) -> PollView:
    now = clock.now()
    mine = choices_of(vote or "")
    shown = poll.shows_results(now, has_voted=vote is not None)
    counted = runoff(poll.tally, len(poll.options)) if shown and poll.kind is PollKind.RANKED else None
    closed = poll.is_closed(now)
    return PollView(
        poll=poll,
        mine=mine,
        has_voted=vote is not None,
        is_closed=closed,
        may_vote=judge(Permission.VOTE, viewer, post),
        may_close=not closed and bool(judge(Permission.CLOSE_POLL, viewer, post)),
        may_read_ballots=poll.is_open and shown and bool(judge(Permission.READ_BALLOTS, viewer, post)),
        is_shown=shown,
        lines=lines_of(poll, mine, counted) if shown else (),
        runoff=counted,
    )


def find_post_with_poll(viewer: Viewer, post_id: int) -> Post | None:
    """A post with a poll that the viewer may see."""
    post = find_post(viewer, post_id)
    if post is None or not post.has_poll:
        return None
    return post if post.is_visible or judge(Permission.HIDE_POST, viewer, post) else None


def view_of_poll(viewer: Viewer, post: Post) -> PollView:
    poll = db.session.get_one(Poll, post.id, populate_existing=True)
    return poll_view(viewer, post, poll, personal_of(viewer, post.topic, [post.id]).ballots.get(post.id))


def ballots_of(view: PollView, *, after: str | None = None, limit: int = 50) -> Page[tuple[User, list[int]]]:
    """Who voted what, by name; of open ballots alone, and as soon as the results are shown."""
    if not view.may_read_ballots:
        return Page([])
    key = tuple_(User.name_key, User.id)
    found = (
        select(User, PollBallot.vote)
        .join(User, User.id == PollBallot.user_id)
        .where(PollBallot.post_id == view.poll.post_id)
    )
    if after:
        found = found.where(key > tuple_(*decode_cursor(after, [str, int])))
    rows, more = cut(db.session.execute(found.order_by(User.name_key, User.id).limit(limit + 1)).all(), limit)
    ballots = [(user, choices_of(vote)) for user, vote in rows]
    last = ballots[-1][0] if more else None
    return Page(ballots, encode_cursor([last.name_key, last.id]) if last else None)
