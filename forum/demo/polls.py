"""The polls of the demo."""

from datetime import datetime, timedelta

from forum.demo import plan
from forum.discussions.actions.polling import PollPlan
from forum.discussions.models.polls import PollKind, PollResults


def poll_of(poll: plan.Poll, now: datetime) -> PollPlan:
    kind = PollKind(poll.kind)
    return PollPlan(
        poll.question,
        tuple(poll.options),
        kind,
        most=1 if kind is PollKind.SINGLE else len(poll.options),
        closes_at=now + timedelta(days=poll.days) if poll.days else None,
        results=PollResults(poll.results),
        is_open=poll.open,
    )
