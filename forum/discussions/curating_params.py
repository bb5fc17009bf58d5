"""What the doors of curating take: forms and programs send the same."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, field_validator

from forum.discussions.params import IdText, NeededReason, Number, Reason, Title, one_line
from forum.discussions.tag_params import TagName, TypedTags
from forum.web.params import Params

Slug = Annotated[str, StringConstraints(max_length=100)]
Address = Annotated[str, StringConstraints(max_length=2000)]
MOST_CHOSEN = 200
LONGEST_PAUSE = 7 * 24 * 3600


class PinParams(Params):
    where: Literal["place", "everywhere"] = Field(
        "place", description="On top of its category, or of home too."
    )
    until: date | None = Field(None, description="The last day on which it is pinned, where it has one.")
    reason: Reason = ""

    @field_validator("until", mode="before")
    @classmethod
    def nothing(cls, value: object) -> object:
        return None if value == "" else value


class SlowParams(Params):
    seconds: Annotated[int, Field(ge=0, le=LONGEST_PAUSE)] = Field(
        description="Between two posts of one person; 0 for as they like."
    )
    reason: Reason = ""


class MoveParams(Params):
    category: Annotated[str, StringConstraints(min_length=1, max_length=100)] = Field(
        description="Where to: its slug."
    )
    tags: TypedTags | None = None
    reason: Reason = ""
    step: Literal["look", "save"] = "save"


class MergeParams(Params):
    target: Annotated[str, StringConstraints(min_length=1, max_length=2000)]
    reason: Reason = ""
    step: Literal["look", "save"] = "save"


class ChoosingParams(Params):
    after: Number | None = None
    post: Number | None = None


class ChosenParams(Params):
    """What is to be done with several posts of a topic."""

    posts: Annotated[list[IdText], Field(max_length=MOST_CHOSEN)] = []
    replies: Literal["", "1"] = ""
    act: Literal["split", "join", "hide", "delete"] = "split"
    title: Annotated[str, StringConstraints(max_length=200)] = ""
    category: Slug = ""
    tags: TypedTags | None = None
    target: Address = ""
    reason: Reason = ""
    step: Literal["look", "save"] = "save"


class AuthorParams(Params):
    username: Annotated[str, StringConstraints(min_length=1, max_length=64)] = Field(
        description="Of the account whose it is."
    )
    reason: NeededReason


# What programs send.
class MoveChoice(Params):
    category: Annotated[str, StringConstraints(min_length=1, max_length=100)] = Field(
        description="Where to: its slug."
    )
    tags: list[TagName] | None = Field(
        None, max_length=20, description="All its tags there by name; null keeps those it has."
    )


class MoveBody(MoveChoice):
    reason: NeededReason


class MoveEffectBody(MoveChoice):
    reason: Reason = ""


class MergeChoice(Params):
    target: IdText = Field(description="The id of the topic that takes the posts.")


class MergeBody(MergeChoice):
    reason: NeededReason


class MergeEffectBody(MergeChoice):
    reason: Reason = ""


class SplitChoice(Params):
    post_ids: Annotated[list[IdText], Field(min_length=1, max_length=MOST_CHOSEN)]
    with_replies: bool = Field(False, description="Also all that is below these posts.")
    title: Title | None = Field(None, description="Of the new topic.")
    category: Slug | None = Field(
        None, description="Where the new topic stands; null for where the old one does."
    )
    tags: list[TagName] | None = Field(
        None, max_length=20, description="Tags of the new topic by name; null gives it those of the old one."
    )
    target: IdText | None = Field(
        None, description="The id of the topic that takes the posts, where it is not a new one."
    )

    @field_validator("title")
    @classmethod
    def title_is_one_line(cls, value: str | None) -> str | None:
        return one_line(value) if value is not None else None


class SplitBody(SplitChoice):
    """Into a new topic with a `title`, or into the `target` that is there."""

    reason: NeededReason


class SplitEffectBody(SplitChoice):
    """The same; without `title` and `target` it is a new topic that is looked at."""

    reason: Reason = ""


class AnswerBody(Params):
    """One of both."""

    number: Number | None = Field(None, description="Of the reply, in its topic.")
    post_id: IdText | None = Field(None, description="Of the reply.")
    reason: Reason = ""
