"""Messages: read, catch up, send, change, find."""

from flask import request

from forum.access.doors import requires, signed_in
from forum.access.permissions import Permission
from forum.access.viewer import Viewer
from forum.messaging import doing, models, schemas
from forum.messaging.api import messaging_api
from forum.messaging.params import EditMessageBody, FindQuery, MessagesQuery, SendMessageBody
from forum.messaging.queries.finding import find_words
from forum.messaging.queries.here import find_here
from forum.messaging.queries.messages import (
    Seen,
    find_message,
    find_message_to_react,
    page_of_messages,
    sync_messages,
)
from forum.messaging.shapes import message_for, messages_for
from forum.web import limits
from forum.web.operations import API, Answer, operation
from forum.web.token_scopes import TokenScope


@messaging_api.get("/conversations/<id:conversation_id>/messages")
@requires(Permission.READ_CONVERSATION, subject=find_here)
@operation(schemas.Messages, query=MessagesQuery, scope=TokenScope.MESSAGES)
def list_messages(viewer: Viewer, here: models.Participant, asked: MessagesQuery) -> schemas.Messages:
    """What was said: what you have missed (`after_seq`), or a page of it, the newest first."""
    if asked.after_seq is not None:
        synced = sync_messages(viewer, here, after_seq=asked.after_seq, limit=asked.limit)
        return schemas.Messages(
            items=messages_for(viewer, synced.messages), last_seq=synced.last_seq, more=synced.more
        )
    last_seq = here.conversation.last_rev
    page, more = page_of_messages(viewer, here, before=asked.before, limit=asked.limit)
    return schemas.Messages(items=messages_for(viewer, page), last_seq=last_seq, more=more)


@messaging_api.post("/conversations/<id:conversation_id>/messages")
@requires(Permission.SEND_MESSAGE, subject=find_here)
@operation(schemas.Message, status=201, takes=SendMessageBody, scope=TokenScope.MESSAGES)
def send_message(viewer: Viewer, here: models.Participant, given: SendMessageBody) -> Answer:
    """Say something. The same `client_id` again answers the message that was made the first time; with another text, 409."""
    message = doing.send(viewer, here, given)
    return Answer(message, location=f"{API}/messages/{message.id}")


@messaging_api.get("/messages/<id:message_id>")
@requires(Permission.READ_MESSAGE, subject=find_message)
@operation(schemas.Message, scope=TokenScope.MESSAGES)
def show_message(viewer: Viewer, seen: Seen) -> schemas.Message:
    """One message."""
    return message_for(viewer, seen)


@messaging_api.patch("/messages/<id:message_id>")
@requires(Permission.EDIT_MESSAGE, subject=find_message)
@operation(schemas.Message, takes=EditMessageBody, scope=TokenScope.MESSAGES)
def edit_message(viewer: Viewer, seen: Seen, given: EditMessageBody) -> schemas.Message:
    """Put other words in a message of yours, as long as the society allows it."""
    return doing.edit(viewer, seen.message, given.body)


@messaging_api.delete("/messages/<id:message_id>")
@requires(Permission.DELETE_MESSAGE, subject=find_message)
@operation(schemas.Message, scope=TokenScope.MESSAGES)
def delete_message(viewer: Viewer, seen: Seen) -> schemas.Message:
    """Take a message of yours away, at any time. Its place stays, without words."""
    return doing.delete(viewer, seen.message)


@messaging_api.put("/messages/<id:message_id>/reactions/<name>")
@requires(Permission.REACT_TO_MESSAGE, subject=find_message_to_react)
@operation(schemas.Message, scope=TokenScope.MESSAGES)
def react_to_message(viewer: Viewer, seen: Seen) -> schemas.Message:
    """React to a message with one of the society's reactions; not to one of your own."""
    return doing.react(viewer, seen.message, _name(), on=True)


@messaging_api.delete("/messages/<id:message_id>/reactions/<name>")
@requires(Permission.REACT_TO_MESSAGE, subject=find_message_to_react)
@operation(schemas.Message, scope=TokenScope.MESSAGES)
def take_back_reaction_to_message(viewer: Viewer, seen: Seen) -> schemas.Message:
    """Take a reaction of yours back."""
    return doing.react(viewer, seen.message, _name(), on=False)


@messaging_api.get("/messages")
@signed_in
@operation(schemas.FoundMessages, query=FindQuery, finds=True, scope=TokenScope.MESSAGES)
def find_messages(viewer: Viewer, asked: FindQuery) -> schemas.FoundMessages:
    """Search in your own conversations, or in one of them."""
    limits.hit("message:find", viewer.id)
    within = int(asked.conversation_id) if asked.conversation_id else None
    page = find_words(viewer, asked.q, conversation_id=within, after=asked.after, limit=asked.limit)
    return schemas.FoundMessages(items=messages_for(viewer, page.items), next=page.after)


def _name() -> str:
    """What the address names beside the message."""
    return str((request.view_args or {})["name"])
