"""What the staff pages take."""

from typing import Annotated, Literal

from flask_babel import gettext as _
from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, StringConstraints, field_validator

from forum.access.models import AudienceKind
from forum.accounts.names import clean_line, clean_text
from forum.core.settings import Settings
from forum.discussions.params import IdText
from forum.discussions.tag_params import TagName, tags_typed
from forum.web.params import Params, Whole


class CategoryParams(Params):
    name: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    slug: Annotated[str, StringConstraints(max_length=80)] = ""
    description: Annotated[str, StringConstraints(max_length=300)] = ""
    guidelines: Annotated[str, StringConstraints(max_length=4000)] = ""
    hue: Annotated[int, Field(ge=1, le=9)] = 7
    parent: Annotated[str, StringConstraints(max_length=100)] = ""
    read: AudienceKind
    reply: AudienceKind
    start: AudienceKind
    group_id: Whole | None = None
    opened: Literal["", "1"] = ""
    mail: Literal["", "whole", "bare"] = ""
    for_questions: Literal["", "1"] = ""
    step: Literal["look", "save"] = "save"

    @field_validator("group_id", mode="before")
    @classmethod
    def nothing(cls, value: object) -> object:
        return None if value == "" else value

    @field_validator("read", "reply", "start")
    @classmethod
    def not_people(cls, value: AudienceKind) -> AudienceKind:
        if value is AudienceKind.PEOPLE:
            raise ValueError(_("Only a single topic can be for named people."))
        return value


class TemplateParams(Params):
    name: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    body: Annotated[str, StringConstraints(min_length=1, max_length=8000, strip_whitespace=False)]


class FormFieldParams(Params):
    """A field of a template that is a form; `choices` on lines of their own."""

    label: Annotated[str, StringConstraints(min_length=1, max_length=300)]
    kind: Literal["line", "text", "choice", "check", "consent"] = "text"
    help: Annotated[str, StringConstraints(max_length=300)] = ""
    required: Literal["", "1"] = ""
    choices: Annotated[str, StringConstraints(max_length=4000)] = ""

    @field_validator("label", "help")
    @classmethod
    def one_line(cls, text: str) -> str:
        return clean_line(text, most=300)


class WhichFieldParams(Params):
    """Which field is changed, by its place; none where a new one is made."""

    field: Annotated[int, Field(ge=0, le=20)] | None = None


class WhichTemplateParams(Params):
    """Which one is changed; none where a new one is made."""

    template: Whole | None = None


class TagParams(Params):
    """`words` are the other words for it, with commas between them."""

    name: TagName
    description: Annotated[str, StringConstraints(max_length=200)] = ""
    group_id: Whole | None = None
    words: Annotated[tuple[TagName, ...], BeforeValidator(tags_typed), Field(max_length=60)] = ()

    @field_validator("group_id", mode="before")
    @classmethod
    def none(cls, value: object) -> object:
        return None if value == "" else value

    @field_validator("description")
    @classmethod
    def one_line(cls, text: str) -> str:
        return clean_line(text, most=200)


class MergeTagParams(Params):
    into: TagName


class TagGroupParams(Params):
    name: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    only_one: Literal["", "1"] = ""
    places: Annotated[list[Whole], Field(max_length=500)] = []

    @field_validator("name")
    @classmethod
    def one_line(cls, text: str) -> str:
        return clean_line(text)


class WhichGroupParams(Params):
    """Which one is changed; none where a new one is made."""

    group: Whole | None = None


# What programs send.
Line = Annotated[
    str, StringConstraints(max_length=800), AfterValidator(lambda text: clean_line(text, most=200))
]
Words = Annotated[list[TagName], Field(max_length=60)]


class TagBody(Params):
    name: TagName
    description: Line = Field("", description="What it is for.")
    group_id: IdText | None = None
    words: Words = Field([], description="Other words for it: typing one gives this tag.")


class MergeTagBody(Params):
    into: Annotated[str, StringConstraints(min_length=1, max_length=100)] = Field(
        description="The slug of the tag that takes its topics."
    )


class TagGroupBody(Params):
    name: Annotated[
        str, StringConstraints(min_length=1, max_length=64), AfterValidator(lambda text: clean_line(text))
    ]
    only_one: bool = Field(False, description="A topic has at most one of these tags.")
    categories: Annotated[list[Annotated[str, StringConstraints(max_length=100)]], Field(max_length=500)] = (
        Field([], description="Slugs of the categories in which every topic needs one of them.")
    )


class TagMakersBody(Params):
    makers: Literal["staff", "moderators", "members"]


class FindPeopleParams(Params):
    q: Annotated[str, StringConstraints(max_length=200)] = ""
    standing: Literal["", "guest", "member", "lapsed", "suspended"] = ""
    after: Annotated[str, StringConstraints(max_length=400)] = ""
    before: Annotated[str, StringConstraints(max_length=400)] = ""


class SettingsParams(Settings, Params):
    """The settings as a form sends them: the same fields, and nothing in a text that could not be seen."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    @field_validator("name", "tagline")
    @classmethod
    def one_line(cls, text: str) -> str:
        return clean_line(text)

    @field_validator("welcome")
    @classmethod
    def several_lines(cls, text: str) -> str:
        return clean_text(text, most=1000)

    @classmethod
    def flags(cls) -> list[str]:
        return [name for name, field in cls.model_fields.items() if field.annotation is bool]


class ModeratorParams(Params):
    username: Annotated[str, StringConstraints(min_length=1, max_length=64)]
