"""How far somebody has read: the pointer only grows."""

from sqlalchemy import func

from forum.access.permissions import Permission
from forum.accounts.models import User
from forum.core import clock
from forum.core.db import db
from forum.core.transactions import publish, transactional
from forum.messaging.actions.loading import here_to_change
from forum.messaging.models import Message
from forum.messaging.queries.messages import visible_in
from forum.messaging.signals import MessagesRead


@transactional
def mark_read(conversation_id: int, *, seq: int, actor: User) -> None:
    """All up to this number has been read, of what is there to be read. A lower number than before changes nothing."""
    here = here_to_change(conversation_id, Permission.READ_CONVERSATION, actor)
    if seq <= here.read_seq:
        return
    there = visible_in(here).with_only_columns(func.max(Message.seq)).where(Message.seq <= seq).order_by(None)
    newest = db.session.scalar(there)
    if newest is not None and here.read(newest, clock.now()):
        publish(MessagesRead(conversation_id, actor.id, newest))
