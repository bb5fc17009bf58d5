"""From whom somebody takes messages, what they tell of themselves, and whom they block. Only they themselves learn of it."""

from flask_babel import gettext as _
from sqlalchemy import delete, func, select

from forum.access.doors import authorize
from forum.access.permissions import Permission
from forum.access.viewer import viewer_of
from forum.accounts.models import User
from forum.core import clock
from forum.core.db import db
from forum.core.errors import Invalid
from forum.core.transactions import publish, transactional
from forum.core.upserts import insert_or_ignore
from forum.messaging.kinds import TakesFrom
from forum.messaging.models import MessageBlock, MessagingPreferences
from forum.messaging.queries.quiet import blocks, knows_presence
from forum.messaging.signals import BlockChanged, VisibilityChanged

MOST = 500


@transactional
def set_preferences(
    user: User,
    *,
    takes_from: TakesFrom | None = None,
    receipts: bool | None = None,
    invisible: bool | None = None,
) -> None:
    """What is None stays as it is."""
    usual = {"takes_from": TakesFrom.EVERYONE, "receipts": True, "invisible": False}
    insert_or_ignore(MessagingPreferences, [{"user_id": user.id, **usual}])
    row = db.session.get_one(MessagingPreferences, user.id, with_for_update=True, populate_existing=True)
    if takes_from is not None:
        row.takes_from = takes_from
    if receipts is not None:
        row.receipts = receipts
    if invisible is not None and invisible != row.invisible:
        row.invisible = invisible
        publish(VisibilityChanged(user.id, invisible))


@transactional
def block(person: User, *, actor: User) -> None:
    """Nothing that this person says from now on reaches the actor. Doing so again changes nothing."""
    authorize(Permission.BLOCK, viewer_of(actor), person)
    count = db.session.scalar(select(func.count()).where(MessageBlock.user_id == actor.id)) or 0
    if count >= MOST:
        raise Invalid({"": _("You block %(most)s people. Stop blocking some first.", most=MOST)})
    if blocks(actor.id, person.id):
        return
    known = [one for one, other in ((actor, person), (person, actor)) if knows_presence(one.id, other.id)]
    row = {"user_id": actor.id, "blocked_id": person.id, "created_at": clock.now()}
    insert_or_ignore(MessageBlock, [row])
    publish(BlockChanged(actor.id, person.id, True, tuple(one.id for one in known)))


@transactional
def stop_blocking(person_id: int, *, actor: User) -> None:
    """What they say from now on arrives again; what they said meanwhile does not."""
    mine = MessageBlock.user_id == actor.id, MessageBlock.blocked_id == person_id
    gone = db.session.execute(delete(MessageBlock).where(*mine).returning(MessageBlock.blocked_id)).all()
    if gone:
        publish(BlockChanged(actor.id, person_id, False))
