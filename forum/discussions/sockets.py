"""Topics over the live line: listening while one reads."""

from typing import Any

from forum.access.permissions import Permission
from forum.access.viewer import Viewer
from forum.discussions.models import Topic
from forum.discussions.params import IdText
from forum.discussions.queries.topics import find_topic, topic_hearers
from forum.realtime import declare_room, join, leave, on, room
from forum.web.params import Params
from forum.web.token_scopes import TokenScope


class TopicParams(Params):
    topic_id: IdText


def find_topic_named(viewer: Viewer, params: TopicParams) -> Topic | None:
    return find_topic(viewer, int(params.topic_id))


declare_room(
    "topic",
    may_hear=lambda viewer, topic_id: find_topic(viewer, topic_id) is not None,
    many=topic_hearers,
)


@on(
    "topic:join",
    TopicParams,
    subject=find_topic_named,
    permission=Permission.READ_TOPIC,
    scope=TokenScope.READ,
)
def join_topic(viewer: Viewer, topic: Topic, params: TopicParams) -> dict[str, Any]:
    """Hear of new posts and changes in it. Answers how far it goes, so that what came meanwhile is fetched."""
    join(room("topic", topic.id))
    return {"last_number": topic.last_number}


@on("topic:leave", TopicParams, open_to_all=True, scope=TokenScope.READ)
def leave_topic(viewer: Viewer, params: TopicParams) -> dict[str, Any]:
    leave(room("topic", int(params.topic_id)))
    return {}
