"""What the doors of explaining take."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from forum.web.params import Params

Whom = Annotated[str, StringConstraints(max_length=80)]


class AskParams(Params):
    """About whom: visitor, guest, member or a username; empty for nobody in particular."""

    viewer: Whom = ""


class ExplainParams(Params):
    subject: Annotated[str, StringConstraints(min_length=1, max_length=120)] = Field(
        description="What is asked about: `topic:{id}`, `post:{id}` or `category:{slug}`."
    )
    viewer: Whom = Field(
        "",
        description="About whom: `visitor`, `guest`, `member`, or a username with `@`; left out: yourself.",
    )


class PreviewParams(Params):
    """As whom to look, and at which page first."""

    guise: Literal["visitor", "guest", "member", "person"]
    person: Whom = ""
    page: Annotated[str, StringConstraints(max_length=500)] = ""
