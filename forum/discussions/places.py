"""What a place is called: the slices that own places say it, since discussions stand below them."""

from collections.abc import Callable
from typing import Any

from forum.access.permissions import Permission
from forum.access.rules import judge
from forum.access.viewer import Viewer
from forum.discussions.models import Topic

_label: Callable[[int], Any] | None = None
_open: Callable[[Viewer], list[Any]] | None = None


def use_labels(label: Callable[[int], Any], open_to: Callable[[Viewer], list[Any]]) -> None:
    """Tell how a place id becomes the category (or group) that templates name, and which of them somebody may read."""
    global _label, _open
    _label, _open = label, open_to


def answer_of(topic: Topic) -> int | None:
    """The id of the reply that answers a topic, where its place is for questions."""
    label = label_of(topic.place_id) if topic.answer_id is not None else None
    return topic.answer_id if label is not None and label.place.for_questions else None


def is_for_questions(place_id: int) -> bool:
    label = label_of(place_id)
    return label is not None and bool(label.place.for_questions)


def label_of(place_id: int) -> Any:
    return _label(place_id) if _label else None


def places_to_move_into(viewer: Viewer) -> list[Any]:
    """The categories into which somebody may bring topics; each with .slug, .name, .parent and .place."""
    found = _open(viewer) if _open else []
    return [one for one in found if judge(Permission.MOVE_INTO, viewer, one.place)]
