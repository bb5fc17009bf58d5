"""Accounts: people, their sessions, the tokens mailed to them, the addresses that came with imports."""

import enum
import hashlib
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from forum.core import clock
from forum.core.db import Base
from forum.core.ids import new_id


class Standing(enum.StrEnum):
    GUEST = "guest"
    MEMBER = "member"
    LAPSED = "lapsed"


class User(Base):
    """An account. `rights_epoch` grows with every change to what the person may do."""

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True, default=new_id)
    username: Mapped[str]
    username_key: Mapped[str] = mapped_column(unique=True)  # case folded
    name: Mapped[str]
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
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime | None]

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
        words = [w for w in self.name.replace("-", " ").split() if w[0].isalnum()]
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

    user: Mapped[User] = relationship(lazy="raise_on_sql")


class TokenPurpose(enum.StrEnum):
    CONFIRM = "confirm"
    RESET = "reset"
    CHANGE_EMAIL = "change_email"


class AccountToken(Base):
    """A single-use token sent by mail: only its hash is kept, it expires, and a new one ends the old."""

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


class ImportedAddress(Base):
    """An address that came with imported mail: whose posts it wrote. Never shown, never mailed; claimed by confirming it."""

    __tablename__ = "imported_addresses"
    __table_args__ = (Index(None, "user_id"),)

    address_key: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
