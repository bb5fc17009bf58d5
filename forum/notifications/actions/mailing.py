"""Handing over what is due to be mailed: once, whoever does it, and what belongs to one topic together."""

from datetime import timedelta

from sqlalchemy import delete, select, update

from forum.core import clock
from forum.core.db import db
from forum.core.transactions import publish, transaction
from forum.notifications.models import Notification
from forum.notifications.signals import MailDue

AT_ONCE = 100  # mails handed over in one transaction
KEPT = timedelta(days=180)


def hand_over_due() -> int:
    """Put what is due into the outbox, with all else of the same topic that waits. Answers how many mails that makes."""
    due = (
        select(Notification.user_id, Notification.topic_id)
        .where(Notification.mail_due_at <= clock.now())
        .distinct()
        .limit(AT_ONCE)
    )
    if not db.session.execute(due).first():
        return 0
    made = 0
    with transaction():
        for user_id, topic_id in db.session.execute(due).all():
            of_topic = (
                Notification.topic_id == topic_id if topic_id is not None else Notification.topic_id.is_(None)
            )
            taken = (
                update(Notification)
                .where(Notification.user_id == user_id, of_topic, Notification.mail_due_at.is_not(None))
                .values(mail_due_at=None)
                .returning(Notification.id)
                .execution_options(synchronize_session=False)
            )
            ids = sorted(db.session.scalars(taken))  # none where another process was first
            if ids:
                publish(MailDue(user_id, ids))
                made += 1
    return made


def forget_old() -> None:
    """What was told long ago is told no more."""
    with transaction():
        old = Notification.created_at < clock.now() - KEPT
        db.session.execute(delete(Notification).where(old).execution_options(synchronize_session=False))
