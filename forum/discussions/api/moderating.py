"""Locking and hiding, for moderators."""

from forum.access.doors import requires
from forum.access.permissions import Permission
from forum.access.viewer import Viewer
from forum.discussions import models, schemas
from forum.discussions.actions import concealing, locking, revising
from forum.discussions.actions.matching import while_unchanged
from forum.discussions.api import discussions_api
from forum.discussions.api.posts import post_now
from forum.discussions.api.topics import topic_now
from forum.discussions.params import OptionalReasonParams, ReasonParams, refuse_without_reason
from forum.discussions.queries.posts import find_post
from forum.discussions.queries.revisions import find_revision
from forum.discussions.queries.topics import find_topic
from forum.web.operations import Answer, operation


@discussions_api.put("/topics/<id:topic_id>/lock")
@requires(Permission.LOCK_TOPIC, subject=find_topic)
@operation(schemas.Topic, takes=OptionalReasonParams, edits=True)
def lock_topic(
    viewer: Viewer, topic: models.Topic, given: OptionalReasonParams, expected: frozenset[int] | None
) -> Answer | None:
    """Lock a topic: nobody can answer. The reason is needed unless the topic is yours."""
    refuse_without_reason(given.reason, is_own=topic.author_id == viewer.id)
    with while_unchanged(topic, expected):
        locking.lock_topic(topic, actor=viewer.user, reason=given.reason)
    return topic_now(viewer, topic.id)


@discussions_api.delete("/topics/<id:topic_id>/lock")
@requires(Permission.LOCK_TOPIC, subject=find_topic)
@operation(schemas.Topic, takes=OptionalReasonParams, edits=True)
def unlock_topic(
    viewer: Viewer, topic: models.Topic, given: OptionalReasonParams, expected: frozenset[int] | None
) -> Answer | None:
    """Open a topic to replies again."""
    with while_unchanged(topic, expected):
        locking.unlock_topic(topic, actor=viewer.user, reason=given.reason)
    return topic_now(viewer, topic.id)


@discussions_api.put("/topics/<id:topic_id>/hide")
@requires(Permission.HIDE_TOPIC, subject=find_topic)
@operation(schemas.Topic, takes=OptionalReasonParams, edits=True)
def hide_topic(
    viewer: Viewer, topic: models.Topic, given: OptionalReasonParams, expected: frozenset[int] | None
) -> Answer | None:
    """Hide a topic: for everybody but moderators it is not there."""
    refuse_without_reason(given.reason, is_own=topic.author_id == viewer.id)
    with while_unchanged(topic, expected):
        concealing.hide_topic(topic, actor=viewer.user, reason=given.reason)
    return topic_now(viewer, topic.id)


@discussions_api.delete("/topics/<id:topic_id>/hide")
@requires(Permission.RESTORE_TOPIC, subject=find_topic)
@operation(schemas.Topic, takes=OptionalReasonParams, edits=True)
def restore_topic(
    viewer: Viewer, topic: models.Topic, given: OptionalReasonParams, expected: frozenset[int] | None
) -> Answer | None:
    """Bring back a topic that was hidden or deleted."""
    with while_unchanged(topic, expected):
        concealing.restore_topic(topic, actor=viewer.user, reason=given.reason)
    return topic_now(viewer, topic.id)


@discussions_api.put("/posts/<id:post_id>/hide")
@requires(Permission.HIDE_POST, subject=find_post)
@operation(schemas.Post, takes=OptionalReasonParams, edits=True)
def hide_post(
    viewer: Viewer, post: models.Post, given: OptionalReasonParams, expected: frozenset[int] | None
) -> Answer | None:
    """Hide a post: a tombstone is left of it for all but its author and moderators."""
    refuse_without_reason(given.reason, is_own=post.author_id == viewer.id)
    with while_unchanged(post, expected):
        concealing.hide_post(post, actor=viewer.user, reason=given.reason)
    return post_now(viewer, post.id)


@discussions_api.delete("/posts/<id:post_id>/hide")
@requires(Permission.RESTORE_POST, subject=find_post)
@operation(schemas.Post, takes=OptionalReasonParams, edits=True)
def restore_post(
    viewer: Viewer, post: models.Post, given: OptionalReasonParams, expected: frozenset[int] | None
) -> Answer | None:
    """Bring back a post that was hidden or deleted. Authors may where they deleted it themselves."""
    with while_unchanged(post, expected):
        concealing.restore_post(post, actor=viewer.user, reason=given.reason)
    return post_now(viewer, post.id)


@discussions_api.put("/revisions/<id:revision_id>/hide")
@requires(Permission.HIDE_REVISION, subject=find_revision)
@operation(takes=ReasonParams)
def hide_revision(viewer: Viewer, revision: models.Revision, given: ReasonParams) -> None:
    """Hide what a post said before an edit: moderators alone see it then."""
    revising.hide_revision(revision.id, actor=viewer.user, reason=given.reason)


@discussions_api.delete("/revisions/<id:revision_id>/hide")
@requires(Permission.HIDE_REVISION, subject=find_revision)
@operation(takes=OptionalReasonParams)
def restore_revision(viewer: Viewer, revision: models.Revision, given: OptionalReasonParams) -> None:
    """Show again what a post said before an edit."""
    revising.restore_revision(revision.id, actor=viewer.user, reason=given.reason)
