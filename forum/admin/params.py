"""What the staff pages take."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints, field_validator

from forum.access.models import AudienceKind
from forum.web.params import Params


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
    group_id: int | None = None
    opened: Literal["", "1"] = ""

    @field_validator("group_id", mode="before")
    @classmethod
    def nothing(cls, value: object) -> object:
        return None if value == "" else value

    @field_validator("read", "reply", "start")
    @classmethod
    def not_people(cls, value: AudienceKind) -> AudienceKind:
        if value is AudienceKind.PEOPLE:
            raise ValueError("Only a single topic can be for named people.")
        return value
