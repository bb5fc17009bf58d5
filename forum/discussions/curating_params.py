"""What the doors of curating take: forms and programs send the same."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, field_validator

from forum.discussions.params import Reason
from forum.web.params import Params

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
