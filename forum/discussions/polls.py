"""What votes come to: counted, or for ranked ones by instant runoff."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from forum.access.verdicts import Verdict
from forum.discussions.models.polls import Poll, PollKind


@dataclass(frozen=True, slots=True)
class Round:
    """One round of a runoff: votes by option, of those that were still in; which went out; votes that name none of them."""

    votes: Mapping[int, int]
    out: Sequence[int]
    spent: int


@dataclass(frozen=True, slots=True)
class Runoff:
    rounds: Sequence[Round]
    winners: Sequence[int]  # more than one where they are even at the end; none where nobody voted


@dataclass(frozen=True, slots=True)
class Line:
    """One option with its votes: of a ranked poll those of the first round."""

    text: str
    votes: int
    percent: int
    chosen: bool
    wins: bool


@dataclass(frozen=True, slots=True)
class PollView:
    """A poll as one viewer may see it. `lines` and `runoff` are empty and None as long as its results are not shown."""

    poll: Poll
    mine: Sequence[int]
    has_voted: bool
    is_closed: bool
    may_vote: Verdict
    may_close: bool
    may_read_ballots: bool
    is_shown: bool
    lines: Sequence[Line] = ()
    runoff: Runoff | None = None

    @property
    def takes_votes(self) -> bool:
        return bool(self.may_vote) and not self.is_closed and not (self.has_voted and self.poll.is_final)


def choices_of(vote: str) -> list[int]:
    return [int(part) for part in vote.split()]


def votes_by_option(poll: Poll) -> list[int]:
    """How many chose each option; in a ranked poll, how many put it first."""
    counts = [0] * len(poll.options)
    for vote, n in poll.tally.items():
        chosen = choices_of(vote)
        for option in chosen[:1] if poll.kind is PollKind.RANKED else chosen:
            counts[option] += n
    return counts


def runoff(tally: Mapping[str, int], options: int) -> Runoff:
    """Instant runoff: in each round a vote counts for the highest of its options that is still in; whoever has over half of
    these wins; else what has fewest goes out, and what has none goes out with it.

    Of several with fewest that goes which had fewer in the round before, and so on back; then what stands last in the list.
    """
    ballots = [(choices_of(vote), n) for vote, n in tally.items()]
    left = list(range(options))
    rounds: list[Round] = []
    while True:
        votes, spent = dict.fromkeys(left, 0), 0
        for chosen, n in ballots:
            first = next((option for option in chosen if option in votes), None)
            if first is None:
                spent += n
            else:
                votes[first] += n
        most, total = max(votes.values()), sum(votes.values())
        leading = [option for option in left if votes[option] == most]
        if not total or most * 2 > total or len(leading) == len(left):
            return Runoff([*rounds, Round(votes, (), spent)], leading if total else [])
        out = [option for option in left if not votes[option]] or [_last(rounds, votes)]
        rounds.append(Round(votes, out, spent))
        left = [option for option in left if option not in out]


def _last(rounds: Sequence[Round], votes: Mapping[int, int]) -> int:
    """Of the options still in, the one that goes out."""
    lowest = [option for option, n in votes.items() if n == min(votes.values())]
    for earlier in reversed(rounds):
        fewest = min(earlier.votes[option] for option in lowest)
        lowest = [option for option in lowest if earlier.votes[option] == fewest]
    return max(lowest)


def lines_of(poll: Poll, mine: Sequence[int], counted: Runoff | None) -> list[Line]:
    votes = votes_by_option(poll)
    most = max(votes, default=0)
    winners = counted.winners if counted else [i for i, n in enumerate(votes) if n == most and n]
    whole = poll.ballot_count or 1
    return [
        Line(text, votes[i], round(100 * votes[i] / whole), i in mine, i in winners)
        for i, text in enumerate(poll.options)
    ]
