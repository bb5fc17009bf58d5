"""What has been read: reported by the page, or said with a button."""

from flask import Response, request

from forum.access.doors import signed_in
from forum.access.viewer import Viewer
from forum.core.errors import NotFound
from forum.discussions import addresses
from forum.discussions.actions import reading
from forum.discussions.models import Topic
from forum.discussions.params import NumberParams, ShownParams
from forum.discussions.queries.topics import find_topic
from forum.discussions.routes import discussions
from forum.web import limits, params, respond


@discussions.put("/t/<id:topic_id>/read")
@signed_in
def report_shown(viewer: Viewer, topic_id: int) -> Response:
    """The page says which posts were shown. Answered after a short transaction of its own."""
    topic = _topic(viewer, topic_id)
    given = params.read(ShownParams)
    limits.hit("read", viewer.id)
    reading.mark_read(
        topic,
        reader=viewer.user,
        up_to=given.number,
        numbers=given.numbers,
        generation=given.generation,
        seconds=given.seconds,
    )
    return Response(status=204)


@discussions.post("/t/<id:topic_id>/read")
@signed_in
def mark_read(viewer: Viewer, topic_id: int) -> Response:
    """“Mark read to here”, for pages without scripts."""
    topic = _topic(viewer, topic_id)
    given = params.read(ShownParams)
    reading.mark_read(topic, reader=viewer.user, up_to=given.number, numbers=given.numbers)
    return respond.see(addresses.of_topic(topic))


@discussions.post("/t/<id:topic_id>/unread")
@signed_in
def mark_unread(viewer: Viewer, topic_id: int) -> Response:
    """“Mark unread from here”; away from the topic, since staying would read it again."""
    topic = _topic(viewer, topic_id)
    reading.mark_unread_from(topic, reader=viewer.user, number=params.read(NumberParams).number)
    return respond.see(respond.safe_next(request.args.get("next"), "/unread"))


def _topic(viewer: Viewer, topic_id: int) -> Topic:
    topic = find_topic(viewer, topic_id)
    if topic is None:
        raise NotFound
    return topic
