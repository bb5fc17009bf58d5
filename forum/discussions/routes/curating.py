"""Pinning and slowing down: pages of their own, that say what comes of it."""

from flask import Response, request

from forum.access.doors import requires
from forum.access.permissions import Permission
from forum.access.viewer import Viewer
from forum.core.errors import Forbidden, Invalid
from forum.discussions.actions import curating
from forum.discussions.choosing import end_of, last_day
from forum.discussions.curating_params import PinParams, SlowParams
from forum.discussions.models import Topic
from forum.discussions.queries.topics import find_topic
from forum.discussions.routes import discussions
from forum.discussions.routes.acting import act_page, done
from forum.web import params


@discussions.get("/t/<id:topic_id>/pin")
@requires(Permission.PIN_TOPIC, subject=find_topic)
def ask_pin_topic(viewer: Viewer, topic: Topic) -> Response:
    where = "everywhere" if topic.pinned_everywhere else "place"
    return act_page(
        viewer, "pin", topic, None, values={"where": where, "until": last_day(topic.pinned_until)}
    )


@discussions.post("/t/<id:topic_id>/pin")
@requires(Permission.PIN_TOPIC, subject=find_topic)
def pin_topic(viewer: Viewer, topic: Topic) -> Response:
    try:
        given = params.read(PinParams)
        until = end_of(given.until) if given.until else None
        everywhere = given.where == "everywhere"
        curating.pin_topic(topic, actor=viewer.user, everywhere=everywhere, until=until, reason=given.reason)
    except Invalid as error:
        return act_page(viewer, "pin", topic, None, error.errors)
    except Forbidden as error:
        return act_page(viewer, "pin", topic, None, {"where": error.message})
    return done(viewer, "pin", topic)


@discussions.get("/t/<id:topic_id>/slow")
@requires(Permission.SLOW_TOPIC, subject=find_topic)
def ask_slow_topic(viewer: Viewer, topic: Topic) -> Response:
    return act_page(viewer, "slow", topic, None, values={"seconds": str(topic.slow_seconds or 300)})


@discussions.post("/t/<id:topic_id>/slow")
@requires(Permission.SLOW_TOPIC, subject=find_topic)
def slow_topic(viewer: Viewer, topic: Topic) -> Response:
    try:
        given = params.read(SlowParams)
        curating.slow_topic(topic, actor=viewer.user, seconds=given.seconds, reason=given.reason)
    except Invalid as error:
        return act_page(viewer, "slow", topic, None, error.errors, values=request.form)
    return done(viewer, "slow", topic)
