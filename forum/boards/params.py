"""What the doors of boards take."""

from typing import Annotated, Literal

from pydantic import StringConstraints

from forum.web.params import Params


class CategoryPageParams(Params):
    sort: Literal["latest", "new", "top", "unanswered"] = "latest"
    after: Annotated[str, StringConstraints(max_length=200)] | None = None
