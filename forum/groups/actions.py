"""Making groups, and who is in them."""

from collections.abc import Iterable

from flask_babel import gettext as _
from sqlalchemy import delete, select, update

from forum.access.models import Audience, Place, ScopePerson
from forum.access.places import refresh_gates, scope_for
from forum.accounts.models import User
from forum.audit.actions import AuditAction, record
from forum.core import clock
from forum.core.db import db
from forum.core.errors import Invalid
from forum.core.slugs import is_slug, slugify
from forum.core.transactions import transactional
from forum.core.upserts import insert_or_ignore
from forum.core.versions import bump_site
from forum.groups.models import Group, GroupKind, Membership


@transactional
def create_group(slug: str, *, name: str, kind: GroupKind, actor: User | None = None) -> Group:
    """A new group. Raises Invalid where the slug is taken."""
    if not is_slug(slug):
        raise Invalid(
            {"slug": _("Lower-case letters, digits and hyphens, for instance %(slug)s.", slug=slugify(slug))}
        )
    if db.session.scalar(select(Group.id).where(Group.slug == slug)):
        raise Invalid({"slug": _("There is a group %(slug)s already.", slug=slug)})
    group = Group(slug=slug, name=name, kind=kind, created_at=clock.now())
    db.session.add(group)
    db.session.flush()
    scope_for("group", group.id)
    bump_site()
    _record(AuditAction.GROUP_CREATED, group, actor, name=name, kind=str(kind))
    return group


@transactional
def change_kind(group: Group, kind: GroupKind) -> None:
    """Open, close or hide a group: what oversees its audiences changes with it."""
    group = db.session.get_one(Group, group.id)
    group.kind = kind
    db.session.flush()
    concerned = select(Place).where(
        (Place.group_id == group.id)
        | Place.id.in_(select(Audience.place_id).where(Audience.group_id == group.id))
    )
    for place in db.session.scalars(concerned):
        refresh_gates(place)


@transactional
def add_people(group: Group, people: Iterable[User], *, actor: User | None = None) -> int:
    """Put people into a group; those who are in it stay. Answers how many are new. Bites on their next request."""
    ids = {person.id: person for person in people}
    there = set(db.session.scalars(select(Membership.user_id).where(Membership.group_id == group.id)))
    fresh = sorted(ids.keys() - there)
    now, scope_id = clock.now(), scope_for("group", group.id)
    insert_or_ignore(Membership, [{"group_id": group.id, "user_id": i, "joined_at": now} for i in fresh])
    insert_or_ignore(ScopePerson, [{"scope_id": scope_id, "user_id": i} for i in fresh])
    _bump_rights(fresh)
    for user_id in fresh:
        _record(AuditAction.GROUP_JOINED, group, actor, username=ids[user_id].username)
    return len(fresh)


@transactional
def remove_people(group: Group, people: Iterable[User], *, actor: User | None = None) -> int:
    """Take people out of a group. Answers how many were in it."""
    ids = {person.id: person for person in people}
    there = set(db.session.scalars(select(Membership.user_id).where(Membership.group_id == group.id)))
    gone = sorted(ids.keys() & there)
    scope_id = scope_for("group", group.id)
    db.session.execute(
        delete(Membership).where(Membership.group_id == group.id, Membership.user_id.in_(gone))
    )
    db.session.execute(
        delete(ScopePerson).where(ScopePerson.scope_id == scope_id, ScopePerson.user_id.in_(gone))
    )
    _bump_rights(gone)
    for user_id in gone:
        _record(AuditAction.GROUP_LEFT, group, actor, username=ids[user_id].username)
    return len(gone)


def _bump_rights(user_ids: list[int]) -> None:
    if user_ids:
        db.session.execute(
            update(User).where(User.id.in_(user_ids)).values(rights_epoch=User.rights_epoch + 1)
        )


def _record(action: AuditAction, group: Group, actor: User | None, **detail: str) -> None:
    record(
        action,
        subject_kind="group",
        subject_id=group.id,
        actor_id=actor.id if actor else None,
        detail=detail,
    )
