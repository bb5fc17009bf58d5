"""Paths: where a post stands in its thread, as bytes that sort the way the thread reads."""

from forum.discussions.models import DEEPEST, NUMBER_BYTES


def path_of(parent: bytes | None, number: int) -> bytes:
    """The parent's path and the number. Below the deepest level replies stand side by side, in time order."""
    own = number.to_bytes(NUMBER_BYTES, "big")
    if not parent:
        return own
    return parent[: (DEEPEST - 1) * NUMBER_BYTES] + own


def ancestors_of(path: bytes) -> list[bytes]:
    """The paths above this one, outermost first."""
    return [path[:n] for n in range(NUMBER_BYTES, len(path), NUMBER_BYTES)]


def number_of(path: bytes) -> int:
    """The number that a path ends with."""
    return int.from_bytes(path[-NUMBER_BYTES:], "big")


def end_of(path: bytes) -> bytes:
    """After everything below this path, and before what follows it."""
    return path + b"\xff" * NUMBER_BYTES
