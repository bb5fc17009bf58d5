"""No more mail: by a link that needs no sign-in. Opening it changes nothing; mail programs send the request themselves."""

from flask import Response, request

from forum.access.doors import open_to_all
from forum.access.viewer import Viewer
from forum.core.errors import NotFound
from forum.notifications.actions.preferring import unsubscribe
from forum.notifications.params import UnsubscribeParams
from forum.notifications.routes import notifications
from forum.notifications.unsubscribing import Subscription, find_subscription
from forum.web import params, respond
from forum.web.csrf import comes_from_no_form

PAGE = "notifications/unsubscribe.html"


@notifications.get("/unsubscribe/<token>")
@open_to_all
def show_unsubscribe(_viewer: Viewer, token: str) -> Response:
    return respond.page(PAGE, subscription=_find(token), token=token, done="")


@notifications.post("/unsubscribe/<token>")
@comes_from_no_form
@open_to_all
def stop_mail(_viewer: Viewer, token: str) -> Response:
    """By a button of that page, or at once as RFC 8058 has it. Whoever holds the link may do this and nothing else."""
    subscription = _find(token)
    given = params.parse(UnsubscribeParams, {"scope": request.form.get("scope", "")})
    scope = given.scope or ("topic" if subscription.topic_id else "kind")
    if not unsubscribe(subscription, scope):
        raise NotFound
    return respond.page(PAGE, subscription=subscription, token=token, done=scope)


def _find(token: str) -> Subscription:
    subscription = find_subscription(token)
    if subscription is None:
        raise NotFound
    return subscription
