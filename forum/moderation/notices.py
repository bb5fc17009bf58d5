"""What was judged is told to those who reported."""

from forum.core.signals import listens_to
from forum.moderation.queries.flags import verdict_of
from forum.moderation.signals import FlagsJudged
from forum.notifications.actions import notify
from forum.notifications.models import NotificationKind


@listens_to(FlagsJudged, later=True)
def tell_reporters(signal: FlagsJudged) -> None:
    """Of the outcome, whatever is left to be read of what they reported; not by whom it was judged."""
    outcome, reporter_ids = verdict_of(signal.review_id)
    notify(
        reporter_ids,
        NotificationKind.FLAGGED,
        key=f"review:{signal.review_id}",
        detail={"verdict": outcome},
    )
