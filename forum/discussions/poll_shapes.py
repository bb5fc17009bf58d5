"""Polls as programs get them."""

from forum.discussions import schemas
from forum.discussions.polls import PollView


def poll_shape(view: PollView) -> schemas.Poll:
    """What of a poll the viewer may see: results as soon as they are shown."""
    poll = view.poll
    votes = [line.votes for line in view.lines] if view.is_shown else [None] * len(poll.options)
    rounds = None
    if view.runoff is not None:
        rounds = [
            [each.votes.get(option) for option in range(len(poll.options))] for each in view.runoff.rounds
        ]
    return schemas.Poll(
        question=poll.question,
        options=[schemas.PollOption(text=text, votes=n) for text, n in zip(poll.options, votes, strict=True)],
        kind=str(poll.kind),
        least=poll.least,
        most=poll.most,
        closes_at=poll.closes_at,
        closed=view.is_closed,
        results=str(poll.results),
        open=poll.is_open,
        final=poll.is_final,
        ballot_count=poll.ballot_count,
        mine=list(view.mine) if view.has_voted else None,
        rounds=rounds,
        winners=[i for i, line in enumerate(view.lines) if line.wins] if view.is_shown else None,
        may_vote=view.takes_votes,
    )
