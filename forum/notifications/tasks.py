"""What notifications need done from time to time."""

from forum.jobs.schedules import every
from forum.notifications.actions import mailing


@every(15)
def hand_over_mail() -> None:
    while mailing.hand_over_due() == mailing.AT_ONCE:
        pass


@every(3600)
def forget_old_notifications() -> None:
    mailing.forget_old()
