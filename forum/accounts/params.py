"""What comes in at the doors of accounts. Passwords are taken as they are typed, spaces included."""

from collections.abc import Callable
from datetime import date
from typing import Annotated, Literal

from flask_babel import gettext as _
from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints

from forum.access.models import RoleName
from forum.accounts.addresses import clean_email
from forum.accounts.names import check_username, clean_line, clean_name, clean_text
from forum.accounts.passwords import check_length
from forum.web.localities import clean_country, clean_language, clean_time_zone
from forum.web.params import Params
from forum.web.token_scopes import TokenScope

_AsTyped = StringConstraints(strip_whitespace=False, max_length=4096)

Name = Annotated[str, AfterValidator(clean_name)]
Email = Annotated[str, AfterValidator(clean_email)]
Password = Annotated[str, _AsTyped, Field(repr=False)]
NewPassword = Annotated[str, _AsTyped, AfterValidator(check_length), Field(repr=False)]
YEARS = range(1900, 3000)
Day = Annotated[
    date | None,
    BeforeValidator(lambda value: value or None),
    AfterValidator(lambda day: day if day is None or day.year in YEARS else _no_day()),
]
Next = Annotated[str, StringConstraints(max_length=2000)]


def or_nothing(check: Callable[[str], str]) -> AfterValidator:
    return AfterValidator(lambda text: check(text) if text else "")


def line(most: int) -> AfterValidator:
    return AfterValidator(lambda text: clean_line(text, most=most))


class RegisterParams(Params):
    """The username is made from the name once the address is confirmed: asking for one would tell which are taken."""

    name: Name
    email: Email
    password: NewPassword


class ConfirmParams(Params):
    """`password` where several registrations wait for the same address: it says which one is one's own."""

    password: Password = ""


class SignInParams(Params):
    """`email` may also be a username."""

    email: Annotated[str, StringConstraints(max_length=254)]
    password: Password
    next: Next = ""


class DemoParams(Params):
    username: Annotated[str, StringConstraints(max_length=64)]
    next: Next = ""


class IgnoreParams(Params):
    on: Literal["0", "1"] = "1"


class IgnoreByNameParams(Params):
    username: Annotated[str, StringConstraints(min_length=1, max_length=64)]


class EmailParams(Params):
    email: Email


class ResetParams(Params):
    password: NewPassword


class ChangeEmailParams(Params):
    email: Email
    password: Password = ""


class ChangePasswordParams(Params):
    username: str = ""  # stands in the form for password managers
    password: Password
    new_password: NewPassword


class ProveParams(Params):
    username: str = ""
    password: Password
    next: Next = ""


TokenName = Annotated[
    str, StringConstraints(min_length=1), AfterValidator(lambda text: clean_line(text, most=64) or _needed())
]
Days = Annotated[int, Field(ge=1, le=366)]


def _no_day() -> date:
    raise ValueError(_("Give a date like 2026-12-31."))


def _needed() -> str:
    raise ValueError(_("Fill this in."))


class TokenParams(Params):
    """A token made by the form; `read` is in every one, whether it is sent or not."""

    name: TokenName
    scopes: list[TokenScope] = []
    days: Days = 90
    password: Password = ""


class NewTokenBody(Params):
    name: TokenName = Field(description="What it is for. At most 64 characters; yours alone have to differ.")
    scopes: list[TokenScope] = Field([], max_length=8, description="`read` is in every token.")
    days: Days = Field(90, description="How long it is good for.")


class ProfileParams(Params):
    name: Name
    username: Annotated[str, AfterValidator(check_username)]
    credentials: Annotated[str, line(64)] = ""
    specialty: Annotated[str, line(64)] = ""
    institution: Annotated[str, line(120)] = ""
    city: Annotated[str, line(64)] = ""
    country: Annotated[str, AfterValidator(clean_country)] = ""
    bio: Annotated[str, AfterValidator(lambda text: clean_text(text, most=2000))] = ""


class PreferencesParams(Params):
    theme: Literal["", "light", "dark"] = ""
    locale: Annotated[str, AfterValidator(clean_language)] = ""
    time_zone: Annotated[str, AfterValidator(clean_time_zone)] = ""
    topic_view: Literal["", "flat", "threaded"] = ""
    shortcuts: bool = False  # a box that is not ticked is not sent


class FeedTokenParams(Params):
    """`name` says which feed reader the address is for."""

    name: Annotated[str, line(64)] = ""


class ThemeParams(Params):
    theme: Literal["", "light", "dark"] = ""
    next: Next = ""


class NewUserParams(Params):
    """An account made by a command or by staff, whose word for the address is taken. Names kept back may be given."""

    email: Email
    name: Name
    username: Annotated[str, or_nothing(check_username)] = ""
    standing: Literal["guest", "member"] = "guest"
    until: Day = None
    roles: tuple[
        tuple[RoleName, int | None], ...
    ] = ()  # with the place each is held in; None: the whole site
    password: Annotated[str, _AsTyped, or_nothing(check_length), Field(repr=False)] = ""


class StandingParams(Params):
    """The first and the last day of the membership; without a last day it has no end."""

    standing: Literal["guest", "member", "lapsed"]
    member_since: Day = None
    member_until: Day = None


class RoleParams(Params):
    """`category` is the slug of the place it is held in; empty for the whole site."""

    role: RoleName
    category: Annotated[str, StringConstraints(max_length=100)] = ""


class SuspendParams(Params):
    """`until` is the last day of the suspension; without it somebody has to end it."""

    reason: Annotated[str, StringConstraints(min_length=1), AfterValidator(lambda t: clean_text(t, most=500))]
    until: Day = None
