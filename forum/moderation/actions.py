"""Reporting a post, and judging what was reported: all reports of a post at once, with what is done about it."""

from collections.abc import Callable

from flask_babel import gettext as _
from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.attributes import set_committed_value

from forum.access.permissions import Permission
from forum.access.rules import judge
from forum.access.viewer import viewer_of
from forum.accounts.models import User
from forum.audit.actions import AuditAction, record
from forum.core import clock
from forum.core.db import db
from forum.core.errors import Conflict, Invalid, NotFound
from forum.core.transactions import publish, transactional
from forum.discussions.actions import concealing, locking
from forum.discussions.actions.loading import locked_topic, post_to_change, topic_of_post
from forum.discussions.models import Post, Topic
from forum.moderation.kinds import WHOLE_TOPIC, Act, FlagReason, Outcome
from forum.moderation.models import Flag, Review
from forum.moderation.signals import FlagsJudged, ReviewOpened
from forum.moderation.words import what_was_done

OUTCOMES = {
    Act.DISMISS: Outcome.DISMISSED,
    Act.SETTLE: Outcome.SETTLED,
    Act.HIDE_POST: Outcome.POST_HIDDEN,
    Act.DELETE_POST: Outcome.POST_DELETED,
    Act.LOCK_TOPIC: Outcome.TOPIC_LOCKED,
    Act.HIDE_TOPIC: Outcome.TOPIC_HIDDEN,
    Act.DELETE_TOPIC: Outcome.TOPIC_DELETED,
}
_ON_POSTS: dict[Act, Callable[..., None]] = {
    Act.HIDE_POST: concealing.hide_post,
    Act.DELETE_POST: concealing.delete_post,
}
_ON_TOPICS: dict[Act, Callable[..., None]] = {
    Act.LOCK_TOPIC: locking.lock_topic,
    Act.HIDE_TOPIC: concealing.hide_topic,
    Act.DELETE_TOPIC: concealing.delete_topic,
}


@transactional
def flag_post(post: Post, *, actor: User, reason: FlagReason, note: str = "") -> tuple[Flag, bool]:
    """Report a post to the moderators of its place; whether it is new. Until it is judged, once for each person."""
    post = post_to_change(post.id, Permission.FLAG_POST, actor)  # under the lock of its topic
    open_one = select(Review).where(Review.post_id == post.id, Review.judged_at.is_(None))
    review = db.session.scalar(open_one.execution_options(populate_existing=True))
    if review is None:
        review = Review(post_id=post.id, opened_at=clock.now(), flag_count=0, version=0, reason="")
        db.session.add(review)
        db.session.flush()
        publish(ReviewOpened(review.id))
    mine = select(Flag).where(Flag.review_id == review.id, Flag.reporter_id == actor.id)
    flag = db.session.scalar(mine)
    if flag is not None:
        return flag, False
    flag = Flag(review_id=review.id, reporter_id=actor.id, reason=reason, note=note, created_at=clock.now())
    db.session.add(flag)
    review.flag_count += 1
    review.version += 1
    db.session.flush()
    return flag, True


@transactional
def judge_flags(review_id: int, *, actor: User, act: Act, reason: str, version: int | None = None) -> Review:
    """Settle all reports of a post, and do what was decided. Raises Conflict where somebody else did, or more has come in."""
    review = _review_to_judge(review_id, actor)
    post, topic = review.post, review.post.topic
    if not review.is_open:
        raise Conflict(_already_judged(review, actor))
    if version is not None and version != review.version:
        raise Conflict(_("Somebody else has reported it too by now. Read that, then decide."))
    if act in WHOLE_TOPIC and post.number != 1:
        raise Invalid({"act": _("That is for the first post of a topic.")})
    if act in _ON_POSTS:
        _ON_POSTS[act](post, actor=actor, reason=reason, reported=True)
    elif act in _ON_TOPICS:
        _ON_TOPICS[act](topic, actor=actor, reason=reason, reported=True)
    review.judge(OUTCOMES[act], by_id=actor.id, at=clock.now(), reason=reason)
    _record(review, post, topic, actor)
    publish(FlagsJudged(review.id))
    return review


