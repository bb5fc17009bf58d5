"""What one wants to be told of, and how."""

from typing import Any

from flask import Response
from flask_babel import gettext as _

from forum.access.doors import signed_in
from forum.access.viewer import Viewer
from forum.core.errors import Invalid
from forum.notifications.actions import preferring
from forum.notifications.kinds import BY_MAIL_ALONE, NotificationKind
from forum.notifications.params import FollowedPageParams, PreferencesParams
from forum.notifications.queries.followed import followed_topics
from forum.notifications.queries.preferences import APP, MAIL, preferences_of
from forum.notifications.routes import notifications
from forum.web import params, respond
from forum.web.forms import again

PAGE = "notifications/preferences.html"


@notifications.get("/settings/notifications")
@signed_in
def show_notification_preferences(viewer: Viewer) -> Response:
    wishes = preferences_of(viewer.user.id)
    values: dict[str, Any] = {
        "posting": str(wishes.posting),
        "reading": str(wishes.reading),
        "by_mail": "1" if wishes.mail else "",
        APP: [kind for kind, ways in wishes.channels.items() if APP in ways],
        MAIL: [kind for kind, ways in wishes.channels.items() if MAIL in ways],
    }
    return respond.page(PAGE, values=values, kinds=list(NotificationKind), by_mail_alone=BY_MAIL_ALONE)


@notifications.post("/settings/notifications")
@signed_in
def update_notification_preferences(viewer: Viewer) -> Response:
    try:
        given = params.read(PreferencesParams)
    except Invalid as error:
        return again(PAGE, error, kinds=list(NotificationKind), by_mail_alone=BY_MAIL_ALONE)
    preferring.set_preferences(
        viewer.user,
        posting=given.posting_level,
        reading=given.reading_level,
        mail=given.by_mail == "1",
        channels=given.channels,
    )
    return respond.see("/settings/notifications", notice=_("Saved."))


@notifications.get("/settings/watching")
@signed_in
def show_followed(viewer: Viewer) -> Response:
    asked = params.read_query(FollowedPageParams)
    page = followed_topics(viewer, after=asked.after)
    return respond.page("notifications/watching.html", followed=page.items, after=page.after)
