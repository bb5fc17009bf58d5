"""Following a topic, for programs."""

from forum.access.doors import signed_in
from forum.access.viewer import Viewer
from forum.core.errors import NotFound
from forum.discussions import models
from forum.discussions.actions import watching
from forum.discussions.api import discussions_api
from forum.discussions.queries.topics import find_topic
from forum.notifications.models import WatchLevel
from forum.notifications.params import TopicWatchBody
from forum.notifications.queries.watching import NOT_WATCHED, watches_of
from forum.notifications.schemas import Watch
from forum.web.operations import operation


@discussions_api.put("/topics/<id:topic_id>/watch")
@signed_in
@operation(Watch, takes=TopicWatchBody)
def watch_topic(viewer: Viewer, topic_id: int, given: TopicWatchBody) -> Watch:
    """Follow a topic as you choose; nothing raises or lowers what was chosen."""
    topic = _topic(viewer, topic_id)
    watching.watch_topic(topic, watcher=viewer.user, level=WatchLevel(given.level))
    return _now(viewer, topic)


@discussions_api.delete("/topics/<id:topic_id>/watch")
@signed_in
@operation(Watch)
def unwatch_topic(viewer: Viewer, topic_id: int) -> Watch:
    """Take your choice back: the topic has the level of its place."""
    topic = _topic(viewer, topic_id)
    watching.watch_topic(topic, watcher=viewer.user, level=None)
    return _now(viewer, topic)


def _topic(viewer: Viewer, topic_id: int) -> models.Topic:
    topic = find_topic(viewer, topic_id)
    if topic is None:
        raise NotFound
    return topic


def _now(viewer: Viewer, topic: models.Topic) -> Watch:
    watch = watches_of(topic.id, [viewer.user.id]).get(viewer.user.id, NOT_WATCHED)
    return Watch(level=watch.level, reason=watch.reason)
