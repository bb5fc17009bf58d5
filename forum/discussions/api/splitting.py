"""Moving, splitting and merging topics, and saying whose a post is, for moderators."""

from typing import Any

from flask_babel import gettext as _

from forum.access.doors import requires
from forum.access.permissions import Permission
from forum.access.viewer import Viewer
from forum.core.errors import Invalid
from forum.discussions import models, schemas
from forum.discussions.actions import authorship, moving, splitting
from forum.discussions.actions.matching import while_unchanged
from forum.discussions.api import discussions_api
from forum.discussions.api.posts import post_now
from forum.discussions.api.topics import topic_now
from forum.discussions.curating_params import (
    AuthorParams,
    MergeBody,
    MergeEffectBody,
    MoveBody,
    MoveEffectBody,
    SplitBody,
    SplitEffectBody,
)
from forum.discussions.looking import (
    look_at_joining,
    look_at_merging,
    look_at_moving,
    look_at_splitting,
    topic_to_join,
)
from forum.discussions.meaning import person_meant, place_meant, topic_meant
from forum.discussions.queries.posts import find_post
from forum.discussions.queries.topics import find_topic
from forum.discussions.rearranging import rows_of
from forum.discussions.shapes import look_shape
from forum.web.operations import Answer, operation


@discussions_api.post("/topics/<id:topic_id>/move")
@requires(Permission.MOVE_TOPIC, subject=find_topic)
@operation(schemas.Topic, takes=MoveBody, edits=True)
def move_topic(
    viewer: Viewer, topic: models.Topic, given: MoveBody, expected: frozenset[int] | None
) -> Answer | None:
    """Move a topic to another category.

    Who reads it is then for that category, where the topic has no audience of its own. Where the category needs tags that
    the topic has not, give them. Answers the topic, or nothing (204) where you are no longer among those who can read it.
    """
    place_id = place_meant(viewer, given.category)
    with while_unchanged(topic, expected):
        moving.move_topic(topic, actor=viewer.user, place_id=place_id, tags=given.tags, reason=given.reason)
    return topic_now(viewer, topic.id)


@discussions_api.post("/topics/<id:topic_id>/move/effect")
@requires(Permission.MOVE_TOPIC, subject=find_topic)
@operation(schemas.MovingEffect, takes=MoveEffectBody)
def show_effect_of_moving(viewer: Viewer, topic: models.Topic, given: MoveEffectBody) -> schemas.MovingEffect:
    """Say what a move would come to; nothing is changed."""
    return look_shape(look_at_moving(viewer, topic, slug=given.category, tags=given.tags))


@discussions_api.post("/topics/<id:topic_id>/split")
@requires(Permission.SPLIT_TOPIC, subject=find_topic)
@operation(schemas.Topic, takes=SplitBody, edits=True)
def split_topic(
    viewer: Viewer, topic: models.Topic, given: SplitBody, expected: frozenset[int] | None
) -> Answer | None:
    """Move posts of a topic into a new one, or into another that is there.

    Their ids stay and their old addresses lead on. Answers the topic that took them.
    """
    chosen: dict[str, Any] = {
        "post_ids": {int(one) for one in given.post_ids},
        "with_replies": given.with_replies,
        "reason": given.reason,
    }
    if (given.title is None) is (given.target is None):
        raise _one_of_two()
    target = topic_meant(viewer, given.target) if given.target is not None else None
    place_id = place_meant(viewer, given.category) if given.category else None
    with while_unchanged(topic, expected):
        if target is not None:
            into = splitting.move_posts(topic, actor=viewer.user, target_id=target.id, **chosen)
        else:
            chosen |= {"title": given.title or "", "tags": given.tags, "place_id": place_id}
            into = splitting.split_topic(topic, actor=viewer.user, **chosen)
    return topic_now(viewer, into.id)


@discussions_api.post("/topics/<id:topic_id>/split/effect")
@requires(Permission.SPLIT_TOPIC, subject=find_topic)
@operation(schemas.MovingEffect, takes=SplitEffectBody)
def show_effect_of_splitting(
    viewer: Viewer, topic: models.Topic, given: SplitEffectBody
) -> schemas.MovingEffect:
    """Say what it would come to if posts were moved into a new topic, or into another one; nothing is changed."""
    ids = {int(one) for one in given.post_ids}
    if given.target is None:
        chosen = splitting.chosen_posts(rows_of(topic), ids, with_replies=given.with_replies)
        slug = given.category or ""
        return look_shape(look_at_splitting(viewer, topic, chosen, slug=slug, tags=given.tags))
    if given.title is not None:
        raise _one_of_two()
    into = topic_to_join(viewer, topic, given.target)
    chosen = splitting.chosen_posts(rows_of(topic), ids, with_replies=given.with_replies)
    return look_shape(look_at_joining(viewer, topic, chosen, into=into))


@discussions_api.post("/topics/<id:topic_id>/merge")
@requires(Permission.MERGE_TOPIC, subject=find_topic)
@operation(schemas.Topic, takes=MergeBody, edits=True)
def merge_topic(
    viewer: Viewer, topic: models.Topic, given: MergeBody, expected: frozenset[int] | None
) -> Answer | None:
    """Move all posts of a topic into another one, by time; then it is no more.

    Its old addresses lead to the other one, which is answered. That gains its tags, as far as they go with those it has.
    """
    target = topic_meant(viewer, given.target)
    with while_unchanged(topic, expected):
        into = splitting.merge_topic(topic, actor=viewer.user, target_id=target.id, reason=given.reason)
    return topic_now(viewer, into.id)


@discussions_api.post("/topics/<id:topic_id>/merge/effect")
@requires(Permission.MERGE_TOPIC, subject=find_topic)
@operation(schemas.MovingEffect, takes=MergeEffectBody)
def show_effect_of_merging(
    viewer: Viewer, topic: models.Topic, given: MergeEffectBody
) -> schemas.MovingEffect:
    """Say what a merge would come to; nothing is changed."""
    return look_shape(look_at_merging(viewer, topic, into=topic_to_join(viewer, topic, given.target)))


@discussions_api.put("/posts/<id:post_id>/author")
@requires(Permission.CHANGE_AUTHOR, subject=find_post)
@operation(schemas.Post, takes=AuthorParams, edits=True)
def change_author(
    viewer: Viewer, post: models.Post, given: AuthorParams, expected: frozenset[int] | None
) -> Answer | None:
    """Put a post under the name of another account; with the first post its topic too.

    For staff and moderators of the whole site.
    """
    author = person_meant(given.username)
    with while_unchanged(post, expected):
        authorship.change_author(post, actor=viewer.user, author=author, reason=given.reason)
    return post_now(viewer, post.id)


def _one_of_two() -> Invalid:
    return Invalid({"title": _("Give a title for a new topic, or a target: one of the two.")})
