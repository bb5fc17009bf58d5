"""People on the way out."""

from typing import Any, Self

from pydantic import Field

from forum.access.models import RoleName
from forum.access.viewer import Viewer
from forum.accounts import models
from forum.accounts.models import Standing
from forum.web.schemas import Id, Items, Moment, Schema


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