@transactional
def settle_with(topic_id: int, *, post_id: int | None = None) -> None:
    """A moderator has hidden or deleted a post, or its topic, elsewhere: what was reported of it is judged by that.

    What its author withdrew stays to be judged.
    """
    if db.session.scalar(_open_in(topic_id, post_id).limit(1)) is None:
        return
    topic = locked_topic(topic_id)
    for review in db.session.scalars(
        _open_in(topic_id, post_id)
        .options(joinedload(Review.post))
        .execution_options(populate_existing=True)
        .order_by(Review.id)
    ):
        found = _taken_away(review.post, topic)
        if found is not None:
            outcome, by_id, reason = found
            review.judge(outcome, by_id=by_id, at=clock.now(), reason=reason)
            publish(FlagsJudged(review.id))


@transactional
def tell_of_open_flags(topic_id: int) -> None:
    """What waits in a topic is told to those who look after the place where it stands by now; to nobody twice."""
    for review_id in db.session.scalars(
        _open_in(topic_id, None).with_only_columns(Review.id).order_by(Review.id)
    ):
        publish(ReviewOpened(review_id))


def _review_to_judge(review_id: int, actor: User) -> Review:
    """The review as it is now, its topic locked, if the actor may judge it."""
    post_id = db.session.scalar(select(Review.post_id).where(Review.id == review_id))
    if post_id is None:
        raise NotFound
    topic = topic_of_post(post_id)
    review = db.session.scalars(
        select(Review)
        .options(joinedload(Review.post).joinedload(Post.author), joinedload(Review.judged_by))
        .where(Review.id == review_id)
        .execution_options(populate_existing=True)
    ).one()
    set_committed_value(review.post, "topic", topic)
    if not judge(Permission.JUDGE_FLAGS, viewer_of(actor), review):
        raise NotFound  # for whoever may not judge it, it never was
    return review


def _already_judged(review: Review, actor: User) -> str:
    done = what_was_done(review.outcome) if review.outcome else ""
    if review.judged_by is None:
        return done
    if review.judged_by_id == actor.id:
        return _("You have decided this already: %(done)s", done=done)
    return _("%(name)s was faster: %(done)s", name=review.judged_by.name, done=done)


def _open_in(topic_id: int, post_id: int | None) -> Select[Review]:
    found = (
        select(Review)
        .join(Post, Post.id == Review.post_id)
        .where(Post.topic_id == topic_id, Review.judged_at.is_(None))
    )
    return found.where(Post.id == post_id) if post_id is not None else found


def _taken_away(post: Post, topic: Topic) -> tuple[Outcome, int, str] | None:
    """What somebody else than its author did to a post, who, and why."""
    for outcome, by_id, reason in (
        (Outcome.POST_HIDDEN, post.hidden_by_id, post.hidden_reason),
        (Outcome.POST_DELETED, post.deleted_by_id, ""),
        (Outcome.TOPIC_HIDDEN, topic.hidden_by_id, ""),
        (Outcome.TOPIC_DELETED, topic.deleted_by_id, ""),
    ):
        if by_id is not None and by_id != post.author_id:
            return outcome, by_id, reason
    return None


def _record(review: Review, post: Post, topic: Topic, actor: User) -> None:
    record(
        AuditAction.FLAGS_DISMISSED if review.outcome is Outcome.DISMISSED else AuditAction.FLAGS_UPHELD,
        subject_kind="post",
        subject_id=post.id,
        actor_id=actor.id,
        place_id=topic.place_id,
        reason=review.reason,
        detail={
            "number": post.number,
            "topic_id": str(topic.id),
            "outcome": str(review.outcome),
            "flags": review.flag_count,
        },
    )
