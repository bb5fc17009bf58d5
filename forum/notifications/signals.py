"""What notifications announce."""

from dataclasses import dataclass

from forum.core.signals import Signal


@dataclass(frozen=True, slots=True)
class MailDue(Signal):
    """These notifications of a person, about one topic, have waited long enough to be mailed."""

    user_id: int
    notification_ids: list[int]
