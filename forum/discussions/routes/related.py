"""What goes with a topic: shown below it by a script, or on a page of its own. And that a topic was looked at."""

from flask import Response, request

from forum.access.doors import open_to_all
from forum.access.viewer import Viewer
from forum.core.errors import Forbidden, NotFound
from forum.discussions import places, stamps
from forum.discussions.models import Topic
from forum.discussions.params import PartParams
from forum.discussions.queries.related import related_topics
from forum.discussions.queries.topics import find_topic
from forum.discussions.routes import discussions
from forum.discussions.viewing import note_view
from forum.web import limits, params, respond
from forum.web.csrf import comes_from_no_form
from forum.web.keeping import kept_for_visitors


@discussions.get("/t/<id:topic_id>/related")
@kept_for_visitors(stamps.of_all_places, PartParams)
@open_to_all
def show_related(viewer: Viewer, topic_id: int) -> Response:
    topic = _topic(viewer, topic_id)
    part = params.read_query(PartParams).part
    return respond.page(
        "discussions/_related.html" if part else "discussions/related.html",
        topic=topic,
        category=places.label_of(topic.place_id),
        found=related_topics(viewer, topic),
    )


@discussions.post("/t/<id:topic_id>/view")
@comes_from_no_form
@open_to_all
def note_look(viewer: Viewer, topic_id: int) -> Response:
    """The page says that somebody has it in front of them. Pages kept for visitors carry no token, and this needs none."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
        raise Forbidden
    limits.hit("read", viewer.id or request.remote_addr)
    note_view(viewer, _topic(viewer, topic_id))
    return Response(status=204)


def _topic(viewer: Viewer, topic_id: int) -> Topic:
    topic = find_topic(viewer, topic_id)
    if topic is None:
        raise NotFound
    return topic
