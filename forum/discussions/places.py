"""What a place is called: the slices that own places say it, since discussions stand below them."""

from collections.abc import Callable
from typing import Any

_label: Callable[[int], Any] | None = None


def use_labels(label: Callable[[int], Any]) -> None:
    """Tell how a place id becomes the category (or group) that templates name."""
    global _label
    _label = label


def label_of(place_id: int) -> Any:
    return _label(place_id) if _label else None
