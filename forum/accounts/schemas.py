"""People on the way out."""

from typing import Self

from pydantic import Field

from forum.accounts import models
from forum.accounts.models import Standing
from forum.web.schemas import Id, Schema


class User(Schema):
    """A person, as everybody may know them who reads what they wrote."""

    id: Id
    username: str
    name: str
    standing: Standing
    avatar_url: str | None = Field(description="null where initials stand for a picture.")

    @classmethod
    def of(cls, user: models.User) -> Self:
        return cls(
            id=str(user.id), username=user.username, name=user.name, standing=user.standing, avatar_url=None
        )
