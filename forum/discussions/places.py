"""What a place is called: the slices that own places say it, since discussions stand below them."""

from collections.abc import Callable
from typing import Any

from forum.access.permissions import Permission
from forum.access.rules import judge
from forum.access.viewer import Viewer

_label: Callable[[int], Any] | None = None
_open: Callable[[Viewer], list[Any]] | None = None


def use_labels(label: Callable[[int], Any], open_to: Callable[[Viewer], list[Any]]) -> None:
    """Tell how a place id becomes the category (or group) that templates name, and which of them somebody may read."""
    global _label, _open
    _label, _open = label, open_to


def label_of(place_id: int) -> Any:
    return _label(place_id) if _label else None


def places_to_move_into(viewer: Viewer) -> list[Any]:
    """The categories into which somebody may bring topics; each with .slug, .name, .parent and .place."""
    found = _open(viewer) if _open else []
    return [one for one in found if judge(Permission.MOVE_INTO, viewer, one.place)]
