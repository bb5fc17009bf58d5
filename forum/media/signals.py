"""What media announces."""

from dataclasses import dataclass

from forum.core.signals import Signal


@dataclass(frozen=True, slots=True)
class UploadRemoved(Signal):
    """An upload is gone for good, from wherever it stands."""

    upload_id: int


@dataclass(frozen=True, slots=True)
class UploadStilled(Signal):
    """There is a still frame of a moving picture, under the name that it had itself; that has another one now."""

    upload_id: int
    was: str
    now: str
