"""What one has read."""

from forum.access.doors import signed_in
from forum.access.viewer import Viewer
from forum.core.errors import NotFound
from forum.discussions import models, schemas
from forum.discussions.actions import reading
from forum.discussions.api import discussions_api
from forum.discussions.params import MarkBody
from forum.discussions.queries.topics import find_topic
from forum.discussions.shapes import read_state_of
from forum.web import limits
from forum.web.operations import operation


@discussions_api.put("/topics/<id:topic_id>/read")
@signed_in
@operation(schemas.ReadState, takes=MarkBody)
def mark_read(viewer: Viewer, topic_id: int, given: MarkBody) -> schemas.ReadState:
    """Mark a topic read up to a post. It only ever grows: in any order, from any device."""
    topic = _topic(viewer, topic_id)
    limits.hit("read", viewer.id)
    reading.mark_read(topic, reader=viewer.user, up_to=given.number)
    return read_state_of(viewer, topic)


@discussions_api.delete("/topics/<id:topic_id>/read")
@signed_in
@operation(schemas.ReadState, takes=MarkBody)
def mark_unread(viewer: Viewer, topic_id: int, given: MarkBody) -> schemas.ReadState:
    """Mark a topic unread from a post on."""
    topic = _topic(viewer, topic_id)
    limits.hit("read", viewer.id)
    reading.mark_unread_from(topic, reader=viewer.user, number=given.number)
    return read_state_of(viewer, topic)


def _topic(viewer: Viewer, topic_id: int) -> models.Topic:
    topic = find_topic(viewer, topic_id)
    if topic is None:
        raise NotFound
    return topic
