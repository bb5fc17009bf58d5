"""What the forms and pages of messages take; the shapes for programs are in `params`."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints, field_validator

from forum.discussions.params import IdText, one_line
from forum.messaging.kinds import TakesFrom
from forum.messaging.params import Body, ClientId
from forum.web.params import Cursor, Params, Whole

Find = Annotated[str, StringConstraints(max_length=200)]
Position = Annotated[int, Field(ge=0, le=2**63 - 1)]


class InboxPageParams(Params):
    show: Literal["", "archived"] = ""
    q: Find = ""
    after: Cursor | None = None
    part: Literal["", "rows"] = ""
    open: IdText | None = None  # which conversation is open beside the list


class TalkPageParams(Params):
    before: Position | None = None
    after: Position | None = None
    since: Position | None = None  # all that has changed after this number
    reply: IdText | None = None
    q: Find = ""


class BeginPageParams(Params):
    to: Annotated[str, StringConstraints(max_length=64)] = ""


class BeginParams(Params):
    people: Annotated[str, StringConstraints(min_length=1, max_length=3000)]
    name: Annotated[str, StringConstraints(max_length=100)] = ""
    body: Body
    client_id: ClientId

    @field_validator("name")
    @classmethod
    def on_one_line(cls, name: str) -> str:
        return one_line(name) if name else name

    @property
    def usernames(self) -> list[str]:
        names = [name.strip().removeprefix("@") for name in self.people.replace("\n", ",").split(",")]
        return list(dict.fromkeys(name for name in names if name))


class SayParams(Params):
    body: Body
    client_id: ClientId
    reply_to: IdText | None = None

    @field_validator("reply_to", mode="before")
    @classmethod
    def nothing_is_none(cls, value: object) -> object:
        return value or None


class UpToParams(Params):
    seq: Whole


class KeepParams(Params):
    """One button each."""

    do: Literal["mute", "unmute", "archive", "unarchive", "pin", "unpin"]


class GroupParams(Params):
    name: Annotated[str, StringConstraints(min_length=1, max_length=100)]

    @field_validator("name")
    @classmethod
    def on_one_line(cls, name: str) -> str:
        return one_line(name)


class PersonParams(Params):
    username: Annotated[str, StringConstraints(min_length=1, max_length=64)]


class SwitchParams(Params):
    on: Literal["0", "1"] = "1"


class ChangeParams(Params):
    body: Body


class ChoicesParams(Params):
    takes_from: TakesFrom = TakesFrom.EVERYONE
    receipts: Literal["", "1"] = ""
    invisible: Literal["", "1"] = ""
