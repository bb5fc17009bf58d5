"""Where somebody goes back to: the post or topic they meant to change, if it is there for them; to before what they did."""

from flask import request

from forum.access.viewer import Viewer, current_viewer, renewed
from forum.audit.queries import last_entry_about
from forum.discussions import addresses
from forum.discussions.actions.obstacles import obstacles
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


def way_to_undo(viewer: Viewer, kind: str, subject_id: int) -> str:
    """Where a moderator takes back what they have just done to a topic or a post, and at once with it to others; empty where
    that cannot be, or is for others."""
    entry = last_entry_about(kind, subject_id) if viewer.moderates_anything else None
    if entry is None or entry.actor_id != viewer.user.id or obstacles(renewed(viewer), [entry]):
        return ""
    together = "-together" if entry.detail.get("together") else ""
    return f"/moderation/log/{entry.id}/undo{together}"
