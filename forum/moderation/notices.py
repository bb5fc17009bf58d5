"""What was reported is told to those who look after the place, what was judged to those who reported."""

from forum.accounts.signals import RoleGranted
from forum.core.signals import listens_to
from forum.moderation.queries.flags import found_by, verdict_of, waiting_for
from forum.moderation.queries.message_flags import judges_of, judgment_of
from forum.moderation.signals import FlagsJudged, MessageFlagged, MessageFlagJudged, ReviewOpened
from forum.notifications.actions import notify
from forum.notifications.models import NotificationKind


@listens_to(ReviewOpened, later=True)
def tell_moderators(signal: ReviewOpened) -> None:
    """Of the place, or where it has none, of the site; neither the author nor whoever reported it."""
    waiting = waiting_for(signal.review_id)
    if waiting is not None:
        notify(
            waiting.moderator_ids,
            NotificationKind.FLAGGED,
            key=f"waiting:{signal.review_id}",
            post_id=waiting.post_id,
            detail={"act": "waiting", "href": f"/moderation/queue/{signal.review_id}"},
        )


@listens_to(RoleGranted, later=True)
def tell_the_newly_named(signal: RoleGranted) -> None:
    """Whoever is named to look after a place hears once of all that waited there before."""
    found = found_by(signal.user_id, signal.role, signal.place_id)
    if found is not None and found.count:
        notify(
            [signal.user_id],
            NotificationKind.FLAGGED,
            key=f"named:{found.role_id}",
            detail={"act": "named", "count": found.count, "href": "/moderation"},
        )


@listens_to(FlagsJudged, later=True)
def tell_reporters(signal: FlagsJudged) -> None:
    """Of the outcome, whatever is left to be read of what they reported; not by whom it was judged."""
    outcome, answer, reporter_ids = verdict_of(signal.review_id)
    notify(
        reporter_ids,
        NotificationKind.FLAGGED,
        key=f"review:{signal.review_id}",
        detail={"verdict": outcome, "reason": answer, "href": "/flags"},
    )


@listens_to(MessageFlagged, later=True)
def tell_overseers(signal: MessageFlagged) -> None:
    """Those of the whole site, but for whom it concerns."""
    receivers = judges_of(signal.flag_id)
    href = f"/moderation/messages/{signal.flag_id}"
    detail = {"act": "message", "href": href}
    notify(receivers, NotificationKind.FLAGGED, key=f"message-flag:{signal.flag_id}", detail=detail)


@listens_to(MessageFlagJudged, later=True)
def tell_reporter_of_message(signal: MessageFlagJudged) -> None:
    """What came of it, and what there is to say to that; not by whom."""
    reporter_id, outcome, answer = judgment_of(signal.flag_id)
    detail = {"verdict": outcome, "reason": answer, "href": "/flags/messages"}
    notify([reporter_id], NotificationKind.FLAGGED, key=f"message-judged:{signal.flag_id}", detail=detail)
