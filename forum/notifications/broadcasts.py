"""The bell of every open tab: what is new, and how many there are."""

from forum.access.viewer import Viewer
from forum.core.signals import listens_to
from forum.notifications.queries.listing import find_told, unseen_count
from forum.notifications.shapes import shape_of
from forum.notifications.signals import NotificationsSeen, PeopleNotified
from forum.realtime import broadcast, counter, declare_broadcast, push_counts, room
from forum.realtime.broadcasts import Payload

counter("notifications", unseen_count)


def _told_to(viewer: Viewer, payload: Payload) -> Payload | None:
    """The notification as this viewer may be told of it now, or nothing."""
    told = find_told(viewer, [int(payload["id"])]).get(int(payload["id"]))
    return None if told is None else {"notification": shape_of(told).model_dump(mode="json")}


declare_broadcast("notification:new", made_for=_told_to)


@listens_to(PeopleNotified)
def ring(signal: PeopleNotified) -> None:
    for user_id, notification_id in signal.notification_ids.items():
        broadcast(room("user", user_id), "notification:new", {"id": str(notification_id)})
    push_counts(*signal.notification_ids)


@listens_to(NotificationsSeen)
def count_again(signal: NotificationsSeen) -> None:
    push_counts(signal.user_id)
