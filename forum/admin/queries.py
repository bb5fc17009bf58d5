"""What staff look up: people, what was done to them, how the society is set."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from flask_babel import gettext as _
from pydantic.fields import FieldInfo
from sqlalchemy import ColumnElement, and_, func, or_, select, tuple_

from forum.access.models import RoleAssignment, RoleName
from forum.accounts.models import Session, User
from forum.accounts.names import name_key, username_key
from forum.boards.queries import category_of_place
from forum.core import clock, settings
from forum.core.db import db
from forum.core.pages import Page, cut, decode_cursor, encode_cursor

PER_PAGE = 50
PAST = 5  # changes shown of one setting

Standings = Literal["", "guest", "member", "lapsed", "suspended"]


@dataclass(frozen=True, slots=True)
class FoundPerson:
    user: User
    roles: list[str]


@dataclass(frozen=True, slots=True)
class HeldRole:
    id: int
    words: str
    since: datetime
    role: RoleName
    place_id: int | None


def find_people(
    text: str = "", *, standing: Standings = "", after: str | None = None, before: str | None = None
) -> Page[FoundPerson]:
    """People by a part of name, username or address, in order of name; paged by key in both directions."""
    key = tuple_(User.name_key, User.id)
    found = select(User).where(_matches(text), _has_standing(standing))
    if before:
        found = found.where(key < tuple_(*decode_cursor(before, [str, int])))
        found = found.order_by(User.name_key.desc(), User.id.desc())
    else:
        if after:
            found = found.where(key > tuple_(*decode_cursor(after, [str, int])))
        found = found.order_by(User.name_key, User.id)
    users, more = cut(db.session.scalars(found.limit(PER_PAGE + 1)).all(), PER_PAGE)
    if before:
        users = users[::-1]
    roles = _roles_of([user.id for user in users])
    people = [FoundPerson(user, [role.words for role in roles.get(user.id, [])]) for user in users]
    if not users:
        return Page([])
    first, last = (encode_cursor([user.name_key, user.id]) for user in (users[0], users[-1]))
    has_later, has_earlier = (True, more) if before else (more, bool(after))
    return Page(people, last if has_later else None, first if has_earlier else None)


def find_person(who: str) -> User | None:
    """By id, or by username (which is never a number alone)."""
    if who.isascii() and who.isdigit():
        return db.session.get(User, int(who)) if len(who) < 20 and int(who) < 2**63 else None
    return db.session.scalar(select(User).where(User.username_key == username_key(who)))


def roles_of(user: User) -> list[HeldRole]:
    return _roles_of([user.id]).get(user.id, [])


def words_of_role(role: RoleName) -> str:
    return {
        RoleName.STAFF: _("Staff"),
        RoleName.MODERATOR: _("Moderator"),
        RoleName.EDITOR: _("Editor"),
        RoleName.BLOGGER: _("Blogger"),
    }[role]


def session_count(user: User) -> int:
    live = select(func.count()).where(Session.user_id == user.id, Session.expires_at > clock.now())
    return db.session.scalar(live) or 0


@dataclass(frozen=True, slots=True)
class Change:
    at: datetime
    actor: User | None
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting as the page shows it: what it is, how it is filled in, what it was before."""

    name: str
    title: str
    description: str
    kind: str  # text, area, flag, number, choice
    choices: list[tuple[str, str, None]]
    minimum: int | None
    maximum: int | None
    max_length: int | None
    required: bool
    past: list[Change]


def all_settings() -> list[Setting]:
    past = _past()
    fields = settings.Settings.model_fields.items()
    return [_setting(name, field, past.get(name, [])) for name, field in fields]


def _matches(text: str) -> ColumnElement[bool]:
    wanted = text.strip()
    if not wanted:
        return User.id.is_not(None)
    return or_(
        User.name_key.contains(name_key(wanted), autoescape=True),
        User.username_key.contains(wanted.removeprefix("@").casefold(), autoescape=True),
        User.email_key.contains(wanted.casefold(), autoescape=True),
    )


