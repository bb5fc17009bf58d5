"""What stands around every page: the places one may read, with what is unread in them."""

from functools import cached_property
from typing import Any

from flask import Flask

from forum.access.permissions import Permission
from forum.access.rules import judge
from forum.access.viewer import Viewer, current_viewer
from forum.boards.models import Category
from forum.boards.queries import categories_for
from forum.boards.states import place_states
from forum.discussions.queries import unread


class Navigation:
    """Worked out only where a template asks, once a page."""

    def __init__(self, viewer: Viewer) -> None:
        self.viewer = viewer

    @property
    def _states(self) -> dict[int, unread.PlaceUnread]:
        return place_states(self.viewer)

    @cached_property
    def places(self) -> list[tuple[Category, int]]:
        return [
            (c, self._states.get(c.place_id, unread.PlaceUnread()).topics)
            for c in categories_for(self.viewer)
            if not c.place.archived
        ]

    @cached_property
    def unread(self) -> int:
        return min(sum(state.topics for state in self._states.values()), unread.MOST)

    @property
    def log(self) -> bool:
        return bool(judge(Permission.READ_LOG, self.viewer))

    @property
    def staff(self) -> bool:
        return bool(judge(Permission.MANAGE_PEOPLE, self.viewer))


def init_navigation(app: Flask) -> None:
    @app.context_processor
    def around() -> dict[str, Any]:
        viewer = current_viewer()
        return {"viewer": viewer, "nav": Navigation(viewer)}
