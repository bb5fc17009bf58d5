"""What the doors of discussions take."""

from datetime import date, datetime
from typing import Annotated, Literal

from flask_babel import gettext as _
from pydantic import (
    AwareDatetime,
    ConfigDict,
    Field,
    NaiveDatetime,
    StringConstraints,
    field_validator,
)

from forum.access.models import AudienceKind
from forum.core.errors import Invalid
from forum.discussions.draft_fields import DraftField as DraftField
from forum.discussions.form_params import Answer, FormFields
from forum.discussions.poll_params import PollBody, PollFields
from forum.discussions.tag_params import MOST_TAGS, TagName, TypedTags
from forum.web.params import ListParams, Params, Whole

Title = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]
Body = Annotated[str, StringConstraints(min_length=1, max_length=20_000, strip_whitespace=False)]
Reason = Annotated[str, StringConstraints(max_length=500)]
NeededReason = Annotated[str, StringConstraints(min_length=1, max_length=500)]
ClientId = Annotated[str, StringConstraints(max_length=64, pattern=r"^[A-Za-z0-9_-]*$")]
Note = Annotated[str, StringConstraints(max_length=500)]
Number = Annotated[int, Field(ge=0, le=16_777_215)]
IdText = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,19}$")]
Folds = Annotated[str, StringConstraints(pattern=r"^([0-9]{1,8}(\.[0-9]{1,8}){0,29})?$")]
Target = Annotated[str, StringConstraints(pattern=r"^(topic|(reply|edit):[0-9]{1,19})$")]


def one_line(title: str) -> str:
    """A title is one line: what would break it or turn it around is taken out."""
    kept = "".join(" " if c.isspace() else c for c in title if c.isprintable() or c.isspace())
    kept = " ".join(
        "".join(
            c for c in kept if c not in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f"
        ).split()
    )
    if not kept:
        raise ValueError(_("Fill this in."))
    return kept


class DraftText(Params):
    """What is kept of a form that has not been sent: longer than what could be sent, so that nothing is lost."""

    model_config = ConfigDict(str_strip_whitespace=False)

    title: Annotated[str, StringConstraints(max_length=400)] = ""
    body: Annotated[str, StringConstraints(max_length=60_000)] = Field("", description="Markdown.")
    fields: dict[DraftField, Annotated[str, StringConstraints(max_length=4_000)]] = Field(
        {}, description="The other fields of the form, by name.", max_length=len(DraftField)
    )

    @property
    def others(self) -> dict[str, str]:
        return {str(name): value for name, value in self.fields.items()}


class NewDraftBody(DraftText):
    target: Target = Field(description="`topic`, `reply:` and a topic's id, or `edit:` and a post's.")
    client_id: Annotated[str, StringConstraints(min_length=8, max_length=64, pattern=r"^[A-Za-z0-9_-]*$")] = (
        Field(description="Of the tab's making: the same again makes no second draft.")
    )


class DraftBody(DraftText):
    version: Whole | None = Field(None, description="The one this text goes on from; 409 where it has moved.")


class SentDraft(Params):
    """Which draft a form was written from; it is finished when the form has been taken."""

    draft: IdText | None = None
    draft_version: Whole | None = None

    @field_validator("draft", "draft_version", mode="before")
    @classmethod
    def none_kept(cls, value: object) -> object:
        return None if value == "" else value

    @property
    def draft_id(self) -> int | None:
        number = int(self.draft or 0)
        return number if 0 < number < 2**63 else None


def asked_draft(text: str | None) -> int | None:
    """The draft that an address names, if it names one."""
    return (
        SentDraft(draft=text).draft_id
        if text and text.isascii() and text.isdecimal() and len(text) < 20
        else None
    )


