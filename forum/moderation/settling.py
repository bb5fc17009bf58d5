"""What moderators do elsewhere settles what was reported of it, or brings it before others."""

from forum.core.signals import listens_to
from forum.discussions.signals import PostChanged, TopicChanged
from forum.moderation.actions import settle_with, tell_of_open_flags


@listens_to(PostChanged, later=True)
def settle_flags_of_post(signal: PostChanged) -> None:
    settle_with(signal.topic_id, post_id=signal.post_id)


@listens_to(TopicChanged, later=True)
def settle_flags_in_topic(signal: TopicChanged) -> None:
    settle_with(signal.topic_id)
    tell_of_open_flags(signal.topic_id)
