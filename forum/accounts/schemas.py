"""People on the way out."""

from typing import Any, Self

from pydantic import Field

from forum.access.models import RoleName
from forum.access.viewer import Viewer
from forum.accounts import last_use, models
from forum.accounts.models import Standing
from forum.web.schemas import Id, Items, Moment, Schema
from forum.web.token_scopes import TokenScope


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


class Users(Items[User]):
    """A page of people."""


class Person(User):
    """A person as members see them."""

    credentials: str
    specialty: str
    institution: str
    city: str
    country: str = Field(description="ISO 3166, two letters; empty where it is not said.")
    bio: str
    created_at: Moment

    @classmethod
    def of(cls, user: models.User) -> Self:
        return cls(**_about(user))


class Role(Schema):
    """A role that somebody holds."""

    role: RoleName
    place_id: Id | None = Field(description="The place it is held in; null for the whole site.")


class Me(Person):
    """Whoever asks."""

    email: str | None
    email_confirmed: bool
    member_until: Moment | None = Field(
        description="When the membership ends; null without end, or without one."
    )
    has_member_rights: bool = Field(description="A member, or lapsed within grace.")
    roles: list[Role]
    locale: str
    time_zone: str
    theme: str
    topic_view: str

    @classmethod
    def of_viewer(cls, viewer: Viewer, roles: list[tuple[RoleName, int | None]]) -> Self:
        user: models.User = viewer.user
        return cls(
            **_about(user),
            email=user.email,
            email_confirmed=user.is_confirmed,
            member_until=user.member_until,
            has_member_rights=viewer.is_member,
            roles=[Role(role=role, place_id=str(place) if place else None) for role, place in roles],
            locale=user.locale,
            time_zone=user.time_zone,
            theme=user.theme,
            topic_view=user.topic_view,
        )


class Token(Schema):
    """A personal token: what a program signs in with as `Authorization: Bearer`."""

    id: Id
    name: str
    scopes: list[TokenScope]
    created_at: Moment
    expires_at: Moment
    used_at: Moment | None = Field(description="To a few minutes; null before the first time.")
    current: bool = Field(description="Whether it is the one this request was made with.")

    @classmethod
    def of(cls, token: models.PersonalToken, *, current_id: int | None) -> Self:
        return cls(**_of_token(token, current_id))


class MadeToken(Token):
    """A new personal token, with its text."""

    token: str | None = Field(
        description="Shown once: null where the same request comes again under its `Idempotency-Key`."
    )

    @classmethod
    def made(cls, token: models.PersonalToken, text: str | None) -> Self:
        return cls(**_of_token(token, None), token=text)


class Tokens(Items[Token]):
    """A page of personal tokens, newest first."""


def _of_token(token: models.PersonalToken, current_id: int | None) -> dict[str, Any]:
    return {
        "id": str(token.id),
        "name": token.name,
        "scopes": [TokenScope(scope) for scope in token.scopes],
        "created_at": token.created_at,
        "expires_at": token.expires_at,
        "used_at": last_use.of(token),
        "current": token.id == current_id,
    }


def _about(user: models.User) -> dict[str, Any]:
    return {
        "id": str(user.id),
        "username": user.username,
        "name": user.name,
        "standing": user.standing,
        "avatar_url": None,
        "credentials": user.credentials,
        "specialty": user.specialty,
        "institution": user.institution,
        "city": user.city,
        "country": user.country,
        "bio": user.bio,
        "created_at": user.created_at,
    }