class PageParams(Params):
    view: Literal["", "flat", "threaded"] = ""
    after: Number | None = None
    before: Number | None = None
    go: str = ""
    number: Number | None = None
    reply: Number | None = None
    quote: Number | None = None
    draft: IdText | None = None
    fold: Folds = ""
    part: Literal["", "head", "post", "posts"] = ""

    @field_validator("go")
    @classmethod
    def leads_somewhere(cls, value: str) -> str:
        if value not in {"", "last", "unread"}:
            try:
                date.fromisoformat(value)
            except ValueError:
                raise ValueError(_("Give a date like 2026-12-31.")) from None
        return value

    @property
    def day(self) -> date | None:
        try:
            return date.fromisoformat(self.go)
        except ValueError:
            return None

    @property
    def folded(self) -> frozenset[int]:
        """Numbers of posts whose replies are left out: "12.40" in the address."""
        return frozenset(int(number) for number in self.fold.split(".") if number)


class PrintParams(Params):
    after: Number | None = None


class ReplyParams(PollFields, SentDraft):
    body: Body
    reply_to: Number | None = None
    client_id: ClientId = ""
    view: str = ""

    @field_validator("reply_to", mode="before")
    @classmethod
    def nobody(cls, value: object) -> object:
        return None if value == "" else value


class AudienceParams(Params):
    """Who reads and who answers; `inherits` "1" leaves it to the place."""

    inherits: Literal["0", "1"] = "1"
    read: AudienceKind | None = None
    reply: AudienceKind | None = None
    group_id: Whole | None = None
    people: Annotated[str, StringConstraints(max_length=4000)] = ""
    until: date | None = None
    opened: Literal["", "1"] = ""

    @field_validator("group_id", "read", "reply", "until", mode="before")
    @classmethod
    def nothing(cls, value: object) -> object:
        return None if value == "" else value


class NewTopicParams(FormFields, PollFields, AudienceParams, SentDraft):
    category: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    title: Title
    body: Body
    tags: TypedTags = ()
    client_id: ClientId = ""

    @field_validator("title")
    @classmethod
    def title_is_one_line(cls, value: str) -> str:
        return one_line(value)


class SetAudienceParams(AudienceParams):
    step: Literal["look", "save"] = "save"
    reason: Reason = ""


class EditParams(PollFields, SentDraft):
    body: Body
    title: Annotated[str, StringConstraints(max_length=200)] | None = None
    tags: TypedTags | None = None
    reason: Annotated[str, StringConstraints(max_length=200)] = ""
    version: Whole | None = None

    @field_validator("title")
    @classmethod
    def title_is_one_line(cls, value: str | None) -> str | None:
        return one_line(value) if value is not None else None


class RenameParams(Params):
    title: Title
    tags: TypedTags | None = None
    reason: Reason = ""

    @field_validator("title")
    @classmethod
    def title_is_one_line(cls, value: str) -> str:
        return one_line(value)


class ReasonParams(Params):
    reason: NeededReason


class OptionalReasonParams(Params):
    reason: Reason = ""


class RemoveFileParams(OptionalReasonParams):
    upload: Annotated[str, StringConstraints(pattern=r"^[0-9]{0,19}$")] = ""


def refuse_without_reason(reason: str, *, is_own: bool) -> None:
    """Whoever takes something away from somebody else says why. Raises Invalid."""
    if not reason and not is_own:
        raise Invalid({"reason": _("Fill this in.")})


class NumberParams(Params):
    number: Number


class ReactionParams(Params):
    on: Literal["0", "1"] = "1"


class BookmarkListParams(ListParams):
    only: Literal["", "reminders"] = Field("", description="`reminders`: those you will be reminded of.")
    q: Annotated[str, StringConstraints(max_length=100)] = Field("", description="What the note holds.")


class BookmarkParams(Params):
    note: Note = ""
    remind: Literal["", "keep", "later", "tomorrow", "week", "own"] = ""
    at: NaiveDatetime | None = None  # as the clock on the person's wall has it

    @field_validator("at", mode="before")
    @classmethod
    def no_moment(cls, value: object) -> object:
        return None if value == "" else value

    @field_validator("at")
    @classmethod
    def within_reach(cls, value: datetime | None) -> datetime | None:
        if value is not None and not 1900 < value.year < 9000:
            raise ValueError(_("Choose a moment within the next five years."))
        return value


class BookmarkBody(Params):
    note: Note | None = None
    remind_at: AwareDatetime | None = Field(None, description="null takes the reminder back.")


