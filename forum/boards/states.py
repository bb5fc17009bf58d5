"""What is unread in every place, worked out once a request: the rail, the page and its lists all show it."""

from flask import g, has_request_context

from forum.access.viewer import Viewer
from forum.boards.queries import all_categories
from forum.core.transactions import current_transaction
from forum.discussions.queries import unread


def place_states(viewer: Viewer) -> dict[int, unread.PlaceUnread]:
    """By place id, for all places."""
    if viewer.is_visitor:
        return {}
    key = (viewer.id, viewer.scopes)
    if has_request_context() and g.get("place_states_of") == key:
        found: dict[int, unread.PlaceUnread] = g.place_states
        return found
    found = unread.unread_of_places(viewer, [category.place_id for category in all_categories()])
    if has_request_context() and current_transaction() is None:
        g.place_states_of, g.place_states = key, found
    return found
