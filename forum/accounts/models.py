"""Accounts: people, their sessions, the tokens mailed to them, the addresses that came with imports."""

import enum
import hashlib
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from forum.accounts import names
from forum.core import clock
from forum.core.db import Base
from forum.core.ids import new_id


class Standing(enum.StrEnum):
    GUEST = "guest"
    MEMBER = "member"
    LAPSED = "lapsed"


def _from(column: str, derive: Any) -> Any:
    """A default worked out from another column of the same new row, whichever way it is inserted."""
    return lambda context: derive(context.get_current_parameters()[column])


class User(Base):
    """An account. `rights_epoch` grows with every change to what the person may do."""

    __tablename__ = "users"
    __table_args__ = (Index(None, "username_skeleton"), Index(None, "name_key", "id"))

    id: Mapped[int] = mapped_column(primary_key=True, default=new_id)
    username: Mapped[str]
    username_key: Mapped[str] = mapped_column(unique=True)  # case folded
    username_skeleton: Mapped[str] = mapped_column(default=_from("username", names.skeleton))
    name: Mapped[str]
    name_key: Mapped[str] = mapped_column(default=_from("name", names.name_key))  # searched and sorted by
    email: Mapped[str | None]
    email_key: Mapped[str | None] = mapped_column(unique=True)
    email_confirmed_at: Mapped[datetime | None]
    password_hash: Mapped[str | None]
    member_since: Mapped[datetime | None]
    member_until: Mapped[datetime | None]  # None with `member_since` set: without end
    suspended_at: Mapped[datetime | None]
    suspended_until: Mapped[datetime | None]
    suspension_reason: Mapped[str] = mapped_column(default="")
    imported_at: Mapped[
        datetime | None
    ]  # a placeholder for somebody who wrote elsewhere: cannot sign in, is never mailed
    rights_epoch: Mapped[int] = mapped_column(default=0)
    credentials: Mapped[str] = mapped_column(default="")
    specialty: Mapped[str] = mapped_column(default="")
    institution: Mapped[str] = mapped_column(default="")
    city: Mapped[str] = mapped_column(default="")
    country: Mapped[str] = mapped_column(default="")  # ISO 3166 two letters
    bio: Mapped[str] = mapped_column(default="")
    locale: Mapped[str] = mapped_column(default="")
    time_zone: Mapped[str] = mapped_column(default="")
    topic_view: Mapped[str] = mapped_column(default="")  # flat, threaded; empty: as the site
    theme: Mapped[str] = mapped_column(default="")  # light, dark; empty: as the device
    draft_count: Mapped[int] = mapped_column(default=0)  # kept by the actions of drafts
    shortcuts: Mapped[bool] = mapped_column(default=True)  # single keys do something on pages
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime | None]

    @validates("name")
    def _derive_name_key(self, _attribute: str, name: str) -> str:
        self.name_key = names.name_key(name)
        return name

    def rename(self, username: str) -> bool:
        """Take another username."""
        if username == self.username:
            return False
        self.username, self.username_key = username, names.username_key(username)
        self.username_skeleton = names.skeleton(username)
        return True

    def confirm(self, at: datetime) -> bool:
        """The address has been shown to be theirs."""
        if self.is_confirmed:
            return False
        self.email_confirmed_at = at
        return True

    def set_membership(self, since: datetime | None, until: datetime | None) -> bool:
        """Member from, and until (None with `since`: without end); both None: a guest."""
        if (self.member_since, self.member_until) == (since, until):
            return False
        self.member_since, self.member_until = since, until
        return True

    def suspend(self, *, at: datetime, until: datetime | None, reason: str) -> bool:
        if self.is_suspended(at) and (self.suspended_until, self.suspension_reason) == (until, reason):
            return False
        self.suspended_at, self.suspended_until, self.suspension_reason = at, until, reason
        return True

    def reinstate(self, at: datetime) -> bool:
        was_suspended = self.is_suspended(at)
        self.suspended_at = self.suspended_until = None
        self.suspension_reason = ""
        return was_suspended

    @property
    def is_placeholder(self) -> bool:
        return self.imported_at is not None

    @property
    def is_confirmed(self) -> bool:
        return self.email_confirmed_at is not None

    def is_suspended(self, at: datetime | None = None) -> bool:
        at = at or clock.now()
        return self.suspended_at is not None and (self.suspended_until is None or at < self.suspended_until)

    @property
    def standing(self) -> Standing:
        return self.standing_at(clock.now())

    def standing_at(self, at: datetime) -> Standing:
        """Guest, member or lapsed at that moment; from dates alone."""
        if self.member_since is None or at < self.member_since:
            return Standing.GUEST
        if self.member_until is None or at < self.member_until:
            return Standing.MEMBER
        return Standing.LAPSED

    def has_member_rights(self, at: datetime, grace: timedelta) -> bool:
        """A member, or lapsed within grace."""
        if self.standing_at(at) is Standing.LAPSED and self.member_until is not None:
            return at < self.member_until + grace
        return self.standing_at(at) is Standing.MEMBER

    @property
    def hue(self) -> int:
        """1 to 9, stable for a person: the color behind the initials."""
        return hashlib.blake2s(self.username_key.encode(), digest_size=2).digest()[0] % 9 + 1

    @property
    def initials(self) -> str:
        """Up to two letters of the name; one for scripts that are written without spaces."""
        words = [w for w in self.name.split() if w[0].isalnum()]
        if len(words) == 1:
            words = [w for w in words[0].split("-") if w and w[0].isalnum()]
        if not words:
            return self.username[:1].upper()
        if not words[0][0].isascii() and words[0][0].lower() == words[0][0].upper():
            return words[0][0]
        return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()

    @property
    def byline(self) -> str:
        """One line of who this is: MD, PhD · Breast oncology · Nairobi."""
        return " · ".join(
            part for part in (self.credentials, self.specialty, self.city or self.institution) if part
        )