class PartParams(Params):
    part: Literal["", "1"] = ""


class ShownParams(Params):
    """A page reports what it showed: single numbers, or all up to one."""

    numbers: Annotated[list[Number], Field(max_length=500)] = []
    number: Number = 0
    generation: Whole | None = None
    seconds: Annotated[int, Field(ge=0, le=300)] = 0  # spent with the topic since the report before


# What programs send: lists are lists, a post is answered by its id.
UserName = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^[^\s,]+$")]


class PreviewBody(Params):
    body: Body = Field(description="Markdown.")


class QuoteBody(Params):
    model_config = ConfigDict(str_strip_whitespace=False)

    text: Annotated[str, StringConstraints(max_length=20_000)] = Field(
        "", description="Words of the post; all of it where this is empty."
    )


class MentionParams(Params):
    q: Annotated[str, StringConstraints(max_length=64)] = Field(
        "", description="How a name or a username begins."
    )


class SimilarParams(Params):
    title: Annotated[str, StringConstraints(max_length=200)] = Field(
        description="The title as far as it goes."
    )


class PostListParams(ListParams):
    view: Literal["flat", "threaded"] = Field("flat", description="By time, or by what answers what.")


class AudienceBody(Params):
    """Who can read a topic, and who can answer. What is left out is as for the place, or as for reading."""

    read: AudienceKind | None = None
    reply: AudienceKind | None = Field(None, description="Never wider than `read`.")
    group_id: IdText | None = Field(None, description="One of your groups, where a kind is `group`.")
    people: list[UserName] = Field([], max_length=50, description="Usernames, where a kind is `people`.")
    until: date | None = Field(None, description="The last day of their invitations, where it has one.")
    opened: bool = Field(False, description="Also for those who may not read the place.")
    inherits: bool = Field(False, description="Leave it to the place; the other fields count for nothing.")

    def as_choice(self) -> dict[str, str | None]:
        """The same as the form would send it."""
        return {
            "inherits": "1" if self.inherits else "0",
            "read": self.read,
            "reply": self.reply,
            "group_id": self.group_id,
            "people": " ".join(self.people),
            "until": self.until.isoformat() if self.until else None,
            "opened": "1" if self.opened else "",
        }


class SetAudienceBody(AudienceBody):
    reason: Reason = ""


class NewTopicBody(Params):
    title: Title
    body: Annotated[str, StringConstraints(max_length=20_000, strip_whitespace=False)] = Field(
        "", description="Markdown; of a topic that is made by a form, nothing."
    )
    template: IdText | None = Field(None, description="A template of the category that is a form.")
    answers: list[Answer] = Field(
        [], max_length=10, description="To its fields, in their order; `1` ticks a box."
    )
    audience: AudienceBody | None = Field(None, description="null leaves it to the category.")
    poll: PollBody | None = Field(None, description="A poll in the first post.")
    tags: list[TagName] = Field([], max_length=20, description=f"Tags by name, {MOST_TAGS} at most.")
    client_id: ClientId = Field("", description="Of your making: the same again makes no second topic.")

    @field_validator("title")
    @classmethod
    def title_is_one_line(cls, value: str) -> str:
        return one_line(value)


class ChangeTopicBody(Params):
    """What is left out, or null, stays as it is."""

    title: Title | None = None
    tags: list[TagName] | None = Field(
        None, max_length=20, description="All its tags by name: no others are left."
    )
    reason: Reason = ""

    @field_validator("title")
    @classmethod
    def title_is_one_line(cls, value: str | None) -> str | None:
        return one_line(value) if value is not None else None


class NewPostBody(Params):
    body: Body = Field(description="Markdown.")
    poll: PollBody | None = Field(None, description="A poll in the post.")
    reply_to: IdText | None = Field(None, description="The id of the post it answers.")
    client_id: ClientId = Field("", description="Of your making: the same again makes no second post.")


class EditPostBody(Params):
    body: Body = Field(description="Markdown.")
    reason: Annotated[str, StringConstraints(max_length=200)] = ""


class MarkBody(Params):
    number: Number = Field(description="Of a post.")
