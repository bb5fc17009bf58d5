"""What moderation announces."""

from dataclasses import dataclass

from forum.core.signals import Signal


@dataclass(frozen=True, slots=True)
class ReviewOpened(Signal):
    """A post was reported, of which no report was waiting."""

    review_id: int


@dataclass(frozen=True, slots=True)
class FlagsJudged(Signal):
    """The reports of a post were judged together."""

    review_id: int


@dataclass(frozen=True, slots=True)
class MessageFlagged(Signal):
    """A private message was reported."""

    flag_id: int


@dataclass(frozen=True, slots=True)
class MessageFlagJudged(Signal):
    flag_id: int
