"""Conversations and messages on the way out."""

from pydantic import Field

from forum.accounts.schemas import User
from forum.messaging.kinds import ConversationKind, TakesFrom
from forum.web.schemas import Id, Items, Moment, Schema


class MessageReaction(Schema):
    """One of the society's reactions, and who gave it."""

    name: str
    emoji: str = Field(description="Empty where the society has taken it out of its set.")
    count: int
    user_ids: list[Id]


class Message(Schema):
    """One message. Of one that was deleted its place is left: `body` and `html` are empty, and `deleted_at` says when."""

    id: Id
    conversation_id: Id
    seq: int = Field(description="Its number in the conversation's count.")
    rev: int = Field(description="The number of its last change in the same count; at first its `seq`.")
    client_id: str | None = Field(description="Of the sender's making.")
    author: User
    body: str = Field(description="Markdown, as written.")
    html: str = Field(description="The same as HTML, sanitized.")
    created_at: Moment
    edited_at: Moment | None
    deleted_at: Moment | None
    reply_to: Id | None = Field(description="The id of the message it answers, where that is open to you.")
    reactions: list[MessageReaction]
    folded: bool = Field(description="By somebody whom you ignore: it counts nowhere.")


class SyncedMessages(Schema):
    """What was missed. Apply it in this order: then you have the present state, up to `last_seq`."""

    messages: list[Message]
    last_seq: int = Field(description="Ask for what comes after this next time.")
    more: bool = Field(description="There is more: ask again at once.")


class Participant(Schema):
    """Somebody in a conversation."""

    user: User
    staff: bool = Field(description="Works for the society: their messages always arrive.")
    owner: bool
    joined_at: Moment
    read_seq: int | None = Field(description="How far they have read; null where that is not told.")


class ConversationPicture(Schema):
    url: str
    thumbnail_url: str


class Conversation(Schema):
    """A conversation of yours."""

    id: Id
    kind: ConversationKind
    name: str = Field(description="What it is called: of two people, the other one's name.")
    picture: ConversationPicture | None
    participants: list[Participant] = Field(description="Everybody in it, you included.")
    created_at: Moment
    last_seq: int = Field(description="Where its count stands: what `messages:sync` brings one to.")
    from_seq: int = Field(description="You read what was said after this number.")
    read_seq: int = Field(description="How far you have read.")
    unread: int = Field(description="Messages by others above that; 100 means more than 99.")
    muted: bool
    archived: bool
    pinned: bool
    blocked: bool = Field(description="Of two people: whether you block the other one.")
    may_send: bool
    may_manage: bool = Field(description="You own this group.")
    last_message: Message | None
    draft: str
    draft_version: int


class Conversations(Items[Conversation]):
    """A page of conversations."""


class Messages(Schema):
    """Messages of a conversation."""

    items: list[Message]
    last_seq: int = Field(description="Where the conversation's count stands, as far as these bring one.")
    more: bool = Field(description="There are more of them: later ones after `after_seq`, else older ones.")


class FoundMessages(Items[Message]):
    """Messages in which all words stand, the newest first."""


class Unread(Schema):
    unread: int = Field(description="100 means more than 99.")


class Counts(Schema):
    notifications: int = Field(description="100 means more than 99.")
    messages: int = Field(
        description="Unread messages of all conversations that are not muted; 100 means more than 99."
    )


class InboxEntry(Schema):
    """A conversation in which something has changed."""

    id: Id
    last_seq: int
    read_seq: int
    unread: int
    muted: bool
    archived: bool
    pinned: bool


class Inbox(Schema):
    """Everything that has changed since the cursor; the same may come twice."""

    conversations: list[InboxEntry]
    gone: list[Id] = Field(description="Conversations that are no longer open to you.")
    counts: Counts
    online: list[Id] = Field(description="Those who share a conversation with you and are here now.")
    cursor: str
    more: bool = Field(description="There is more: ask again at once.")


class MessageDraft(Schema):
    version: int


class MessagingPreferences(Schema):
    """What you have chosen for your messages."""

    takes_from: TakesFrom
    receipts: bool
    invisible: bool


class Blocked(Schema):
    """Somebody whom you block."""

    user: User
    created_at: Moment


class BlockedPeople(Items[Blocked]):
    """A page of those whom you block, the latest first."""
