"""What goes out as JSON: typed models, of which nothing is sent that they do not name."""

from datetime import datetime
from typing import Annotated, Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field

Id = Annotated[str, Field(pattern="^[0-9]{1,19}$", description="Opaque: compare it, do not take it apart.")]
Moment = Annotated[datetime, Field(description="RFC 3339, in UTC.")]


class Schema(BaseModel):
    """The base of all that is sent. Every field is always there; what does not apply is null."""

    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_serialization_defaults_required=True)


S = TypeVar("S", bound=Schema)


class Items(Schema, Generic[S]):
    """A page of a list."""

    items: list[S]
    next: str | None = Field(
        description="The cursor for `after` that gives the next page; null on the last one."
    )


class Problem(BaseModel):
    """What went wrong (RFC 9457)."""

    type: str = Field(examples=["about:blank"])
    title: str
    status: int
    code: str = Field(description="The kind of trouble, for programs.", examples=["invalid"])
    detail: str | None = Field(
        None, description="What to do, for people. Absent where there is nothing to say."
    )
    errors: dict[str, str] | None = Field(None, description="What is wrong, by field.")


class Document(Schema):
    """An OpenAPI document."""

    model_config = ConfigDict(extra="allow")

    openapi: str
    info: dict[str, Any]
    paths: dict[str, Any]
