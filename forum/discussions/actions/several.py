"""Doing the same to several topics or posts in one go: each by its own rule and with an entry of its own, or not at all."""

from collections.abc import Callable, Collection, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _

from forum.access.permissions import Permission
from forum.access.rules import judge
from forum.access.verdicts import denied
from forum.access.viewer import Viewer, viewer_of
from forum.accounts.models import User
from forum.audit.actions import recorded_together
from forum.core.transactions import transactional
from forum.discussions.actions import concealing, curating, locking, moving
from forum.discussions.actions.loading import locked_topics, topic_to_change
from forum.discussions.actions.splitting import meant_posts
from forum.discussions.models import Topic
from forum.discussions.queries.posts import posts_of
from forum.discussions.queries.tags import tags_of, why_not_there
from forum.discussions.rearranging import rows_of


@dataclass(frozen=True, slots=True)
class Act:
    """What is to be done, and with what."""

    name: str
    reason: str
    everywhere: bool = False
    until: datetime | None = None
    place_id: int = 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was done, or would be; and to which of the topics or posts it may not be, with why."""

    done: list[int]
    refused: list[tuple[int, str]]


PERMISSIONS = {
    "lock": Permission.LOCK_TOPIC,
    "pin": Permission.PIN_TOPIC,
    "archive": Permission.ARCHIVE_TOPIC,
    "move": Permission.MOVE_TOPIC,
    "hide": Permission.HIDE_TOPIC,
    "delete": Permission.DELETE_TOPIC,
}
OF_POSTS: dict[str, tuple[Permission, Callable[..., None]]] = {
    "hide": (Permission.HIDE_POST, concealing.hide_post),
    "delete": (Permission.DELETE_POST, concealing.delete_post),
}


def outcome_of(viewer: Viewer, topics: Sequence[Topic], act: Act) -> Outcome:
    """What an act would come to: topic by topic, by the rule of that act."""
    done: list[int] = []
    refused: list[tuple[int, str]] = []
    for topic in topics:
        verdict = judge(PERMISSIONS[act.name], viewer, topic)
        if verdict and act.name == "pin" and curating.concerns_everybody(topic, everywhere=act.everywhere):
            verdict = judge(Permission.PIN_EVERYWHERE, viewer, topic)
        if verdict and act.name == "move" and topic.place_id != act.place_id:
            missing = why_not_there(act.place_id, tags_of(topic))
            verdict = denied(missing) if missing else verdict
        if verdict:
            done.append(topic.id)
        else:
            refused.append((topic.id, verdict.reason))
    return Outcome(done, refused)


@transactional
def act_on_topics(topic_ids: Sequence[int], act: Act, *, actor: User) -> Outcome:
    """Do it to those to which it may be done. The topics have been found for the actor."""
    topics = locked_topics(topic_ids, place_ids=[act.place_id] if act.place_id else [])
    outcome = outcome_of(viewer_of(actor), [topics[i] for i in topic_ids], act)
    doing: dict[str, Callable[[Topic], object]] = {
        "lock": lambda topic: locking.lock_topic(topic, actor=actor, reason=act.reason),
        "pin": lambda topic: curating.pin_topic(
            topic, actor=actor, everywhere=act.everywhere, until=act.until, reason=act.reason
        ),
        "archive": lambda topic: curating.archive_topic(topic, actor=actor, reason=act.reason),
        "move": lambda topic: moving.move_topic(topic, actor=actor, place_id=act.place_id, reason=act.reason),
        "hide": lambda topic: concealing.hide_topic(topic, actor=actor, reason=act.reason),
        "delete": lambda topic: concealing.delete_topic(topic, actor=actor, reason=act.reason),
    }
    with recorded_together() if len(outcome.done) > 1 else nullcontext():
        for topic_id in outcome.done:
            doing[act.name](topics[topic_id])
    return outcome


def outcome_of_posts(
    viewer: Viewer, topic: Topic, post_ids: Collection[int], *, act: str, with_replies: bool
) -> Outcome:
    """What hiding or deleting these posts would come to. Raises Invalid where they are none of the topic's."""
    chosen = meant_posts(rows_of(topic), post_ids, with_replies=with_replies)
    permission, _do = OF_POSTS[act]
    done: list[int] = []
    refused: list[tuple[int, str]] = []
    for post in posts_of(topic, sorted(chosen)):
        verdict = judge(permission, viewer, post)
        if not post.is_visible:
            refused.append((post.id, _("It is hidden or deleted already.")))
        elif not verdict:
            refused.append((post.id, verdict.reason))
        else:
            done.append(post.id)
    return Outcome(done, refused)


@transactional
def act_on_posts(
    topic: Topic,
    *,
    post_ids: Collection[int],
    act: str,
    actor: User,
    reason: str,
    with_replies: bool = False,
) -> Outcome:
    """Hide or delete those of a topic's posts to which that may be done."""
    topic = topic_to_change(topic.id, Permission.SPLIT_TOPIC, actor)
    outcome = outcome_of_posts(viewer_of(actor), topic, post_ids, act=act, with_replies=with_replies)
    _permission, do = OF_POSTS[act]
    with recorded_together() if len(outcome.done) > 1 else nullcontext():
        for post in posts_of(topic, outcome.done):
            do(post, actor=actor, reason=reason)
    return outcome