class Session(Base):
    """A signed-in browser. The cookie holds a random token; here stands only its hash."""

    __tablename__ = "sessions"
    __table_args__ = (Index(None, "user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True, default=new_id)
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    created_at: Mapped[datetime]
    used_at: Mapped[datetime]
    proved_at: Mapped[datetime]  # when the password was last given
    expires_at: Mapped[datetime]
    device: Mapped[str] = mapped_column(default="")
    network: Mapped[str] = mapped_column(default="")
    must_rotate: Mapped[bool] = mapped_column(default=False)  # another token with the next request
    old_token_hash: Mapped[bytes | None] = mapped_column(unique=True)  # for requests that were under way
    rotated_at: Mapped[datetime | None]
    preview_guise: Mapped[str] = mapped_column(
        default=""
    )  # visitor, guest, member, person; empty: no preview
    preview_person_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    preview_topic_id: Mapped[int | None]  # the one topic that its author looks at; None for staff
    preview_until: Mapped[datetime | None]

    user: Mapped[User] = relationship(foreign_keys=[user_id], lazy="raise_on_sql")


class TokenPurpose(enum.StrEnum):
    CONFIRM = "confirm"
    RESET = "reset"
    CHANGE_EMAIL = "change_email"


class AccountToken(Base):
    """A single-use token sent by mail: only its hash is kept, it expires, and a new one ends the old.

    One that confirms a registration keeps what that registration said; of several for one address each stands by itself."""

    __tablename__ = "account_tokens"
    __table_args__ = (Index(None, "user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True, default=new_id)
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    purpose: Mapped[TokenPurpose] = mapped_column()
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    email: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    name: Mapped[str | None]  # of a registration: taken over by the account once it is confirmed
    password_hash: Mapped[str | None]


class PersonalToken(Base):
    """A token that lets a program act for somebody, within `scopes`. Here stands only its hash; it is shown once."""

    __tablename__ = "personal_tokens"
    __table_args__ = (Index(None, "user_id"), Index(None, "made_by_id"))

    id: Mapped[int] = mapped_column(primary_key=True, default=new_id)
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    name: Mapped[str]
    scopes: Mapped[list[str]] = mapped_column(JSON)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("personal_tokens.id", ondelete="SET NULL"))

    user: Mapped[User] = relationship(lazy="raise_on_sql")


class Ignore(Base):
    """That somebody does not want to read another. Who is ignored is never told, and nobody else is."""

    __tablename__ = "ignores"
    __table_args__ = (Index(None, "ignored_id"),)

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    ignored_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    created_at: Mapped[datetime]

    ignored: Mapped[User] = relationship(foreign_keys=[ignored_id], lazy="raise_on_sql")


class FeedToken(Base):
    """What opens feeds of all that one person may read, for a feed reader, which cannot sign in. Only its hash is kept."""

    __tablename__ = "feed_tokens"
    __table_args__ = (Index(None, "user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True, default=new_id)
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(default="")  # which reader it was given to, in the person's words
    made_at: Mapped[datetime]  # or made anew


class WrongPasswords(Base):
    """How many wrong passwords were given in a row for an account, or for a text that leads to none."""

    __tablename__ = "wrong_passwords"
    __table_args__ = (Index(None, "user_id"),)

    key: Mapped[str] = mapped_column(primary_key=True)  # a digest
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    count: Mapped[int]
    last_at: Mapped[datetime]


class UsernameHold(Base):
    """A username that nobody else may take for a while: given up by `user_id`."""

    __tablename__ = "username_holds"
    __table_args__ = (Index(None, "skeleton"),)

    key: Mapped[str] = mapped_column(primary_key=True)
    skeleton: Mapped[str]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    until: Mapped[datetime]


class ImportedAddress(Base):
    """An address that came with imported mail: whose posts it wrote. Never shown, never mailed; claimed by confirming it."""

    __tablename__ = "imported_addresses"
    __table_args__ = (Index(None, "user_id"),)

    address_key: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
