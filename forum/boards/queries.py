"""Categories as a viewer may see them. All of them are few: kept in process under the site's version."""

import threading
from collections.abc import Hashable, Sequence

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from forum.access.audience import may_read
from forum.access.models import Place, RoleAssignment, RoleName
from forum.access.viewer import Viewer
from forum.accounts.models import User
from forum.boards.models import Category, TopicTemplate
from forum.core.db import db, which_database
from forum.core.errors import Malformed
from forum.core.pages import Page, cut, decode_cursor, encode_cursor
from forum.core.transactions import current_transaction
from forum.core.versions import SITE, Version, note_site_version, site_version

_guard = threading.Lock()
_moderators: dict[tuple[str, int], tuple[int, list[User]]] = {}  # by place: as many as there are categories
_kept: tuple[str, int, list[Category]] | None = None


def all_categories() -> list[Category]:
    """Every category with place, audience and parent, in order. Not to be changed: they belong to no session."""
    global _kept
    version, where = site_version(), which_database()
    kept = _kept
    if kept and kept[:2] == (where, version):
        return kept[2]
    loaded = _load_all()
    by_id = {category.id: category for category in loaded}
    for category in loaded:
        category.__dict__["parent"] = by_id.get(category.parent_id or 0)
    ordered = sorted(loaded, key=lambda c: _key(c, by_id))
    if current_transaction() is None:  # what is not committed may never be, and its version will be another's
        with _guard:
            _kept = (where, version, ordered)
    return ordered


def _load_all() -> Sequence[Category]:
    """In a session beside the request's, over its connection: what is kept must not take its rows away from it."""
    db.session.flush()
    with Session(db.session.connection(), join_transaction_mode="rollback_only") as aside:
        loaded = aside.scalars(
            select(Category).options(joinedload(Category.place).joinedload(Place.audience))
        ).all()
        aside.expunge_all()
    return loaded


def forget() -> None:
    """Drop what is kept; for tests that put another database in place of this one."""
    global _kept
    with _guard:
        _kept = None
        _moderators.clear()


def categories_for(viewer: Viewer) -> list[Category]:
    """The categories the viewer may read, children after their parents."""
    return [
        c for c in all_categories() if c.place.audience is not None and may_read(viewer, c.place.audience)
    ]


def page_of(categories: Sequence[Category], *, after: str | None, limit: int) -> Page[Category]:
    """Some of these at a time; the cursor is the last one of the page before."""
    start = 0
    if after:
        last = decode_cursor(after, [int])[0]
        ids = [category.id for category in categories]
        if last not in ids:
            raise Malformed(_("That page address is damaged. Start again from the first page."))
        start = ids.index(last) + 1
    shown, more = cut(categories[start : start + limit + 1], limit)
    return Page(shown, encode_cursor([shown[-1].id]) if more else None)


def find_category(viewer: Viewer, slug: str) -> Category | None:
    return next((c for c in categories_for(viewer) if c.slug == slug), None)


def category_of_place(place_id: int) -> Category | None:
    """The category that is this place: its name stands beside every topic of it that may be read."""
    return next((c for c in all_categories() if c.place_id == place_id), None)


def children_of(category: Category, among: Sequence[Category]) -> list[Category]:
    return [c for c in among if c.parent_id == category.id]


def templates_of(category: Category) -> list[TopicTemplate]:
    """What a new topic here may begin with. The caller has asked whether somebody may start one, or arranges places."""
    found = select(TopicTemplate).where(TopicTemplate.category_id == category.id)
    return list(db.session.scalars(found.order_by(TopicTemplate.name, TopicTemplate.id)))


def moderators_of(category: Category) -> list[User]:
    """Who looks after a category, by name; kept under the site's version, which grows with roles and names."""
    key = (which_database(), category.place_id)
    kept = _moderators.get(key)
    if kept is not None and kept[0] == site_version():
        return kept[1]
    found = _load_moderators(category)
    for person in found:
        db.session.expunge(person)
    if current_transaction() is None:
        _moderators[key] = (site_version(), found)
    return found


def _load_moderators(category: Category) -> list[User]:
    ids = [category.place_id] + ([category.parent.place_id] if category.parent else [])
    return list(
        db.session.scalars(
            select(User)
            .join(RoleAssignment, RoleAssignment.user_id == User.id)
            .where(RoleAssignment.role == RoleName.MODERATOR, RoleAssignment.place_id.in_(ids))
            .order_by(User.name, User.id)
        ).unique()
    )


def _key(category: Category, by_id: dict[int, Category]) -> tuple[int | str, ...]:
    parent = by_id.get(category.parent_id or 0)
    if parent is None:
        return (category.position, category.name, category.id, 0, "", 0)
    return (parent.position, parent.name, parent.id, 1 + category.position, category.name, category.id)


def stamp_of_category(slug: str) -> Hashable | None:
    """The versions a category's page for visitors is made from: the site's and the place's; one statement."""
    site = select(Version.value).where(Version.name == SITE).scalar_subquery()
    row = db.session.execute(
        select(site, Place.version).join(Category, Category.place_id == Place.id).where(Category.slug == slug)
    ).first()
    if row is None:
        return None
    note_site_version(row[0] or 0)
    return tuple(row)
