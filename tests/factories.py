"""Building what a test needs beyond the cast; nothing is random."""

import itertools
from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy.orm import joinedload

from forum.access.models import AudienceKind, Place, RoleAssignment, RoleName
from forum.access.places import AudienceChoice
from forum.accounts.actions import make_personal_token
from forum.accounts.models import User
from forum.boards.actions import CategoryPlan, create_category
from forum.boards.models import Category
from forum.core import clock
from forum.core.db import Base, db
from forum.core.transactions import transaction
from forum.discussions.actions import writing
from forum.discussions.actions.writing import Written
from forum.discussions.models import Post, Topic
from forum.markup import SafeHTML
from forum.web.token_scopes import TokenScope

_numbers = itertools.count(1)
T = TypeVar("T", bound=Base)


def settled(thing: T) -> T:
    """The thing as it is now, whole and free of any session: tests may keep it across requests."""
    db.session.flush()
    found = db.session.get_one(type(thing), thing.id, populate_existing=True, options=_whole(type(thing)))  # type: ignore[attr-defined]
    parts = [found]
    if isinstance(found, Category):
        parts += [found.place, found.place.audience]  # type: ignore[list-item]
    for part in parts:
        if part in db.session:
            db.session.expunge(part)
    return found


def _whole(kind: type[Base]) -> list[Any]:
    return [joinedload(Category.place).joinedload(Place.audience)] if kind is Category else []


def make_user(username: str = "", *, standing: str = "member", **fields: Any) -> User:
    """An account: guest, member, grace (lapsed within grace), expired (lapsed after it)."""
    username = username or f"person{next(_numbers)}"
    now = clock.now()
    since, until = {
        "guest": (None, None),
        "member": (now - timedelta(days=400), now + timedelta(days=200)),
        "grace": (now - timedelta(days=400), now - timedelta(days=10)),
        "expired": (now - timedelta(days=800), now - timedelta(days=100)),
    }[standing]
    values: dict[str, Any] = {
        "username": username,
        "username_key": username.casefold(),
        "name": username.replace("_", " ").title(),
        "email": f"{username}@example.org",
        "email_key": f"{username}@example.org",
        "email_confirmed_at": now,
        "member_since": since,
        "member_until": until,
        "created_at": now,
    }
    with transaction():
        user = User(**{**values, **fields})
        db.session.add(user)
    return settled(user)


def grant(user: User, role: RoleName, place: Place | None = None) -> None:
    with transaction():
        db.session.add(
            RoleAssignment(
                user_id=user.id, role=role, place_id=place.id if place else None, granted_at=clock.now()
            )
        )
        db.session.get_one(User, user.id).rights_epoch += 1


def make_category(
    slug: str = "",
    *,
    read: str = "members",
    reply: str = "",
    start: str = "",
    parent: Category | None = None,
    **fields: Any,
) -> Category:
    slug = slug or f"category{next(_numbers)}"
    answers = reply or ("guests" if read == "public" else read)
    made = create_category(
        CategoryPlan(
            name=fields.pop("name", slug.replace("-", " ").capitalize()),
            slug=slug,
            read=AudienceKind(read),
            reply=AudienceKind(answers),
            start=AudienceKind(start or answers),
            parent_slug=parent.slug if parent else "",
            **fields,
        ),
        actor=None,
    )
    return settled(made)


def written(text: str) -> Written:
    return Written(body=text, html=SafeHTML(f"<p>{text}</p>"), renderer=0)


def choice(
    read: str, reply: str = "", *, opened: bool = False, group_id: int | None = None
) -> AudienceChoice:
    return AudienceChoice(AudienceKind(read), AudienceKind(reply or read), group_id, opened)


def make_topic(
    category: Category,
    author: User,
    title: str = "",
    *,
    body: str = "The first post.",
    audience: AudienceChoice | None = None,
    people: list[User] | None = None,
    at: datetime | None = None,
) -> Topic:
    topic = writing.start_topic(
        category.place,
        author=author,
        title=title or f"Topic {next(_numbers)}",
        written=written(body),
        choice=audience,
        people=people,
        at=at,
    )
    return settled(topic)


def make_post(
    topic: Topic, author: User, body: str = "", *, parent: Post | None = None, at: datetime | None = None
) -> Post:
    post = writing.reply(
        topic,
        author=author,
        written=written(body or f"Reply {next(_numbers)}."),
        parent_id=parent.id if parent else None,
        at=at,
    )
    return settled(post)


def make_token(user: User, *scopes: str, days: int = 30, name: str = "") -> str:
    """A personal token of somebody; answers its text."""
    made = make_personal_token(
        user,
        name=name or f"Token {next(_numbers)}",
        scopes=[TokenScope(scope) for scope in scopes],
        days=days,
    )
    return made.text
