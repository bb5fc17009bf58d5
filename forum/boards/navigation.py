"""What stands around every page: the places one may read, with what is unread in them."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from flask import Flask

from forum.access.permissions import Permission
from forum.access.rules import judge
from forum.access.viewer import Viewer, current_viewer
from forum.boards.models import Category
from forum.boards.queries import categories_for
from forum.boards.states import (
    is_in_a_conversation,
    place_states,
    unread_messages,
    unseen_notifications,
)
from forum.discussions.queries import unread
from forum.notifications.kinds import WatchLevel
from forum.notifications.queries.followed import followed_places


@dataclass(slots=True)
class RailPlace:
    """A place with the topics that have something new in it and in what stands in it."""

    category: Category
    unread: int
    children: list[tuple[Category, int]] = field(default_factory=list)


class Navigation:
    """Worked out only where a template asks, once a page."""

    def __init__(self, viewer: Viewer) -> None:
        self.viewer = viewer

    @property
    def _states(self) -> dict[int, unread.PlaceUnread]:
        return place_states(self.viewer)

    @cached_property
    def places(self) -> list[RailPlace]:
        """What one may read, archives apart; a place in an archive stands on its own."""
        found: dict[int, RailPlace] = {}
        for category in categories_for(self.viewer):
            if category.place.archived:
                continue
            unread_count = self._states.get(category.place_id, unread.PlaceUnread()).topics
            parent = found.get(category.parent_id or 0)
            if parent is None:
                found[category.id] = RailPlace(category, unread_count)
            else:
                parent.unread += unread_count
                parent.children.append((category, unread_count))
        return list(found.values())

    @cached_property
    def unread(self) -> int:
        return min(sum(state.topics for state in self._states.values()), unread.MOST)

    @property
    def followed(self) -> list[tuple[Category, WatchLevel]]:
        """The places that the viewer watches or has muted, with the level they chose."""
        chosen = followed_places(self.viewer)
        return [(c, chosen[c.place_id]) for c in categories_for(self.viewer) if c.place_id in chosen]

    @property
    def notifications(self) -> str:
        """How many have not been seen, as the bell says it; nothing where there are none."""
        count = unseen_notifications(self.viewer)
        return "99+" if count >= unread.MOST else str(count or "")

    @property
    def messages(self) -> str:
        """How many private messages have not been read, as the bell says it."""
        count = unread_messages(self.viewer)
        return "99+" if count >= unread.MOST else str(count or "")

    @cached_property
    def talks(self) -> bool:
        """Whether pages lead to messages: for whoever can begin a conversation, and whoever is in one."""
        if self.viewer.user is None or not self.viewer.may_act:
            return False
        return bool(judge(Permission.START_CONVERSATION, self.viewer)) or is_in_a_conversation(self.viewer)

    @property
    def moderates(self) -> bool:
        return bool(judge(Permission.READ_QUEUE, self.viewer))

    @cached_property
    def waiting(self) -> int:
        """Reported posts that wait for this viewer to decide."""
        found = sum(state.waiting for place, state in self._states.items() if self.viewer.moderates(place))
        return min(found, unread.MOST)

    @property
    def staff(self) -> bool:
        return bool(judge(Permission.MANAGE_PEOPLE, self.viewer))


def init_navigation(app: Flask) -> None:
    @app.context_processor
    def around() -> dict[str, Any]:
        viewer = current_viewer()
        return {"viewer": viewer, "nav": Navigation(viewer)}
