"""Addresses of topics and posts, as the contract has them."""

from forum.discussions.models import Post, Topic


def of_topic(topic: Topic) -> str:
    return f"/t/{topic.id}/{topic.slug}"


def of_number(topic: Topic, number: int) -> str:
    return f"/t/{topic.id}/{topic.slug}/{number}"


def of_post(topic: Topic, post: Post, *, view: str = "") -> str:
    """A post in its place: the page that shows it, at its element; in a view that is not the reader's own, if need be."""
    query = f"?view={view}" if view else ""
    return f"{of_number(topic, post.number)}{query}#post-{post.id}"
