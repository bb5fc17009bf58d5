"""How somebody keeps a conversation for themselves: muted, archived, pinned, and what they have not sent yet."""

from flask_babel import gettext as _

from forum.access.permissions import Permission
from forum.accounts.models import User
from forum.core import clock
from forum.core.errors import Conflict
from forum.core.transactions import publish, transactional
from forum.messaging.actions.loading import here_to_change
from forum.messaging.signals import ParticipationChanged


@transactional
def keep_conversation(
    conversation_id: int,
    *,
    actor: User,
    muted: bool | None = None,
    archived: bool | None = None,
    pinned: bool | None = None,
) -> None:
    """Nobody else learns of it. What is None stays as it is."""
    here = here_to_change(conversation_id, Permission.READ_CONVERSATION, actor)
    before, now = (here.muted, here.archived_at, here.pinned_at), clock.now()
    if muted is not None:
        here.muted = muted
    if archived is not None:
        here.archived_at = (here.archived_at or now) if archived else None
    if pinned is not None:
        here.pinned_at = (here.pinned_at or now) if pinned else None
    if before != (here.muted, here.archived_at, here.pinned_at):
        here.changed_at = now
        publish(ParticipationChanged(actor.id, conversation_id))


@transactional
def keep_draft(conversation_id: int, *, actor: User, body: str, version: int | None = None) -> int:
    """Keep what is being written; answers its new version. Conflict where another device has gone on since `version`."""
    here = here_to_change(conversation_id, Permission.READ_CONVERSATION, actor)
    if version is not None and version != here.draft_version:
        raise Conflict(_("You went on with this on another device."))
    if body != here.draft:
        here.draft = body
        here.draft_version += 1
    return here.draft_version
