"""How a conversation is kept, and who is in it: its settings."""

from typing import Any

from flask import Response, request
from flask_babel import gettext as _

from forum.access.doors import requires
from forum.access.permissions import Permission
from forum.access.viewer import Viewer
from forum.core.errors import Invalid
from forum.messaging import doing, models
from forum.messaging.actions import keeping, peopling
from forum.messaging.page import are_here
from forum.messaging.page_params import GroupParams, InboxPageParams, KeepParams, PersonParams
from forum.messaging.params import ConversationBody
from forum.messaging.queries.conversations import row_of
from forum.messaging.queries.here import find_here
from forum.messaging.queries.quiet import blocked_among
from forum.messaging.routes import messaging
from forum.messaging.routes.talking import inbox_context
from forum.messaging.shapes import title_of
from forum.web import params, respond


@messaging.get("/messages/<id:conversation_id>/settings")
@requires(Permission.READ_CONVERSATION, subject=find_here)
def show_conversation_settings(viewer: Viewer, here: models.Participant) -> Response:
    return _settings(viewer, here, {}, {})


@messaging.post("/messages/<id:conversation_id>/keep")
@requires(Permission.READ_CONVERSATION, subject=find_here)
def keep(viewer: Viewer, here: models.Participant) -> Response:
    do = params.read(KeepParams).do
    on = not do.startswith("un")
    what = {"mute": "muted", "archive": "archived", "pin": "pinned"}[do.removeprefix("un")]
    keeping.keep_conversation(here.conversation_id, actor=viewer.user, **{what: on})
    if do == "archive":
        return respond.see("/messages", notice=_("Put away. It comes back when something new is said."))
    return respond.see(_settings_of(here), notice=_("Saved."))


@messaging.post("/messages/<id:conversation_id>/leave")
@requires(Permission.LEAVE_CONVERSATION, subject=find_here)
def leave(viewer: Viewer, here: models.Participant) -> Response:
    peopling.leave_conversation(here.conversation_id, actor=viewer.user)
    return respond.see("/messages", notice=_("You have left the group."))


@messaging.post("/messages/<id:conversation_id>/name")
@requires(Permission.MANAGE_CONVERSATION, subject=find_here)
def rename(viewer: Viewer, here: models.Participant) -> Response:
    try:
        doing.change_group(viewer, here, ConversationBody(name=params.read(GroupParams).name))
    except Invalid as error:
        return _settings(viewer, here, request.form, error.errors)
    return respond.see(_settings_of(here), notice=_("Saved."))


@messaging.post("/messages/<id:conversation_id>/people")
@requires(Permission.MANAGE_CONVERSATION, subject=find_here)
def add_person(viewer: Viewer, here: models.Participant) -> Response:
    try:
        doing.add_participant(viewer, here, params.read(PersonParams).username)
    except Invalid as error:
        errors = {"username": next(iter(error.errors.values()))}
        return _settings(viewer, here, request.form, errors)
    return respond.see(_settings_of(here), notice=_("They read what is said from now on."))


@messaging.post("/messages/<id:conversation_id>/people/remove")
@requires(Permission.MANAGE_CONVERSATION, subject=find_here)
def remove_person(viewer: Viewer, here: models.Participant) -> Response:
    try:
        doing.remove_participant(viewer, here, params.read(PersonParams).username)
    except Invalid as error:
        return _settings(viewer, here, {}, error.errors)
    return respond.see(_settings_of(here), notice=_("They are no longer in the group."))


@messaging.post("/messages/<id:conversation_id>/owner")
@requires(Permission.MANAGE_CONVERSATION, subject=find_here)
def hand_over(viewer: Viewer, here: models.Participant) -> Response:
    try:
        doing.change_group(viewer, here, ConversationBody(owner=params.read(PersonParams).username))
    except Invalid as error:
        return _settings(viewer, here, {}, error.errors)
    return respond.see(_settings_of(here), notice=_("The group is theirs now."))


def _settings(viewer: Viewer, here: models.Participant, values: Any, errors: dict[str, str]) -> Response:
    row = row_of(viewer, here)
    others = [one.user_id for one in row.others]
    context = inbox_context(viewer, InboxPageParams(), row) | {
        "row": row,
        "title": title_of(row),
        "online": are_here(viewer, others),
        "may_manage": bool(viewer.id == row.conversation.owner_id and row.conversation.is_group),
        "blocked": bool(blocked_among(viewer.user.id, others)) if not row.conversation.is_group else False,
        "values": values,
        "errors": errors,
    }
    return respond.page("messaging/settings.html", status=422 if errors else 200, **context)


def _settings_of(here: models.Participant) -> str:
    return f"/messages/{here.conversation_id}/settings"
