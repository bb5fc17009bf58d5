"""Messages over the live line: what is sent, caught up with, changed and read there, as in `api`."""

from typing import Any

from pydantic import Field

from forum.access.permissions import Permission
from forum.access.viewer import Viewer
from forum.messaging import doing, models, recent
from forum.messaging.params import (
    ConversationParams,
    EditMessageBody,
    InboxQuery,
    MessageParams,
    ReadBody,
    SendMessageBody,
    SyncParams,
)
from forum.messaging.queries.here import find_here
from forum.messaging.queries.messages import Seen, find_message, sync_messages
from forum.messaging.queries.syncing import sync_inbox
from forum.messaging.shapes import inbox_of, messages_for
from forum.messaging.typing import pass_on
from forum.realtime import on
from forum.web import limits
from forum.web.schemas import Schema
from forum.web.token_scopes import TokenScope

SCOPE = TokenScope.MESSAGES


class SendParams(SendMessageBody, ConversationParams):
    """`message:send`."""


class EditParams(EditMessageBody, MessageParams):
    """`message:edit`."""


class ReactParams(MessageParams):
    name: str = Field(max_length=40)
    on: bool


class ReadParams(ReadBody, ConversationParams):
    """`message:read`."""


def find_here_named(viewer: Viewer, params: ConversationParams) -> models.Participant | None:
    return find_here(viewer, int(params.conversation_id))


def find_message_named(viewer: Viewer, params: MessageParams) -> Seen | None:
    return find_message(viewer, int(params.id))


def told(shape: Schema) -> dict[str, Any]:
    return shape.model_dump(mode="json")


@on("message:send", SendParams, signed_in=True, scope=SCOPE, recent=True)
def send_message(viewer: Viewer, params: SendParams) -> dict[str, Any]:
    """Acknowledged when it is stored; the same `client_id` again is answered with the same message."""
    sent = doing.send_together(viewer, int(params.conversation_id), params)
    stored = recent.find(sent.id) if sent.is_new else None
    if stored is not None:
        return stored.shape()
    return {"message": told(doing.shown(viewer, sent.id))}


@on(
    "messages:sync", SyncParams, subject=find_here_named, permission=Permission.READ_CONVERSATION, scope=SCOPE
)
def synchronize_messages(viewer: Viewer, here: models.Participant, params: SyncParams) -> dict[str, Any]:
    found = sync_messages(viewer, here, after_seq=params.after_seq, limit=params.limit)
    messages = [told(one) for one in messages_for(viewer, found.messages)]
    return {"messages": messages, "last_seq": found.last_seq, "more": found.more}


@on("inbox:sync", InboxQuery, signed_in=True, scope=SCOPE)
def synchronize_inbox(viewer: Viewer, params: InboxQuery) -> dict[str, Any]:
    return told(inbox_of(viewer, sync_inbox(viewer, cursor=params.cursor)))


@on("message:edit", EditParams, subject=find_message_named, permission=Permission.EDIT_MESSAGE, scope=SCOPE)
def edit_message(viewer: Viewer, seen: Seen, params: EditParams) -> dict[str, Any]:
    return {"message": told(doing.edit(viewer, seen.message, params.body))}


@on(
    "message:delete",
    MessageParams,
    subject=find_message_named,
    permission=Permission.DELETE_MESSAGE,
    scope=SCOPE,
)
def delete_message(viewer: Viewer, seen: Seen, params: MessageParams) -> dict[str, Any]:
    return {"message": told(doing.delete(viewer, seen.message))}


@on(
    "message:react",
    ReactParams,
    subject=find_message_named,
    permission=Permission.REACT_TO_MESSAGE,
    scope=SCOPE,
)
def react_to_message(viewer: Viewer, seen: Seen, params: ReactParams) -> dict[str, Any]:
    return {"message": told(doing.react(viewer, seen.message, params.name, on=params.on))}


@on("message:read", ReadParams, subject=find_here_named, permission=Permission.READ_CONVERSATION, scope=SCOPE)
def read_messages(viewer: Viewer, here: models.Participant, params: ReadParams) -> dict[str, Any]:
    return {"unread": doing.read(viewer, here, params.seq)}


@on("typing", ConversationParams, subject=find_here_named, permission=Permission.SEND_MESSAGE, scope=SCOPE)
def note_typing(viewer: Viewer, here: models.Participant, params: ConversationParams) -> dict[str, Any]:
    """Never stored; passed on at most once in three seconds."""
    limits.hit("typing", viewer.id)
    pass_on(viewer, here)
    return {}
