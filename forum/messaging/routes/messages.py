"""One message: other words for it, taking it away, a nod to it. Scripts do the same in place."""

from flask import Response, request
from flask_babel import gettext as _

from forum.access.doors import requires
from forum.access.permissions import Permission
from forum.access.viewer import Viewer
from forum.core.errors import Invalid
from forum.discussions.reactions import reaction_kinds
from forum.messaging import doing
from forum.messaging.page import Bubble, bubbles_of
from forum.messaging.page_params import ChangeParams, SwitchParams
from forum.messaging.queries.messages import Seen, find_message, find_message_to_react
from forum.messaging.routes import messaging
from forum.web import params, respond


@messaging.get("/messages/said/<id:message_id>")
@requires(Permission.READ_MESSAGE, subject=find_message)
def show_message(viewer: Viewer, seen: Seen) -> Response:
    return _page(viewer, seen, {}, {})


@messaging.post("/messages/said/<id:message_id>")
@requires(Permission.EDIT_MESSAGE, subject=find_message)
def change_message(viewer: Viewer, seen: Seen) -> Response:
    try:
        doing.edit(viewer, seen.message, params.read(ChangeParams).body)
    except Invalid as error:
        return _page(viewer, seen, {"body": request.form.get("body", "")}, error.errors)
    return _back(seen)


@messaging.post("/messages/said/<id:message_id>/delete")
@requires(Permission.DELETE_MESSAGE, subject=find_message)
def delete_message(viewer: Viewer, seen: Seen) -> Response:
    doing.delete(viewer, seen.message)
    return respond.see(f"/messages/{seen.message.conversation_id}", notice=_("The message is deleted."))


@messaging.post("/messages/said/<id:message_id>/reactions/<name>")
@requires(Permission.REACT_TO_MESSAGE, subject=find_message_to_react)
def change_reaction(viewer: Viewer, seen: Seen) -> Response:
    name = str((request.view_args or {})["name"])
    try:
        doing.react(viewer, seen.message, name, on=params.read(SwitchParams).on == "1")
    except Invalid as error:
        return _page(viewer, seen, {}, {"": next(iter(error.errors.values()))})
    return _back(seen)


def _page(viewer: Viewer, seen: Seen, values: dict[str, str], errors: dict[str, str]) -> Response:
    bubble: Bubble = bubbles_of(viewer, [seen])[0]
    return respond.page(
        "messaging/message.html",
        status=422 if errors else 200,
        bubble=bubble,
        reaction_kinds=reaction_kinds(),
        values=values or {"body": seen.body},
        errors=errors,
    )


def _back(seen: Seen) -> Response:
    return respond.see(f"/messages/{seen.message.conversation_id}#message-{seen.message.id}")
