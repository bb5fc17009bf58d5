"""Groups of tags: of which a topic may have one, or must have one in some places."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete, select

from forum.access.doors import authorize
from forum.access.permissions import Permission
from forum.access.viewer import viewer_of
from forum.accounts.models import User
from forum.audit.actions import AuditAction, record
from forum.core.db import db
from forum.core.errors import Invalid, NotFound
from forum.core.ids import new_id
from forum.core.transactions import transactional
from forum.core.upserts import insert_or_ignore
from forum.core.versions import bump_site
from forum.discussions.models.tags import TagGroup, TagGroupPlace
from forum.discussions.queries.tags import tag_key


@transactional
def keep_group(
    group_id: int | None, *, name: str, only_one: bool, place_ids: Sequence[int], actor: User | None
) -> TagGroup:
    """A new group of tags, or one that is changed; `place_ids` are the places where every topic needs one of them.

    `actor` is None for commands.
    """
    if actor is not None:
        authorize(Permission.MANAGE_TAGS, viewer_of(actor))
    key = tag_key(name)
    if db.session.scalar(select(TagGroup.id).where(TagGroup.name_key == key, TagGroup.id != (group_id or 0))):
        raise Invalid({"name": _("There is a group of this name.")})
    group = _locked(group_id) if group_id else TagGroup(id=new_id())
    if group is None:
        raise NotFound
    before = _told(group) if group_id else None
    group.name, group.name_key, group.only_one = name, key, only_one
    db.session.add(group)
    db.session.flush()
    db.session.execute(delete(TagGroupPlace).where(TagGroupPlace.group_id == group.id))
    insert_or_ignore(TagGroupPlace, [{"group_id": group.id, "place_id": place_id} for place_id in place_ids])
    after = _told(group)
    if before is None:
        _record(AuditAction.TAG_GROUP_CREATED, group, actor, after=after)
    elif before != after:
        _record(AuditAction.TAG_GROUP_CHANGED, group, actor, before=before, after=after)
    else:
        return group
    bump_site()
    return group


@transactional
def delete_group(group_id: int, *, actor: User) -> None:
    """Its tags stay, without a group."""
    authorize(Permission.MANAGE_TAGS, viewer_of(actor))
    group = _locked(group_id)
    if group is None:
        return
    _record(AuditAction.TAG_GROUP_DELETED, group, actor, before=_told(group))
    db.session.execute(delete(TagGroup).where(TagGroup.id == group.id))
    bump_site()


def _locked(group_id: int) -> TagGroup | None:
    found = select(TagGroup).where(TagGroup.id == group_id).with_for_update()
    return db.session.scalar(found.execution_options(populate_existing=True))


def _told(group: TagGroup) -> dict[str, Any]:
    """What the log keeps of a group."""
    places = select(TagGroupPlace.place_id).where(TagGroupPlace.group_id == group.id)
    return {
        "name": group.name,
        "only_one": group.only_one,
        "places": [str(i) for i in sorted(db.session.scalars(places))],
    }


def _record(action: AuditAction, group: TagGroup, actor: User | None, **detail: Any) -> None:
    record(
        action,
        subject_kind="tag_group",
        subject_id=group.id,
        actor_id=actor.id if actor else None,
        detail={"name": group.name, **detail},
    )
