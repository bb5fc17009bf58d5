"""What somebody wants to be told of, and how; the usual where they have not said."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from sqlalchemy import select

from forum.core.db import db
from forum.notifications.models import MailStop, NotificationKind, NotificationPreferences, WatchLevel

APP, MAIL = "app", "mail"
Channels = frozenset[str]

_BOTH, _APP = frozenset({APP, MAIL}), frozenset({APP})
USUAL: Mapping[NotificationKind, Channels] = {
    NotificationKind.MENTION: _BOTH,
    NotificationKind.QUOTE: _BOTH,
    NotificationKind.REPLY: _BOTH,
    NotificationKind.WATCHED: _BOTH,
    NotificationKind.FIRST_POST: _BOTH,
    NotificationKind.ACCEPTED: _BOTH,
    NotificationKind.MODERATED: _BOTH,
    NotificationKind.REMINDER: _BOTH,
    NotificationKind.POLL: _APP,
    NotificationKind.FLAGGED: _APP,
    NotificationKind.MESSAGE: frozenset({MAIL}),
}


@dataclass(frozen=True, slots=True)
class Preferences:
    posting: WatchLevel = WatchLevel.TRACKING
    reading: WatchLevel = WatchLevel.TRACKING
    mail: bool = True
    channels: Mapping[NotificationKind, Channels] = field(default_factory=lambda: USUAL)

    def allows(self, kind: NotificationKind, channel: str) -> bool:
        return channel in self.channels[kind] and (channel != MAIL or self.mail)


THE_USUAL = Preferences()


def preferences_of(user_id: int) -> Preferences:
    return preferences_of_all([user_id]).get(user_id, THE_USUAL)


def preferences_of_all(user_ids: Collection[int]) -> dict[int, Preferences]:
    """Of those who have any of their own; one statement."""
    if not user_ids:
        return {}
    rows = db.session.scalars(
        select(NotificationPreferences)
        .where(NotificationPreferences.user_id.in_(sorted(user_ids)))
        .execution_options(populate_existing=True)
    )
    return {row.user_id: _read(row) for row in rows}


def without_mail(user_ids: Collection[int], topic_id: int | None) -> set[int]:
    """Who of these wants no mail about the topic."""
    if topic_id is None or not user_ids:
        return set()
    stopped = select(MailStop.user_id).where(
        MailStop.topic_id == topic_id, MailStop.user_id.in_(sorted(user_ids))
    )
    return set(db.session.scalars(stopped))


def _read(row: NotificationPreferences) -> Preferences:
    chosen = {kind: frozenset(row.channels.get(kind, usual)) for kind, usual in USUAL.items()}
    return Preferences(row.posting, row.reading, row.mail, chosen)
