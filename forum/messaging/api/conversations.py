"""Conversations: list, begin, look at one, keep it, read it."""

from forum.access.doors import requires, signed_in
from forum.access.permissions import Permission
from forum.access.viewer import Viewer, renewed
from forum.core.errors import NotFound
from forum.messaging import doing, models, schemas
from forum.messaging.actions import keeping, peopling
from forum.messaging.api import messaging_api
from forum.messaging.params import (
    ConversationBody,
    ConversationsQuery,
    InboxQuery,
    KeepBody,
    KeepDraftBody,
    ReadBody,
    StartConversationBody,
)
from forum.messaging.queries.conversations import conversations_of, find_row, row_of
from forum.messaging.queries.here import find_here
from forum.messaging.queries.syncing import sync_inbox
from forum.messaging.shapes import conversation_for, conversations_for, inbox_of
from forum.web import limits
from forum.web.operations import API, Answer, operation
from forum.web.token_scopes import TokenScope


def conversation_now(viewer: Viewer, conversation_id: int) -> schemas.Conversation:
    row = find_row(renewed(viewer), conversation_id)
    if row is None:
        raise NotFound
    return conversation_for(viewer, row)


@messaging_api.get("/conversations")
@signed_in
@operation(schemas.Conversations, query=ConversationsQuery, scope=TokenScope.MESSAGES)
def list_conversations(viewer: Viewer, asked: ConversationsQuery) -> schemas.Conversations:
    """Your conversations: pinned ones first, then by what was said last."""
    page = conversations_of(viewer, archived=asked.archived, after=asked.after, limit=asked.limit)
    return schemas.Conversations(items=conversations_for(viewer, page.items), next=page.after)


@messaging_api.post("/conversations")
@requires(Permission.START_CONVERSATION)
@operation(schemas.Conversation, status=201, takes=StartConversationBody, scope=TokenScope.MESSAGES)
def start_conversation(viewer: Viewer, given: StartConversationBody) -> Answer:
    """Say the first thing to one person or several.

    With one person there is one conversation, which is found again. The same `client_id` again says nothing twice.
    """
    row = doing.start(viewer, given)
    where = f"{API}/conversations/{row.here.conversation_id}"
    return Answer(conversation_for(viewer, row), location=where)


@messaging_api.get("/conversations/<id:conversation_id>")
@requires(Permission.READ_CONVERSATION, subject=find_here)
@operation(schemas.Conversation, scope=TokenScope.MESSAGES)
def show_conversation(viewer: Viewer, here: models.Participant) -> schemas.Conversation:
    """One of your conversations."""
    return conversation_for(viewer, row_of(viewer, here))


@messaging_api.patch("/conversations/<id:conversation_id>")
@requires(Permission.MANAGE_CONVERSATION, subject=find_here)
@operation(schemas.Conversation, takes=ConversationBody, scope=TokenScope.MESSAGES)
def change_conversation(
    viewer: Viewer, here: models.Participant, given: ConversationBody
) -> schemas.Conversation:
    """Change the name, the picture or the owner of a group that you own."""
    doing.change_group(viewer, here, given)
    return conversation_now(viewer, here.conversation_id)


@messaging_api.put("/conversations/<id:conversation_id>/read")
@requires(Permission.READ_CONVERSATION, subject=find_here)
@operation(schemas.Unread, takes=ReadBody, scope=TokenScope.MESSAGES)
def read_conversation(viewer: Viewer, here: models.Participant, given: ReadBody) -> schemas.Unread:
    """Say how far you have read. The pointer only grows; whoever shares it with you is told, and never when."""
    return schemas.Unread(unread=doing.read(viewer, here, given.seq))


@messaging_api.put("/conversations/<id:conversation_id>/keep")
@requires(Permission.READ_CONVERSATION, subject=find_here)
@operation(schemas.Conversation, takes=KeepBody, scope=TokenScope.MESSAGES)
def keep_conversation(viewer: Viewer, here: models.Participant, given: KeepBody) -> schemas.Conversation:
    """Mute, archive or pin a conversation, for yourself alone."""
    keeping.keep_conversation(
        here.conversation_id,
        actor=viewer.user,
        muted=given.muted,
        archived=given.archived,
        pinned=given.pinned,
    )
    return conversation_now(viewer, here.conversation_id)


@messaging_api.put("/conversations/<id:conversation_id>/draft")
@requires(Permission.READ_CONVERSATION, subject=find_here)
@operation(schemas.MessageDraft, takes=KeepDraftBody, scope=TokenScope.MESSAGES)
def keep_message_draft(
    viewer: Viewer, here: models.Participant, given: KeepDraftBody
) -> schemas.MessageDraft:
    """Keep what you are writing in a conversation, for all your devices."""
    limits.hit("draft", viewer.id)
    version = keeping.keep_draft(
        here.conversation_id, actor=viewer.user, body=given.body, version=given.version
    )
    return schemas.MessageDraft(version=version)


@messaging_api.post("/conversations/<id:conversation_id>/leave")
@requires(Permission.LEAVE_CONVERSATION, subject=find_here)
@operation(scope=TokenScope.MESSAGES)
def leave_conversation(viewer: Viewer, here: models.Participant) -> None:
    """Leave a group. From then on nothing of it is open to you; one that you own goes to whoever has been in it longest."""
    peopling.leave_conversation(here.conversation_id, actor=viewer.user)


@messaging_api.get("/inbox")
@signed_in
@operation(schemas.Inbox, query=InboxQuery, scope=TokenScope.MESSAGES)
def show_inbox(viewer: Viewer, asked: InboxQuery) -> schemas.Inbox:
    """Everything that has changed in your conversations since the cursor, as `inbox:sync` over Socket.IO."""
    return inbox_of(viewer, sync_inbox(viewer, cursor=asked.cursor))
