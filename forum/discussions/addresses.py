"""Addresses of topics and posts, as the contract has them."""

from forum.discussions.models import Post, Topic


def of_topic(topic: Topic) -> str:
    return f"/t/{topic.id}/{topic.slug}"


def of_number(topic: Topic, number: int) -> str:
    return f"/t/{topic.id}/{topic.slug}/{number}"


def of_post(topic: Topic, post: Post) -> str:
    """A post in its place: the page that shows it, at its element."""
    return f"{of_number(topic, post.number)}#post-{post.id}"
