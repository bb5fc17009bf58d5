"""Handing over what is due to be told by mail: messages that have waited unread for a while, each person's together, once."""

from datetime import timedelta

from sqlalchemy import func, update

from forum.core import clock, settings
from forum.core.db import db
from forum.core.transactions import publish, transaction
from forum.messaging.models import Participant
from forum.messaging.signals import MessagesDue
from forum.notifications.private import MESSAGES, PARTS, unread_rows

AT_ONCE = 100  # people
MOST = 50  # conversations of one of them


def hand_over_due() -> int:
    """Put what is due into the outbox, with all else that waits for the same person. Answers for how many people."""
    latest = clock.now() - timedelta(minutes=settings.current().mail_delay_minutes)
    fresh = MESSAGES.c.seq > PARTS.c.mailed_seq, PARTS.c.muted.is_(False)
    due = (
        unread_rows(PARTS.c.user_id, of=PARTS.c.user_id)
        .where(*fresh, MESSAGES.c.created_at <= latest)
        .distinct()
        .limit(AT_ONCE)
    )
    if not db.session.execute(due).first():
        return 0
    with transaction():
        people = db.session.scalars(due).all()
        waits = (
            unread_rows(
                PARTS.c.user_id, PARTS.c.conversation_id, func.max(MESSAGES.c.seq), of=PARTS.c.user_id
            )
            .where(*fresh, PARTS.c.user_id.in_(people))
            .group_by(PARTS.c.user_id, PARTS.c.conversation_id)
        )
        found: dict[int, list[tuple[int, int]]] = {}
        for user_id, conversation_id, newest in db.session.execute(waits.order_by(PARTS.c.conversation_id)):
            taken = (
                update(Participant)
                .where(
                    Participant.user_id == user_id,
                    Participant.conversation_id == conversation_id,
                    Participant.mailed_seq < newest,
                )
                .values(mailed_seq=newest)
                .returning(Participant.user_id)
                .execution_options(synchronize_session=False)
            )
            if db.session.execute(taken).first():  # else another process was first
                found.setdefault(user_id, []).append((conversation_id, newest))
        for user_id, several in found.items():
            publish(MessagesDue(user_id, tuple(several[:MOST])))
    return len(people)
