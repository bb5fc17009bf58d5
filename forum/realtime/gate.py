"""What a line may send, before anything of it is read as JSON: how much, how often, and of what shape at all.

Whoever sends what is no message of ours a few times, or goes on sending when told to wait, is cut off; without a traceback.
"""

import re
import time
from dataclasses import dataclass, field

BURST, PER_SECOND = 40.0, 4.0  # frames of one line
BURST_OF_PERSON, PER_SECOND_OF_PERSON = 80.0, 8.0  # events of all lines of one person, in one process
MOST_MALFORMED = 3
MOST_UNHEEDED = 60  # frames after one was told to wait

_NUMBERED_EVENT = re.compile(r"42([0-9]{1,15})\[")
# Engine.IO: close, probe, pong, upgraded, and messages. Socket.IO: connect, disconnect, event; on one namespace, without binary.
_PLAIN = frozenset({"1", "2probe", "3", "5", "40", "41"})
_MESSAGES = ("40{", "42[")


@dataclass(slots=True)
class Bucket:
    """So many at once, so many a second in the long run."""

    most: float
    per_second: float
    left: float = field(init=False)
    at: float = field(default_factory=lambda: time.monotonic())

    def __post_init__(self) -> None:
        self.left = self.most

    def take(self) -> bool:
        now = time.monotonic()
        self.left = min(self.most, self.left + (now - self.at) * self.per_second)
        self.at = now
        if self.left < 1:
            return False
        self.left -= 1
        return True

    @property
    def wait(self) -> int:
        """Seconds until there is one again."""
        return max(1, int((1 - self.left) / self.per_second) + 1)


@dataclass(slots=True)
class Gate:
    """Of one line. `verdict` says "" (let it in), "malformed" or "too often"; `is_enough` whether it is to be cut."""

    is_limited: bool = True
    bucket: Bucket = field(default_factory=lambda: Bucket(BURST, PER_SECOND))
    malformed: int = 0
    unheeded: int = 0
    ping_at: float | None = None  # when the next ping is due; None while an answer is awaited
    silent_since: float | None = field(
        default_factory=time.monotonic
    )  # None once they have said who they are

    def verdict(self, frame: str | bytes) -> str:
        if self.is_limited and not self.bucket.take():
            self.unheeded += 1
            return "too often"
        if is_shaped(frame):
            return ""
        self.malformed += 1
        return "malformed"

    @property
    def is_enough(self) -> bool:
        return self.malformed >= MOST_MALFORMED or self.unheeded >= MOST_UNHEEDED


def is_shaped(frame: str | bytes) -> bool:
    """Whether a frame can be one of ours at all, by its first characters."""
    if not isinstance(frame, str):
        return False
    return frame in _PLAIN or frame.startswith(_MESSAGES) or _NUMBERED_EVENT.match(frame) is not None


def number_of(frame: str | bytes) -> str | None:
    """The number under which an event wants its acknowledgement."""
    found = _NUMBERED_EVENT.match(frame) if isinstance(frame, str) else None
    return found[1] if found else None
