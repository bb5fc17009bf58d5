"""What conversations need done from time to time."""

from forum.jobs.schedules import every
from forum.messaging.actions import telling


@every(30)
def tell_of_waiting_messages() -> None:
    while telling.hand_over_due() == telling.AT_ONCE:
        pass
