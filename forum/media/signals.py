"""What media announces."""

from dataclasses import dataclass

from forum.core.signals import Signal


@dataclass(frozen=True, slots=True)
class UploadRemoved(Signal):
    """An upload is gone for good, from wherever it stands."""

    upload_id: int
