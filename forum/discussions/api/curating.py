"""Pinning, archiving and slowing down, for moderators."""

from forum.access.doors import requires
from forum.access.permissions import Permission
from forum.access.viewer import Viewer
from forum.discussions import models, schemas
from forum.discussions.actions import curating
from forum.discussions.actions.matching import while_unchanged
from forum.discussions.api import discussions_api
from forum.discussions.api.topics import topic_now
from forum.discussions.choosing import end_of
from forum.discussions.curating_params import PinParams, SlowParams
from forum.discussions.params import OptionalReasonParams
from forum.discussions.queries.topics import find_topic
from forum.web.operations import Answer, operation


@discussions_api.put("/topics/<id:topic_id>/pin")
@requires(Permission.PIN_TOPIC, subject=find_topic)
@operation(schemas.Topic, takes=PinParams, edits=True)
def pin_topic(
    viewer: Viewer, topic: models.Topic, given: PinParams, expected: frozenset[int] | None
) -> Answer | None:
    """Pin a topic: on top of its category, or of home too.

    Everywhere is for staff and moderators of the whole site.
    """
    until = end_of(given.until) if given.until else None
    everywhere = given.where == "everywhere"
    with while_unchanged(topic, expected):
        curating.pin_topic(topic, actor=viewer.user, everywhere=everywhere, until=until, reason=given.reason)
    return topic_now(viewer, topic.id)


@discussions_api.delete("/topics/<id:topic_id>/pin")
@requires(Permission.PIN_TOPIC, subject=find_topic)
@operation(schemas.Topic, takes=OptionalReasonParams, edits=True)
def unpin_topic(
    viewer: Viewer, topic: models.Topic, given: OptionalReasonParams, expected: frozenset[int] | None
) -> Answer | None:
    """Let a topic stand where its last post puts it."""
    with while_unchanged(topic, expected):
        curating.unpin_topic(topic, actor=viewer.user, reason=given.reason)
    return topic_now(viewer, topic.id)


@discussions_api.put("/topics/<id:topic_id>/archive")
@requires(Permission.ARCHIVE_TOPIC, subject=find_topic)
@operation(schemas.Topic, takes=OptionalReasonParams, edits=True)
def archive_topic(
    viewer: Viewer, topic: models.Topic, given: OptionalReasonParams, expected: frozenset[int] | None
) -> Answer | None:
    """Keep a topic as an archive: it is read, and nobody writes in it."""
    with while_unchanged(topic, expected):
        curating.archive_topic(topic, actor=viewer.user, reason=given.reason)
    return topic_now(viewer, topic.id)


@discussions_api.delete("/topics/<id:topic_id>/archive")
@requires(Permission.ARCHIVE_TOPIC, subject=find_topic)
@operation(schemas.Topic, takes=OptionalReasonParams, edits=True)
def unarchive_topic(
    viewer: Viewer, topic: models.Topic, given: OptionalReasonParams, expected: frozenset[int] | None
) -> Answer | None:
    """Take a topic up again that was kept as an archive."""
    with while_unchanged(topic, expected):
        curating.unarchive_topic(topic, actor=viewer.user, reason=given.reason)
    return topic_now(viewer, topic.id)


@discussions_api.put("/topics/<id:topic_id>/slow")
@requires(Permission.SLOW_TOPIC, subject=find_topic)
@operation(schemas.Topic, takes=SlowParams, edits=True)
def slow_topic(
    viewer: Viewer, topic: models.Topic, given: SlowParams, expected: frozenset[int] | None
) -> Answer | None:
    """Slow a topic down: one post per person in so many seconds. 0 ends it."""
    with while_unchanged(topic, expected):
        curating.slow_topic(topic, actor=viewer.user, seconds=given.seconds, reason=given.reason)
    return topic_now(viewer, topic.id)
