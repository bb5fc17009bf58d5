"""What notifications announce."""

from dataclasses import dataclass

from forum.core.signals import Signal


@dataclass(frozen=True, slots=True)
class MailDue(Signal):
    """These notifications of a person, about one topic, have waited long enough to be mailed."""

    user_id: int
    notification_ids: list[int]


@dataclass(frozen=True, slots=True)
class PeopleNotified(Signal):
    """These people have something new under the bell: of each the notification."""

    notification_ids: dict[int, int]


@dataclass(frozen=True, slots=True)
class NotificationsSeen(Signal):
    """Fewer are new under the bell of this person than a moment ago."""

    user_id: int
