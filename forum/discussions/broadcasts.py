"""What is told to those who have a topic open: that there is more, or that something is not what it was. Never what it says."""

from forum.core.signals import listens_to
from forum.discussions.signals import (
    AnswerAccepted,
    PostChanged,
    PostCreated,
    PostReacted,
    TopicChanged,
    TopicLocked,
    TopicUnlocked,
)
from forum.realtime import broadcast, declare_broadcast, room

declare_broadcast("post:new")
declare_broadcast("post:changed")
declare_broadcast("topic:changed")


@listens_to(PostCreated)
def tell_of_post(signal: PostCreated) -> None:
    _tell_of_post("post:new", signal)


@listens_to(PostChanged, PostReacted)
def tell_of_change(signal: PostChanged | PostReacted) -> None:
    _tell_of_post("post:changed", signal)


@listens_to(TopicChanged, TopicLocked, TopicUnlocked, AnswerAccepted)
def tell_of_topic(signal: TopicChanged | TopicLocked | TopicUnlocked | AnswerAccepted) -> None:
    broadcast(room("topic", signal.topic_id), "topic:changed", {"topic_id": str(signal.topic_id)})


def _tell_of_post(name: str, signal: PostCreated | PostChanged | PostReacted) -> None:
    told = {"topic_id": str(signal.topic_id), "number": signal.number, "id": str(signal.post_id)}
    broadcast(room("topic", signal.topic_id), name, told)
