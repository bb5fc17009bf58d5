"""Where somebody goes back to who was refused: the post or topic they meant to change, if it is there for them."""

from flask import request

from forum.access.viewer import current_viewer
from forum.discussions import addresses
from forum.discussions.queries.posts import find_post
from forum.discussions.queries.topics import find_topic


def way_back() -> str | None:
    """The address of what this request was about."""
    asked, viewer = request.view_args or {}, current_viewer()
    if "post_id" in asked:
        post = find_post(viewer, asked["post_id"])
        return addresses.of_post(post.topic, post) if post else None
    if "topic_id" in asked:
        topic = find_topic(viewer, asked["topic_id"])
        return addresses.of_topic(topic) if topic else None
    return None
