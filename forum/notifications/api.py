"""Notifications for programs."""

from flask import Blueprint

from forum.access.doors import signed_in
from forum.access.viewer import Viewer
from forum.notifications import schemas
from forum.notifications.actions import preferring, reading
from forum.notifications.kinds import WatchLevel
from forum.notifications.params import NotificationListParams, PreferencesBody, SeenBody
from forum.notifications.queries.listing import notifications_of, unseen_count
from forum.notifications.queries.preferences import preferences_of
from forum.notifications.shapes import shape_of
from forum.web import limits
from forum.web.operations import API, operation

notifications_api = Blueprint("notifications_api", __name__, url_prefix=API)


@notifications_api.get("/notifications")
@signed_in
@operation(schemas.Notifications, query=NotificationListParams)
def list_notifications(viewer: Viewer, asked: NotificationListParams) -> schemas.Notifications:
    """What you were told of, newest first, as far as you may read it now."""
    page = notifications_of(viewer, only_unseen=asked.unread, after=asked.after, limit=asked.limit)
    return schemas.Notifications(
        items=[shape_of(told) for told in page.items], next=page.after, unread=unseen_count(viewer)
    )


@notifications_api.put("/notifications/read")
@signed_in
@operation(takes=SeenBody)
def mark_notifications_read(viewer: Viewer, given: SeenBody) -> None:
    """Mark notifications as seen: by their ids, or one and all before it."""
    limits.hit("read", viewer.id)
    if given.ids:
        reading.mark_read(viewer.user, given.seen)
    if given.last is not None:
        reading.mark_all_read(viewer.user, up_to=given.last)


@notifications_api.get("/notifications/preferences")
@signed_in
@operation(schemas.Preferences)
def show_notification_preferences(viewer: Viewer) -> schemas.Preferences:
    """What you want to be told of, and how."""
    return _preferences(viewer)


@notifications_api.put("/notifications/preferences")
@signed_in
@operation(schemas.Preferences, takes=PreferencesBody)
def update_notification_preferences(viewer: Viewer, given: PreferencesBody) -> schemas.Preferences:
    """Say what you want to be told of, and how."""
    preferring.set_preferences(
        viewer.user,
        posting=WatchLevel(given.posting),
        reading=WatchLevel(given.reading),
        mail=given.mail,
        channels={kind: frozenset(ways) for kind, ways in given.channels.items()},
    )
    return _preferences(viewer)


def _preferences(viewer: Viewer) -> schemas.Preferences:
    wishes = preferences_of(viewer.user.id)
    return schemas.Preferences(
        posting=wishes.posting,
        reading=wishes.reading,
        mail=wishes.mail,
        channels={kind: sorted(ways) for kind, ways in wishes.channels.items()},
    )
