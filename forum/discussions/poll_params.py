"""What the doors of polls take, and the part of a form that makes one."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, NaiveDatetime, StringConstraints, field_validator

from forum.web.params import Params

LEAST_OPTIONS, MOST_OPTIONS = 2, 20
LONGEST = 200  # characters of a question or an option
Kind = Literal["single", "multiple", "ranked"]
Results = Literal["always", "voted", "closed"]
Count = Annotated[int, Field(ge=0, le=MOST_OPTIONS)]


class PollFields(Params):
    """The part of a form that makes a poll; without a question and options there is none."""

    poll_question: Annotated[str, StringConstraints(max_length=LONGEST)] = ""
    poll_options: Annotated[str, StringConstraints(max_length=MOST_OPTIONS * (LONGEST + 2))] = ""
    poll_kind: Kind = "single"
    poll_least: Count | None = None
    poll_most: Count | None = None
    poll_closes: NaiveDatetime | None = None
    poll_results: Results = "always"
    poll_open: Literal["", "1"] = ""
    poll_final: Literal["", "1"] = ""

    @field_validator("poll_least", "poll_most", "poll_closes", mode="before")
    @classmethod
    def no_poll_value(cls, value: object) -> object:
        return None if value == "" else value


class PollBody(Params):
    question: Annotated[str, StringConstraints(min_length=1, max_length=LONGEST)]
    options: list[Annotated[str, StringConstraints(min_length=1, max_length=LONGEST)]] = Field(
        min_length=LEAST_OPTIONS, max_length=MOST_OPTIONS
    )
    kind: Kind = "single"
    least: Count | None = Field(None, description="How many to choose at least; of `single` always one.")
    most: Count | None = Field(None, description="How many to choose at most; null: as many as there are.")
    closes_at: AwareDatetime | None = None
    results: Results = Field("always", description="When they are shown; `voted`: to whoever has voted.")
    open: bool = Field(False, description="Whether readers see who voted what.")
    final: bool = Field(False, description="Whether a vote can be neither changed nor taken back.")


class VoteParams(Params):
    """The numbers of options from 0, as the form has them; in a ranked poll the best comes first."""

    choices: Annotated[list[Count], Field(max_length=MOST_OPTIONS)] = []


class VoteBody(Params):
    choices: list[Count] = Field(
        max_length=MOST_OPTIONS,
        description="Places of options in the list, from 0; in a ranked poll the best comes first.",
    )
