"""What the doors of boards take."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from forum.web.params import ListParams, Params


class CategoryPageParams(Params):
    sort: Literal["latest", "new", "top", "unanswered"] = "latest"
    after: Annotated[str, StringConstraints(max_length=200)] | None = None
    tag: Annotated[str, StringConstraints(max_length=80)] = ""


class OpenedPageParams(Params):
    after: Annotated[str, StringConstraints(max_length=200)] | None = None


class TopicListParams(ListParams):
    sort: Literal["latest", "new", "top", "unanswered"] = Field("latest", description="As the pages have it.")
    tag: Annotated[str, StringConstraints(max_length=80)] = Field("", description="The slug of a tag.")


class UnreadParams(ListParams):
    show: Literal["", "followed"] = Field("", description="`followed`: only what you track or watch.")
