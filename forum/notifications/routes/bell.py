"""What one was told of: the page behind the bell."""

from flask import Response, request

from forum.access.doors import signed_in
from forum.access.viewer import Viewer
from forum.notifications.actions import reading
from forum.notifications.params import NotificationPageParams, SeenParams
from forum.notifications.queries.listing import lines_of
from forum.notifications.routes import notifications
from forum.web import limits, params, respond

ON_A_PAGE = 25


@notifications.get("/notifications")
@signed_in
def show_notifications(viewer: Viewer) -> Response:
    asked = params.read_query(NotificationPageParams)
    page = lines_of(viewer, only_unseen=not asked.show, after=asked.after, limit=ON_A_PAGE)
    return respond.page("notifications/list.html", lines=page.items, after=page.after, show=asked.show)


@notifications.post("/notifications/read")
@signed_in
def mark_notifications_read(viewer: Viewer) -> Response:
    given = params.read(SeenParams)
    limits.hit("read", viewer.id)
    reading.mark_all_read(viewer.user, up_to=given.up_to, topic_id=given.topic, kind=given.kind)
    return respond.see(respond.safe_next(request.args.get("next"), "/notifications"))


@notifications.post("/notifications/<id:notification_id>/read")
@signed_in
def mark_notification_read(viewer: Viewer, notification_id: int) -> Response:
    limits.hit("read", viewer.id)
    reading.mark_read(viewer.user, [notification_id])
    return respond.see(respond.safe_next(request.args.get("next"), "/notifications"))
