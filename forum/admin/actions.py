"""What staff change that belongs to no other slice."""

from typing import Any

from forum.access.doors import authorize
from forum.access.permissions import Permission
from forum.access.viewer import viewer_of
from forum.accounts.models import User
from forum.audit.actions import AuditAction, record
from forum.core import settings
from forum.core.db import db
from forum.core.transactions import transactional


@transactional
def change_settings(values: dict[str, Any], *, actor: User) -> list[str]:
    """Change the society's settings; the names of those that are other now. They hold with the next request of anybody."""
    authorize(Permission.MANAGE_SETTINGS, viewer_of(db.session.get_one(User, actor.id)))
    changed = settings.change(values, actor_id=actor.id)
    if changed:
        record(
            AuditAction.SETTINGS_CHANGED,
            subject_kind="settings",
            subject_id=0,
            actor_id=actor.id,
            detail={"changed": {name: [old, new] for name, (old, new) in changed.items()}},
        )
    return sorted(changed)
