"""What accounts announce. Tokens never travel here: a listener works one out from its row when the mail is written.

A `notice_id` names the one mail that tells of it, so that a repeated delivery sends the same message again."""

from dataclasses import dataclass

from forum.core.signals import Signal


@dataclass(frozen=True, slots=True)
class TokenIssued(Signal):
    """A single-use token waits to be mailed."""

    token_id: int


@dataclass(frozen=True, slots=True)
class KnownAddressGiven(Signal):
    """Somebody registered with, or wanted to change to, an address that this account has already."""

    user_id: int
    notice_id: int


@dataclass(frozen=True, slots=True)
class ResetRequested(Signal):
    """A new password was asked for, for an address that may or may not have an account."""

    address_key: str


@dataclass(frozen=True, slots=True)
class ConfirmationRequested(Signal):
    """The link to confirm was asked for again, for an address that may or may not wait for it."""

    address_key: str


@dataclass(frozen=True, slots=True)
class EmailConfirmed(Signal):
    """The person has shown that the address is theirs: the first one, or another later."""

    user_id: int
    email: str


@dataclass(frozen=True, slots=True)
class EmailChanged(Signal):
    user_id: int
    old_email: str
    notice_id: int


@dataclass(frozen=True, slots=True)
class PasswordChanged(Signal):
    user_id: int
    notice_id: int


@dataclass(frozen=True, slots=True)
class PasswordStopped(Signal):
    """So many wrong passwords were given in a row that the right one counts no more, until another is chosen by mail."""

    user_id: int
    notice_id: int


@dataclass(frozen=True, slots=True)
class UserCreated(Signal):
    user_id: int


@dataclass(frozen=True, slots=True)
class ProfileChanged(Signal):
    user_id: int


@dataclass(frozen=True, slots=True)
class UsernameChanged(Signal):
    user_id: int
    old_username: str


@dataclass(frozen=True, slots=True)
class SessionsEnded(Signal):
    """Some or all browsers of a person were signed out; `session_ids` says which."""

    user_id: int
    session_ids: tuple[int, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class PreviewStarted(Signal):
    """A browser of this person looks through somebody else's eyes from now on."""

    user_id: int


@dataclass(frozen=True, slots=True)
class PersonalTokenMade(Signal):
    user_id: int
    token_id: int


@dataclass(frozen=True, slots=True)
class PersonalTokensEnded(Signal):
    """Programs can no longer act for a person with these."""

    user_id: int
    token_ids: tuple[int, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class StandingChanged(Signal):
    user_id: int
    standing: str


@dataclass(frozen=True, slots=True)
class RoleGranted(Signal):
    user_id: int
    role: str
    place_id: int | None


@dataclass(frozen=True, slots=True)
class RoleRevoked(Signal):
    user_id: int
    role: str
    place_id: int | None


@dataclass(frozen=True, slots=True)
class UserSuspended(Signal):
    user_id: int
    reason: str


@dataclass(frozen=True, slots=True)
class UserReinstated(Signal):
    user_id: int


@dataclass(frozen=True, slots=True)
class PersonIgnored(Signal):
    """Somebody wants to see no more of a person. Nobody else is told."""

    user_id: int
    ignored_id: int
