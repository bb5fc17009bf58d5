"""Polls: made with a post, voted in, closed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import delete, or_, select, update

from forum.access.permissions import Permission
from forum.accounts.models import User
from forum.audit.actions import AuditAction
from forum.core import clock
from forum.core.db import db
from forum.core.errors import Forbidden, Invalid, NotFound
from forum.core.transactions import publish, transaction, transactional
from forum.core.upserts import insert_or_ignore
from forum.discussions.actions.loading import post_to_change, tell_in_thread, touch
from forum.discussions.actions.telling import log_act
from forum.discussions.counting import visible_posts, visible_topics
from forum.discussions.models import Post, Topic
from forum.discussions.models.polls import Poll, PollBallot, PollKind, PollResults
from forum.discussions.signals import PollClosed

AT_ONCE = 100  # closed polls told of in one turn of the schedule


@dataclass(frozen=True, slots=True)
class PollPlan:
    """What a poll is to be."""

    question: str
    options: Sequence[str]
    kind: PollKind = PollKind.SINGLE
    least: int = 1
    most: int = 1
    closes_at: datetime | None = None
    results: PollResults = PollResults.ALWAYS
    is_open: bool = False
    is_final: bool = False


def make_poll(post: Post, plan: PollPlan) -> None:
    """Put a poll in a post that is just being written; inside that transaction."""
    poll = Poll(post_id=post.id, created_at=clock.now())
    _put(poll, plan)
    post.has_poll = True
    db.session.add(poll)
    db.session.flush()


@transactional
def change_poll(post: Post, plan: PollPlan | None, *, actor: User) -> None:
    """Another poll in a post, or none. After the first vote it stays as it is: nobody has voted for what it would be then."""
    post = post_to_change(post.id, Permission.EDIT_POST, actor)
    poll = _poll_of(post) if post.has_poll else None
    if poll is not None and (poll.ballot_count or poll.is_closed(clock.now())):
        if plan is not None and plan != _plan_of(poll):
            raise Invalid({"poll_question": _("Somebody has voted: the poll can no longer be changed.")})
        return
    if plan == (_plan_of(poll) if poll is not None else None):
        return
    if plan is None:
        db.session.execute(delete(Poll).where(Poll.post_id == post.id))
        post.has_poll = False
    elif poll is None:
        make_poll(post, plan)
    else:
        _put(poll, plan)
    post.version += 1
    touch(post.topic)


@transactional
def vote(post: Post, choices: Sequence[int], *, voter: User) -> None:
    """Cast a vote, or another one in place of one's own. `choices` are places of options; in a ranked poll the best comes first."""
    post, poll = _open_poll(post, voter)
    _refuse_bad_choices(poll, choices)
    cast = " ".join(map(str, choices if poll.kind is PollKind.RANKED else sorted(choices)))
    before = db.session.get(PollBallot, (post.id, voter.id), with_for_update=True)
    if before is None:
        row = {"post_id": post.id, "user_id": voter.id, "vote": cast, "cast_at": clock.now()}
        insert_or_ignore(PollBallot, [row])
    elif before.vote == cast:
        return
    else:
        _refuse_change(poll)
        poll.count(before.vote, -1)
        before.vote, before.cast_at = cast, clock.now()
    poll.count(cast, +1)
    post.topic.version += 1  # its pages alone show votes, no list


@transactional
def withdraw_vote(post: Post, *, voter: User) -> None:
    """Take back one's vote."""
    post, poll = _open_poll(post, voter)
    before = db.session.get(PollBallot, (post.id, voter.id), with_for_update=True)
    if before is None:
        return
    _refuse_change(poll)
    poll.count(before.vote, -1)
    db.session.delete(before)
    post.topic.version += 1  # its pages alone show votes, no list


@transactional
def close_poll(post: Post, *, actor: User, reason: str = "") -> None:
    """End a poll before its time, or one that has none."""
    post = post_to_change(post.id, Permission.CLOSE_POLL, actor)
    poll = _poll_of(post)
    if not poll.close(by=actor, at=clock.now()):
        return
    touch(post.topic)
    told = {"number": str(post.number)}
    tell_in_thread(post.topic, "poll_closed", actor=actor, reason=reason, detail=told)
    if actor.id != post.author_id:
        owners = [post.author_id]
        log_act(AuditAction.POLL_CLOSED, post.topic, actor=actor, reason=reason, post=post, owners=owners)


def announce_closed_polls() -> int:
    """Say of every poll that has closed by now, by hand or by the clock, that it has: each once, whoever else does the same.

    One that is hidden waits until it is seen again. Answers how many there were.
    """
    now = clock.now()
    closed = (
        select(Poll.post_id, Poll.closed_by_id)
        .join(Post, Post.id == Poll.post_id)
        .join(Topic, Topic.id == Post.topic_id)
        .where(
            Poll.told_at.is_(None),
            or_(Poll.closed_at.is_not(None), Poll.closes_at <= now),
            visible_posts(),
            visible_topics(),
        )
        .order_by(Poll.post_id)
        .limit(AT_ONCE)
    )
    found = db.session.execute(closed).all()
    for post_id, closed_by_id in found:
        with transaction():
            taken = (
                update(Poll)
                .where(Poll.post_id == post_id, Poll.told_at.is_(None))
                .values(told_at=now)
                .returning(Poll.post_id)
                .execution_options(synchronize_session=False)
            )
            if db.session.execute(taken).first() is not None:
                publish(PollClosed(post_id, closed_by_id))
    return len(found)


def _open_poll(post: Post, voter: User) -> tuple[Post, Poll]:
    """The post and its poll as they are now, locked, if the voter may vote in it at this moment."""
    post = post_to_change(post.id, Permission.VOTE, voter)
    poll = _poll_of(post)
    if poll.is_closed(clock.now()):
        raise Invalid({"choices": _("This poll is closed.")})
    return post, poll


def _poll_of(post: Post) -> Poll:
    poll = db.session.get(Poll, post.id, populate_existing=True, with_for_update=True)
    if poll is None:
        raise NotFound
    return poll


def _refuse_change(poll: Poll) -> None:
    if poll.is_final:
        raise Forbidden(_("In this poll a vote is final."))


def _refuse_bad_choices(poll: Poll, choices: Sequence[int]) -> None:
    if not all(0 <= choice < len(poll.options) for choice in choices):
        raise Invalid({"choices": _("There is no such option.")})
    if len(set(choices)) != len(choices):
        twice = next(choice for choice in choices if choices.count(choice) > 1)
        raise Invalid({"choices": _("“%(option)s” stands there twice.", option=poll.options[twice])})
    if not poll.least <= len(choices) <= poll.most:
        if poll.least == poll.most:
            told = ngettext("Choose %(num)s option.", "Choose %(num)s options.", poll.least)
        else:
            told = _("Choose from %(least)s to %(most)s options.", least=poll.least, most=poll.most)
        raise Invalid({"choices": told})


def _put(poll: Poll, plan: PollPlan) -> None:
    poll.question, poll.options, poll.kind = plan.question, list(plan.options), plan.kind
    poll.least, poll.most = plan.least, plan.most
    poll.closes_at, poll.results = plan.closes_at, plan.results
    poll.is_open, poll.is_final = plan.is_open, plan.is_final


def _plan_of(poll: Poll) -> PollPlan:
    return PollPlan(
        question=poll.question,
        options=tuple(poll.options),
        kind=poll.kind,
        least=poll.least,
        most=poll.most,
        closes_at=poll.closes_at,
        results=poll.results,
        is_open=poll.is_open,
        is_final=poll.is_final,
    )
