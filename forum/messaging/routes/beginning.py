"""Beginning a conversation, with one person or several."""

import secrets
from typing import Any

from flask import Response, request

from forum.access.doors import requires
from forum.access.permissions import Permission
from forum.access.viewer import Viewer
from forum.core.errors import Invalid
from forum.messaging import doing
from forum.messaging.page_params import BeginPageParams, BeginParams, InboxPageParams
from forum.messaging.params import StartConversationBody
from forum.messaging.routes import messaging
from forum.messaging.routes.talking import inbox_context
from forum.web import params, respond

FIELDS = ("people", "name", "body", "client_id")


@messaging.get("/messages/new")
@requires(Permission.START_CONVERSATION)
def begin_form(viewer: Viewer) -> Response:
    return _form(viewer, {"people": params.read_query(BeginPageParams).to}, {})


@messaging.post("/messages/new")
@requires(Permission.START_CONVERSATION)
def begin(viewer: Viewer) -> Response:
    try:
        given = params.read(BeginParams)
        body = params.parse(
            StartConversationBody,
            {
                "participants": given.usernames,
                "name": given.name,
                "body": given.body,
                "client_id": given.client_id,
            },
        )
        row = doing.start(viewer, body)
    except Invalid as error:
        errors = {
            "people" if name.partition(".")[0] == "participants" else name: said
            for name, said in error.errors.items()
        }
        return _form(viewer, {name: request.form.get(name, "") for name in FIELDS}, errors)
    return respond.see(f"/messages/{row.here.conversation_id}")


def _form(viewer: Viewer, values: dict[str, Any], errors: dict[str, str]) -> Response:
    context = inbox_context(viewer, InboxPageParams())
    context |= {"values": values, "errors": errors, "client_id": secrets.token_urlsafe(12)}
    return respond.page("messaging/new.html", status=422 if errors else 200, **context)
