"""What discussions announce."""

from dataclasses import dataclass

from forum.core.signals import Signal


@dataclass(frozen=True, slots=True)
class TopicStarted(Signal):
    topic_id: int
    place_id: int
    author_id: int


@dataclass(frozen=True, slots=True)
class PostCreated(Signal):
    post_id: int
    topic_id: int
    number: int
    author_id: int
    parent_id: int | None


@dataclass(frozen=True, slots=True)
class PostChanged(Signal):
    """Edited, hidden, deleted or restored."""

    post_id: int
    topic_id: int
    number: int
    actor_id: int


@dataclass(frozen=True, slots=True)
class TopicChanged(Signal):
    """Renamed, hidden, deleted, restored, or given another audience."""

    topic_id: int
    actor_id: int


@dataclass(frozen=True, slots=True)
class PostReacted(Signal):
    """Somebody reacted to it, or took that back."""

    post_id: int
    topic_id: int
    number: int


@dataclass(frozen=True, slots=True)
class AnswerAccepted(Signal):
    topic_id: int
    post_id: int
    actor_id: int


@dataclass(frozen=True, slots=True)
class PollClosed(Signal):
    """By hand, or because its time has passed: then nobody did it."""

    post_id: int
    closed_by_id: int | None


@dataclass(frozen=True, slots=True)
class TopicLocked(Signal):
    topic_id: int
    actor_id: int
    reason: str


@dataclass(frozen=True, slots=True)
class TopicUnlocked(Signal):
    topic_id: int
    actor_id: int
    reason: str


@dataclass(frozen=True, slots=True)
class Moderated(Signal):
    """A moderator did something to what is somebody else's: `act` as the log has it, without its kind ("hidden").
    `audience_before` is whose it was, where it may be for other people now; `reported`: it was decided on a report."""

    entry_id: int
    act: str
    topic_id: int
    post_id: int | None
    owner_ids: list[int]
    actor_id: int
    reason: str
    audience_before: int | None = None
    reported: bool = False
