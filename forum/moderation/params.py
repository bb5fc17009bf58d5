"""What the doors of moderation take."""

from datetime import date
from typing import Annotated, Literal

from flask_babel import gettext as _
from pydantic import Field, StringConstraints, field_validator

from forum.core.errors import Invalid
from forum.discussions.curating_params import MOST_CHOSEN
from forum.discussions.params import IdText
from forum.moderation.kinds import Act, FlagReason, Sort
from forum.web.params import Cursor, ListParams, Params, Whole

Note = Annotated[str, StringConstraints(max_length=1000)]
Slug = Annotated[str, StringConstraints(max_length=100)]
Reason = Annotated[str, StringConstraints(min_length=1, max_length=500)]


class FlagParams(Params):
    reason: FlagReason
    note: Note = Field("", description="Needed where the reason is `other`.")


class FlagBody(FlagParams):
    post_id: IdText


class MessageFlagBody(FlagParams):
    context: Annotated[list[IdText], Field(max_length=20)] = Field(
        [], description="Ids of other messages of the same conversation, to be shown along with it."
    )


class JudgeMessageFlagBody(Params):
    act: Literal["dismiss", "settle"] = Field(
        description="Nothing is wrong with it; or it has been dealt with."
    )
    reason: Reason = Field(description="Whoever reported it reads it.")


class MessageFlagsQuery(ListParams):
    judged: bool = Field(False, description="Those that were judged, the newest first; else those that wait.")


class MessageFlagsParams(Params):
    judged: bool = False
    after: Cursor | None = None


def refuse_without_note(given: FlagParams) -> None:
    """Something else is something to be said, in letters that can be seen. Raises Invalid."""
    if given.reason is FlagReason.OTHER and not any(c.isprintable() and c != " " for c in given.note):
        raise Invalid({"note": _("Say what it is.")})


class JudgeParams(Params):
    act: Act
    reason: Reason
    version: Whole | None = Field(
        None, description="Of the reports as you have read them; 409 where there are more by now."
    )


class QueueParams(Params):
    category: Slug = ""
    sort: Literal["", "oldest", "most"] = ""
    after: Cursor | None = None


class QueueListParams(ListParams):
    category: Slug = Field("", description="The slug of a category; empty for all that you look after.")
    sort: Sort = Field(Sort.OLDEST, description="`oldest` first, or those with the `most` reports.")


class OwnFlagsParams(Params):
    after: Cursor | None = None


class SeveralQuery(Params):
    after: Cursor | None = None


class SeveralChoice(Params):
    """What is to be done with several topics of a place."""

    act: Literal["lock", "pin", "archive", "move", "hide", "delete"] = "lock"
    where: Literal["place", "everywhere"] = Field(
        "place", description="Of a pin: on top of its category, or of home too."
    )
    until: date | None = Field(None, description="Of a pin: its last day, where it has one.")
    category: Slug = Field("", description="Of a move: where to, its slug.")
    reason: Annotated[str, StringConstraints(max_length=500)] = Field("", description="Needed to do it.")

    @field_validator("until", mode="before")
    @classmethod
    def nothing(cls, value: object) -> object:
        return None if value == "" else value


class SeveralParams(SeveralChoice):
    topics: Annotated[list[IdText], Field(max_length=100)] = []
    step: Literal["look", "save"] = "save"


class SeveralTopicsBody(SeveralChoice):
    act: Literal["lock", "pin", "archive", "move", "hide", "delete"]
    topic_ids: Annotated[list[IdText], Field(min_length=1, max_length=100)]
    look: bool = Field(False, description="Only say what it would come to.")


class SeveralPostsBody(Params):
    act: Literal["hide", "delete"]
    post_ids: Annotated[list[IdText], Field(min_length=1, max_length=MOST_CHOSEN)]
    with_replies: bool = Field(False, description="Also all that is below these posts.")
    reason: Annotated[str, StringConstraints(max_length=500)] = Field("", description="Needed to do it.")
    look: bool = Field(False, description="Only say what it would come to.")


class LogFilter(Params):
    """What the log is narrowed to."""

    kind: Annotated[str, StringConstraints(max_length=40)] = Field(
        "", description="What was done, such as `topic:locked`; `all` for groups and settings too (staff)."
    )
    category: Slug = Field("", description="The slug of a category.")
    by: Annotated[str, StringConstraints(max_length=64)] = Field("", description="Whose act: a username.")
    about: Annotated[str, StringConstraints(max_length=64)] = Field(
        "", description="A username: what was done to them, or to what is theirs."
    )
    since: date | None = Field(None, description="The first day, in your time zone.")
    until: date | None = Field(None, description="The last day, in your time zone.")

    @field_validator("since", "until", mode="before")
    @classmethod
    def no_day(cls, value: object) -> object:
        return None if value == "" else value


class LogParams(LogFilter):
    after: Annotated[str, StringConstraints(max_length=200)] | None = None


class LogListParams(ListParams, LogFilter):
    """A page of the log for programs."""
