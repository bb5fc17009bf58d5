"""Where somebody goes back to: the post or topic they meant to change, if it is there for them; to before what they did."""

from flask import request

from forum.access.rules.discussions import moderates
from forum.access.viewer import Viewer, current_viewer, renewed
from forum.audit.queries import last_entry_about
from forum.core.db import db
from forum.discussions import addresses
from forum.discussions.actions.undoing import UNDOINGS
from forum.discussions.models import Post, Topic
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
    """Where a moderator takes back what they have just done to a topic or a post; empty where that cannot be, or is for
    others: what was brought to another place is taken back by those who moderate there."""
    entry = last_entry_about(kind, subject_id) if viewer.moderates_anything else None
    if entry is None or entry.actor_id != viewer.user.id or entry.action not in UNDOINGS:
        return ""
    concerned = [db.session.get_one(Post, subject_id).topic_id if kind == "post" else subject_id]
    if "into" in entry.detail:
        concerned.append(int(entry.detail["into"]))
    now = renewed(viewer)
    is_theirs = all(moderates(now, db.session.get_one(Topic, topic_id)) for topic_id in concerned)
    return f"/moderation/log/{entry.id}/undo" if is_theirs else ""
