"""Who may read what, as rows: scopes, places, audiences, roles."""

import enum
from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from forum.core.db import Base
from forum.core.ids import new_id

# Scopes that are always there, with fixed ids (made by the first migration; 4 stands for nobody any more).
PUBLIC, GUESTS, MEMBERS, OVERSEERS, NOBODY = 1, 2, 3, 5, 6


class AudienceKind(enum.StrEnum):
    """Who an audience is, in the words of the product."""

    PUBLIC = "public"
    GUESTS = "guests"
    MEMBERS = "members"
    GROUP = "group"
    STAFF = "staff"
    PEOPLE = "people"


class PlaceKind(enum.StrEnum):
    CATEGORY = "category"
    GROUP = "group"


class RoleName(enum.StrEnum):
    STAFF = "staff"
    MODERATOR = "moderator"
    EDITOR = "editor"
    BLOGGER = "blogger"


class Scope(Base):
    """A set of people that an audience can name: `kind` and, for some, which one (`ref_id`)."""

    __tablename__ = "scopes"
    __table_args__ = (UniqueConstraint("kind", "ref_id"),)

    id: Mapped[int] = mapped_column(primary_key=True, default=new_id)
    # public, guests, members, overseers, nobody; group, people, moderates,
    # curates (staff and the moderators of a place: who the audience `staff` is, there)
    kind: Mapped[str]
    ref_id: Mapped[int] = mapped_column(default=0)  # group id; topic id; place id


class ScopePerson(Base):
    """Somebody is in a scope: a member of a group, a person invited into a topic."""

    __tablename__ = "scope_people"
    __table_args__ = (Index(None, "user_id"),)

    scope_id: Mapped[int] = mapped_column(ForeignKey("scopes.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    until: Mapped[datetime | None]


class Place(Base):
    """What category and group share: a parent, a default audience, and the counter that orders what happens there.

    `read_kind` is None where the place takes its parent's default. `opened` frees it from the parent's gate.
    """

    __tablename__ = "places"
    __table_args__ = (Index(None, "parent_id"),)

    id: Mapped[int] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[PlaceKind] = mapped_column()
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("places.id"))
    read_kind: Mapped[AudienceKind] = mapped_column()
    reply_kind: Mapped[AudienceKind] = mapped_column()
    start_kind: Mapped[AudienceKind] = mapped_column()  # who may start a topic here
    group_id: Mapped[int | None] = mapped_column(
        ForeignKey("groups.id")
    )  # whose group, where a kind above is `group`
    opened: Mapped[bool] = mapped_column(default=False)
    archived: Mapped[bool] = mapped_column(default=False)  # read, and not written; so is all below it
    mail_content: Mapped[bool | None]  # whether mail holds what is written here; None: as the society has it
    for_questions: Mapped[bool] = mapped_column(default=False)  # one reply to a topic can be its answer
    start_scope_id: Mapped[int] = mapped_column(ForeignKey("scopes.id"))
    moderators_scope_id: Mapped[int] = mapped_column(ForeignKey("scopes.id"))
    last_seq: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=0)

    parent: Mapped["Place | None"] = relationship(remote_side="Place.id", lazy="raise_on_sql", viewonly=True)
    audience: Mapped["Audience | None"] = relationship(
        primaryjoin="and_(Audience.place_id == Place.id, Audience.inherits)",
        uselist=False,
        lazy="raise_on_sql",
        viewonly=True,
    )

    @property
    def default_audience(self) -> "Audience":
        """The audience of what inherits; every place has one from the moment it is made."""
        if self.audience is None:
            raise LookupError(f"place {self.id} has no default audience")
        return self.audience


class Audience(Base):
    """Who may read and who may reply, with the gates of the places around it. Shared by all that has the same."""

    __tablename__ = "audiences"
    __table_args__ = (
        UniqueConstraint("place_id", "inherits", "opened", "read_scope_id", "reply_scope_id"),
        Index(
            "uq_audiences_default",
            "place_id",
            unique=True,
            sqlite_where=text("inherits"),
            postgresql_where=text("inherits"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True, default=new_id)
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    inherits: Mapped[bool] = mapped_column()
    opened: Mapped[bool] = mapped_column()
    read_kind: Mapped[AudienceKind] = mapped_column()
    reply_kind: Mapped[AudienceKind] = mapped_column()
    read_scope_id: Mapped[int] = mapped_column(ForeignKey("scopes.id"))
    reply_scope_id: Mapped[int] = mapped_column(ForeignKey("scopes.id"))
    gate1_id: Mapped[int] = mapped_column(ForeignKey("scopes.id"))  # the place it stands in
    gate2_id: Mapped[int] = mapped_column(ForeignKey("scopes.id"))  # the place around that
    oversight_id: Mapped[int] = mapped_column(
        ForeignKey("scopes.id")
    )  # the moderators of the place, or nobody
    overseers_id: Mapped[int] = mapped_column(ForeignKey("scopes.id"))  # staff and site moderators, or nobody
    group_id: Mapped[int | None] = mapped_column(ForeignKey("groups.id"))
    version: Mapped[int] = mapped_column(default=0)


class RoleAssignment(Base):
    """A role held on the whole site (`place_id` None) or in one place."""

    __tablename__ = "role_assignments"
    __table_args__ = (
        UniqueConstraint("user_id", "role", "place_id"),
        Index(
            "uq_role_assignments_site",
            "user_id",
            "role",
            unique=True,
            sqlite_where=text("place_id IS NULL"),
            postgresql_where=text("place_id IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    role: Mapped[RoleName] = mapped_column()
    place_id: Mapped[int | None] = mapped_column(ForeignKey("places.id", ondelete="CASCADE"))
    granted_at: Mapped[datetime]
    granted_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