def _has_standing(standing: Standings) -> ColumnElement[bool]:
    now = clock.now()
    begun = and_(User.member_since.is_not(None), User.member_since <= now)
    runs = or_(User.member_until.is_(None), User.member_until > now)
    return {
        "": User.id.is_not(None),
        "guest": and_(~func.coalesce(begun, False), User.imported_at.is_(None)),
        "member": and_(begun, runs),
        "lapsed": and_(begun, User.member_until <= now),
        "suspended": and_(
            User.suspended_at.is_not(None), or_(User.suspended_until.is_(None), User.suspended_until > now)
        ),
    }[standing]


def _roles_of(user_ids: Sequence[int]) -> dict[int, list[HeldRole]]:
    rows = db.session.scalars(
        select(RoleAssignment)
        .where(RoleAssignment.user_id.in_(user_ids))
        .order_by(RoleAssignment.role, RoleAssignment.id)
    )
    found: dict[int, list[HeldRole]] = {}
    for row in rows:
        words = words_of_role(row.role)
        if row.place_id is not None:
            category = category_of_place(row.place_id)
            place = category.name if category else _("a place that is gone")
            words = _("%(role)s of %(place)s", role=words, place=place)
        held = HeldRole(row.id, words, row.granted_at, row.role, row.place_id)
        found.setdefault(row.user_id, []).append(held)
    return found


def _setting(name: str, field: FieldInfo, past: list[Change]) -> Setting:
    limits: dict[str, Any] = {}
    for limit in field.metadata:
        for attribute in ("ge", "le", "min_length", "max_length"):
            if getattr(limit, attribute, None) is not None:
                limits[attribute] = getattr(limit, attribute)
    options = getattr(field.annotation, "__args__", ())
    return Setting(
        name=name,
        title=_(field.title or name),
        description=_(field.description or ""),
        kind=_kind(field, limits, options),
        choices=[(str(option), _words_of_choice(option), None) for option in options],
        minimum=limits.get("ge"),
        maximum=limits.get("le"),
        max_length=limits.get("max_length"),
        required=limits.get("min_length", 0) > 0,
        past=past[:PAST],
    )


def _words_of_choice(option: Any) -> str:
    words = {
        "author": _("Author"),
        "readers": _("Readers"),
        "flat": _("Flat"),
        "staff": _("Staff"),
        "moderators": _("Moderators, and staff"),
        "members": _("All members"),
        "threaded": _("Threaded"),
        "everyone": _("Everyone"),
        "nobody": _("Nobody"),
    }
    return words.get(option, str(option))


def _kind(field: FieldInfo, limits: dict[str, Any], options: tuple[Any, ...]) -> str:
    if options:
        return "choice"
    if field.annotation is bool:
        return "flag"
    if field.annotation is int:
        return "number"
    return "area" if limits.get("max_length", 0) > 200 else "text"


def _past() -> dict[str, list[Change]]:
    rows = settings.history(limit=500)
    people = {row.changed_by_id for row in rows if row.changed_by_id}
    users = {u.id: u for u in db.session.scalars(select(User).where(User.id.in_(people)))}
    found: dict[str, list[Change]] = {}
    for row in rows:
        field = settings.Settings.model_fields.get(row.name)
        say = _words_of_choice if getattr(field and field.annotation, "__args__", ()) else _said
        change = Change(row.changed_at, users.get(row.changed_by_id or 0), say(row.old), say(row.new))
        found.setdefault(row.name, []).append(change)
    return found


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return str(value)


def moderators_here(place_id: int) -> list[User]:
    """Who was given the role in this very place, by name."""
    held = RoleAssignment.role == RoleName.MODERATOR, RoleAssignment.place_id == place_id
    found = select(User).join(RoleAssignment, RoleAssignment.user_id == User.id).where(*held)
    return list(db.session.scalars(found.order_by(User.name, User.id)))
