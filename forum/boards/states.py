"""What is unread in every place, under the bell and in private, worked out once a request: the rail, the page and its lists show it."""

from flask import g, has_request_context

from forum.access.viewer import Viewer
from forum.boards.queries import all_categories
from forum.core.transactions import current_transaction
from forum.discussions.queries import unread


def place_states(viewer: Viewer) -> dict[int, unread.PlaceUnread]:
    """By place id, for all places."""
    return _news(viewer)[0]


def unseen_notifications(viewer: Viewer) -> int:
    return _news(viewer)[1]


def unread_messages(viewer: Viewer) -> int:
    return (_news(viewer)[2] or 0) if viewer.may_act else 0


def is_in_a_conversation(viewer: Viewer) -> bool:
    return viewer.may_act and _news(viewer)[2] is not None


def _news(viewer: Viewer) -> tuple[dict[int, unread.PlaceUnread], int, int | None]:
    if viewer.is_visitor:
        return {}, 0, None
    key = (viewer.id, viewer.scopes)
    if has_request_context() and g.get("news_of") == key:
        kept: tuple[dict[int, unread.PlaceUnread], int, int | None] = g.news
        return kept
    found = unread.news_of_places(viewer, [category.place_id for category in all_categories()])
    if has_request_context() and current_transaction() is None:
        g.news_of, g.news = key, found
    return found
