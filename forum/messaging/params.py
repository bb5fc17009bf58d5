"""What the doors of messages take."""

from typing import Annotated

from pydantic import Field, StringConstraints, field_validator

from forum.discussions.params import IdText, one_line
from forum.messaging.kinds import MOST_PARTICIPANTS, TakesFrom
from forum.web.params import Cursor, ListParams, Params

Body = Annotated[str, StringConstraints(min_length=1, max_length=8_000, strip_whitespace=False)]
DraftBody = Annotated[str, StringConstraints(max_length=20_000, strip_whitespace=False)]
ClientId = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_-]*$")]
Username = Annotated[str, StringConstraints(min_length=1, max_length=64)]
People = Annotated[list[Username], Field(min_length=1, max_length=MOST_PARTICIPANTS - 1)]
Seq = Annotated[int, Field(ge=0, le=2**63 - 1)]
GroupName = Annotated[str, StringConstraints(min_length=1, max_length=100)]

_CLIENT_ID = "Of your making, such as a UUID: the same again gives the same message, never a second one."


class StartConversationBody(Params):
    participants: People = Field(description="Usernames of the others.")
    body: Body = Field(description="The first message, Markdown.")
    client_id: ClientId = Field(description=_CLIENT_ID)
    name: Annotated[str, StringConstraints(max_length=100)] = Field(
        "",
        description="Of a group. Several people, or one with a name, are a group; one without is a conversation of two.",
    )

    @field_validator("name")
    @classmethod
    def on_one_line(cls, name: str) -> str:
        return one_line(name) if name else name


class SendMessageBody(Params):
    body: Body = Field(description="Markdown.")
    client_id: ClientId = Field(description=_CLIENT_ID)
    reply_to: IdText | None = Field(None, description="The id of a message of this conversation.")


class EditMessageBody(Params):
    body: Body = Field(description="Markdown.")


class ReadBody(Params):
    seq: Seq = Field(description="All up to this number has been read. It only grows.")


class ConversationsQuery(ListParams):
    archived: bool = Field(False, description="Those that you have put into the archive, and no others.")


class MessagesQuery(Params):
    """What was missed, or a page of what was said."""

    after_seq: Seq | None = Field(
        None, description="All whose `rev` is over this number, in order of `rev`: what a program has missed."
    )
    before: Seq | None = Field(
        None, description="Without `after_seq`: messages below this `seq`, the newest first."
    )
    limit: int = Field(50, ge=1, le=100, description="How many to answer at most.")


class InboxQuery(Params):
    cursor: Cursor | None = Field(None, description="The `cursor` of the answer before; nothing at first.")


class FindQuery(ListParams):
    q: Annotated[str, StringConstraints(min_length=1, max_length=200)] = Field(
        description="Whole words; small and capital letters and accents make no difference."
    )
    conversation_id: IdText | None = Field(None, description="In this conversation alone.")


class KeepBody(Params):
    """How one keeps a conversation; what is not said stays as it is."""

    muted: bool | None = Field(None, description="Counts in no badge, and is not mailed.")
    archived: bool | None = Field(None, description="Out of the list, until something new is said.")
    pinned: bool | None = Field(None, description="On top of the list.")


class KeepDraftBody(Params):
    body: DraftBody = Field(description="Nothing throws it away.")
    version: Seq | None = Field(
        None, description="The one this goes on from; 409 where another device has moved it."
    )


class ConversationBody(Params):
    """What the owner of a group changes; what is not said stays as it is."""

    name: GroupName | None = None
    picture: IdText | None = Field(None, description="The id of a picture you have uploaded; 0 for none.")
    owner: Username | None = Field(None, description="Who owns it from now on.")

    @field_validator("name")
    @classmethod
    def on_one_line(cls, name: str | None) -> str | None:
        return one_line(name) if name else name


class MessagingPreferencesBody(Params):
    """What is not said stays as it is."""

    takes_from: TakesFrom | None = Field(
        None, description="Who may begin a conversation with you. Staff always may."
    )
    receipts: bool | None = Field(None, description="Tell, and be told, how far messages have been read.")
    invisible: bool | None = Field(None, description="Nobody is told when you are here.")


class ConversationParams(Params):
    """What an event over the live line is about."""

    conversation_id: IdText


class MessageParams(Params):
    id: IdText


class SyncParams(ConversationParams):
    after_seq: Seq
    limit: int = Field(100, ge=1, le=200)
