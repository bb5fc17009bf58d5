"""Following a topic: chosen by whoever may read it."""

from forum.access.viewer import viewer_of
from forum.accounts.models import User
from forum.core.errors import NotFound
from forum.core.transactions import transactional
from forum.discussions.models import Topic
from forum.discussions.queries.topics import find_topic
from forum.notifications.actions.watching import choose_topic_level
from forum.notifications.models import WatchLevel


@transactional
def watch_topic(topic: Topic, *, watcher: User, level: WatchLevel | None) -> None:
    """Follow a topic as chosen; None takes the choice back."""
    if find_topic(viewer_of(watcher), topic.id) is None:
        raise NotFound
    choose_topic_level(watcher, topic.id, level)
