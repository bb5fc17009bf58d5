"""One way through for every event: sign-in, standing, rate, shape, rule, handler; and always an answer."""

import logging
import secrets
from typing import TYPE_CHECKING, Any

from flask import g
from flask_babel import gettext as _
from sqlalchemy.exc import OperationalError

from forum.access.doors import authorize
from forum.core.db import db
from forum.core.errors import (
    ForumError,
    InsufficientScope,
    NotFound,
    SignInNeeded,
    TooManyRequests,
    Unavailable,
)
from forum.realtime.connections import Connection
from forum.realtime.events import EVENTS, Event
from forum.realtime.identity import recent_standing, standings_of
from forum.web.errors import title_of
from forum.web.params import read_object

if TYPE_CHECKING:
    from forum.realtime.live import Live

log = logging.getLogger(__name__)

Envelope = dict[str, Any]


def answer(live: "Live", connection: Connection, name: str, sent: Any) -> Envelope:
    """The acknowledgement of one event: never silence, never a traceback."""
    with live.context():
        g.request_id, g.connection = secrets.token_hex(8), connection
        told = _answer(live, connection, name, sent)
    code = "ok" if told["ok"] else told["error"]["code"]
    live.metrics.events.labels(name if name in EVENTS else "none", code).inc()
    return told


def refusal(error: ForumError) -> Envelope:
    message = error.message or title_of(error.status)
    told: dict[str, Any] = {"code": error.code, "message": message, "fields": error.errors}
    if isinstance(error, TooManyRequests | Unavailable):
        told["retry_after"] = error.retry_after
    if isinstance(error, Unavailable):
        told["code"] = "busy"
    return {"ok": False, "error": told}


def _answer(live: "Live", connection: Connection, name: str, sent: Any) -> Envelope:
    try:
        return {"ok": True, "data": _run(live, connection, name, sent)}
    except ForumError as error:
        return refusal(error)
    except OperationalError as error:
        db.session.rollback()
        log.error("database: %s", str(error.orig).splitlines()[0] if error.orig else "unavailable")
        return refusal(Unavailable(message=_("The database does not answer at this moment. Try again.")))
    except Exception as error:
        log.error("unexpected: event %s", name, exc_info=error)
        message = _("Something went wrong on our side. Its number is %(id)s.", id=g.request_id)
        return {"ok": False, "error": {"code": "internal", "message": message, "fields": {}}}


def _run(live: "Live", connection: Connection, name: str, sent: Any) -> dict[str, Any]:
    event = EVENTS.get(name)
    if event is None:
        live.wire.strike(connection.eio_sid)
        raise NotFound(_("There is no such event."))
    wait = live.connections.take(connection) if live.config.rate_limits else 0
    if wait:
        raise TooManyRequests(wait)
    sign_in = connection.sign_in
    standing = recent_standing(sign_in) if event.recent else standings_of({sign_in})[sign_in]
    if standing.ended:
        live.end([connection], standing.ended)
        raise SignInNeeded(_("You have been signed out."))
    viewer = g.viewer = standing.viewer
    if standing.session is not None:
        g.session = standing.session
    if standing.bearer is not None:
        g.bearer = standing.bearer
        if event.scope not in standing.bearer.scopes:
            raise InsufficientScope(
                event.scope, _("This token was not made for that: it needs “%(scope)s”.", scope=event.scope)
            )
    if event.access == "signed in" and not viewer.has_account:
        raise SignInNeeded(_("Sign in to do this."))
    return event.handler(*_arguments(event, sent))


def _arguments(event: Event, sent: Any) -> list[Any]:
    viewer = g.viewer
    params = read_object(event.takes, sent)
    if event.find_subject is None:
        if event.permission is not None:
            authorize(event.permission, viewer)
        return [viewer, params]
    subject = event.find_subject(viewer, params)
    if subject is None:
        raise NotFound
    if event.permission is not None:
        authorize(event.permission, viewer, subject)
    return [viewer, subject, params]
