"""What somebody wants to be told of, said by themselves or by the link in a mail."""

from collections.abc import Mapping

from sqlalchemy import select

from forum.accounts.models import User
from forum.core.db import db
from forum.core.transactions import transactional
from forum.core.upserts import insert_or_ignore
from forum.notifications.actions.watching import stop_mail
from forum.notifications.kinds import NotificationKind, WatchLevel
from forum.notifications.models import NotificationPreferences
from forum.notifications.queries.preferences import MAIL, USUAL, Channels, preferences_of
from forum.notifications.subjects import TOPICS
from forum.notifications.unsubscribing import Subscription


@transactional
def set_preferences(
    user: User,
    *,
    posting: WatchLevel,
    reading: WatchLevel,
    mail: bool,
    channels: Mapping[NotificationKind, Channels],
) -> None:
    """Say what one wants to be told of; what is not named in `channels` stays as it was."""
    row, before = _locked(user.id), preferences_of(user.id)
    row.posting, row.reading, row.mail = posting, reading, mail
    row.channels = {kind: sorted(channels.get(kind, before.channels[kind])) for kind in USUAL}


@transactional
def unsubscribe(subscription: Subscription, scope: str) -> bool:
    """Stop mail about the topic, of the kind, or all of it. False where there is no such account."""
    user = db.session.get(User, subscription.user_id)
    if user is None or user.is_placeholder:
        return False
    if scope == "topic" and subscription.topic_id is not None:
        topic_id = _topic_now(subscription.topic_id)
        if topic_id is not None:
            stop_mail(user, topic_id)
        return True
    row = _locked(user.id)
    if scope == "all":
        row.mail = False
    else:
        kind = subscription.kind
        row.channels = {
            **row.channels,
            str(kind): sorted(preferences_of(user.id).channels[kind] - {MAIL}),
        }
    return True


def _topic_now(topic_id: int | None) -> int | None:
    """The topic, or the one that it was merged into; None where it is gone, and nothing of it is mailed."""
    into = select(TOPICS.c.merged_into_id)
    while topic_id is not None:
        found = db.session.execute(into.where(TOPICS.c.id == topic_id)).first()
        if found is None or found.merged_into_id is None:
            return topic_id if found else None
        topic_id = found.merged_into_id
    return None


def _locked(user_id: int) -> NotificationPreferences:
    usual = {"posting": WatchLevel.TRACKING, "reading": WatchLevel.TRACKING, "mail": True, "channels": {}}
    insert_or_ignore(NotificationPreferences, [{"user_id": user_id, **usual}])
    return db.session.scalars(
        select(NotificationPreferences)
        .where(NotificationPreferences.user_id == user_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
