"""Telling people what concerns them in discussions."""

from forum.core.signals import listens_to
from forum.discussions.signals import Moderated
from forum.notifications.actions import notify
from forum.notifications.models import NotificationKind


@listens_to(Moderated, later=True)
def tell_whose_it_is(signal: Moderated) -> None:
    """What a moderator did to what is theirs, and why."""
    notify(
        signal.owner_ids,
        NotificationKind.MODERATED,
        key=f"moderated:{signal.entry_id}",
        actor_id=signal.actor_id,
        topic_id=signal.topic_id,
        post_id=signal.post_id,
        detail={"act": signal.act, "reason": signal.reason},
    )
