"""Who uses uploads says who may see them: a slice that shows uploads in what it holds registers itself here.

Without it an upload is its owner's alone, and nothing keeps it.
"""

import enum
from collections.abc import Collection
from typing import Protocol

from flask import Flask, current_app

from forum.access.viewer import Viewer


class Reach(enum.IntEnum):
    NOBODY = 0
    VIEWER = 1  # they, as who they are
    EVERYBODY = 2


class Uses(Protocol):
    furthest: Reach  # it says no more than that of any upload

    def reach(self, viewer: Viewer, upload_id: int) -> Reach:
        """Whether the viewer may read something that the upload stands in at this moment."""
        ...

    def kept(self, upload_ids: Collection[int]) -> set[int]:
        """Which of these stand in something, whoever may read it; what is being written counts too. Locks nothing."""
        ...

    def places(self, viewer: Viewer, upload_ids: Collection[int]) -> dict[int, list[tuple[str, str]]]:
        """(title, address) of where each stands, as far as the viewer may read it."""
        ...


def register_uses(app: Flask, uses: Uses) -> None:
    app.extensions.setdefault("forum_uses", []).append(uses)


def reach_of(viewer: Viewer, upload_id: int) -> Reach:
    found = Reach.NOBODY
    for uses in _all():
        if found < uses.furthest:
            found = max(found, uses.reach(viewer, upload_id))
    return found


def kept(upload_ids: Collection[int]) -> set[int]:
    return set().union(*(uses.kept(upload_ids) for uses in _all())) if upload_ids else set()


def places_of(viewer: Viewer, upload_ids: Collection[int]) -> dict[int, list[tuple[str, str]]]:
    found: dict[int, list[tuple[str, str]]] = {}
    for uses in _all() if upload_ids else ():
        for upload_id, places in uses.places(viewer, upload_ids).items():
            found.setdefault(upload_id, []).extend(places)
    return found


def _all() -> list[Uses]:
    found: list[Uses] = current_app.extensions.get("forum_uses", [])
    return found
