"""Reports on the way out."""

from pydantic import Field

from forum.accounts.schemas import User
from forum.discussions.schemas import PlaceName
from forum.moderation.kinds import FlagReason, Outcome, Reaches
from forum.web.schemas import Id, Items, Moment, Schema


class OwnFlag(Schema):
    """A report of one's own, and what became of it."""

    id: Id
    post_id: Id | None = Field(description="null where what was reported is no longer open to you.")
    reason: FlagReason
    note: str
    created_at: Moment
    reaches: Reaches | None = Field(
        description="Who is there to look at it: moderators of the place, those of the whole `site`, or `nobody` as "
        "long as no moderator may read what was reported. null once it was judged."
    )
    outcome: Outcome | None = Field(description="null as long as it waits.")
    answer: str = Field(
        description="What the moderator has to say where nothing was done with the post itself; else why it was done, "
        "where you may know that: a lock says it in the topic, what was hidden or deleted to whoever may still read it."
    )
    judged_at: Moment | None


class OwnFlags(Items[OwnFlag]):
    """A page of one's own reports, the newest first."""


class Flag(Schema):
    """A report, as moderators see it."""

    id: Id
    reporter: User
    reason: FlagReason
    note: str
    created_at: Moment


class ReportedPost(Schema):
    """What a report is about."""

    id: Id
    topic_id: Id
    number: int
    author: User | None
    body: str = Field(description="Markdown, as written.")
    html: str | None = Field(description="The same as HTML, sanitized.")
    created_at: Moment
    hidden_at: Moment | None
    deleted_at: Moment | None


class Review(Schema):
    """A reported post, with all reports that are judged together."""

    id: Id
    version: int = Field(
        description="Grows with every report; sent back, nobody judges what they have not read."
    )
    opened_at: Moment
    flag_count: int
    flags: list[Flag] = Field(description="The first 50.")
    post: ReportedPost
    topic_title: str
    category: PlaceName | None
    outcome: Outcome | None = Field(description="null as long as it waits.")
    reason: str
    judged_at: Moment | None
    judged_by: User | None


class Queue(Items[Review]):
    """A page of the queue."""


class LogEntry(Schema):
    """What a moderator, staff or the system did."""

    id: Id
    at: Moment
    actor: User | None = Field(description="null for a command or the system.")
    action: str = Field(description="What was done, for programs.", examples=["topic:locked"])
    words: str = Field(description="The same in the reader's language.", examples=["locked the topic"])
    subject_kind: str = Field(
        description="What it was done to.", examples=["topic", "post", "user", "category"]
    )
    subject_id: Id
    subject: str = Field(description="Its name: of a post, the title of its topic.")
    href: str | None = Field(description="Where it stands now, as an address of a page.")
    category: PlaceName | None = Field(description="In whose log it stands; null for the whole site.")
    reason: str
    also: list[str] = Field(description="What else is to be said of it, line by line.")
    undoable: bool = Field(description="Whether you can take it back, as it is now.")
    together: bool = Field(
        description="Whether it was done at once with others: `/undo-together` takes all of them back."
    )


class Log(Items[LogEntry]):
    """A page of the log, the newest first."""


class Left(Schema):
    """What was left as it was, and why."""

    id: Id
    why: str


class DoneToSeveral(Schema):
    """What an act on several came to, or would."""

    done: list[Id]
    left: list[Left]
    sentence: str | None = Field(
        description="Of a move: who reads those topics then that have no audience of their own."
    )


class OwnMessageFlag(Schema):
    """A report of a private message of one's own making, and what became of it."""

    id: Id
    reason: FlagReason
    note: str
    created_at: Moment
    message_count: int = Field(description="How many messages were shown along, the reported one included.")
    outcome: Outcome | None = Field(description="null as long as it waits.")
    answer: str
    judged_at: Moment | None


class OwnMessageFlags(Items[OwnMessageFlag]):
    """A page of one's own reports of private messages, the newest first."""


class CopiedMessage(Schema):
    """What a private message said when it was reported."""

    author: User
    body: str
    html: str = Field(description="Sanitized.")
    said_at: Moment
    reported: bool = Field(description="Whether the report is about this one.")


class MessageFlag(Schema):
    """A reported private message, with what was chosen around it. Nothing else of its conversation is open to anybody."""

    id: Id
    reporter: User
    author: User = Field(description="Who wrote what is reported.")
    reason: FlagReason
    note: str
    created_at: Moment
    messages: list[CopiedMessage]
    outcome: Outcome | None
    answer: str
    judged_at: Moment | None
    judged_by: User | None


class MessageFlags(Items[MessageFlag]):
    """A page of reported private messages."""
