"""Categories as programs get them."""

from collections.abc import Sequence

from forum.access.reach import reaches_of
from forum.access.viewer import Viewer
from forum.boards import models, schemas
from forum.boards.queries import categories_for
from forum.discussions.queries import unread
from forum.discussions.queries.topics import PlaceCount, counts_of_places
from forum.discussions.shapes import audience_of, place_name


def categories_as_read(viewer: Viewer, categories: Sequence[models.Category]) -> list[schemas.Category]:
    """Categories that the viewer may read; three statements, however many."""
    ids = [category.place_id for category in categories]
    counts = counts_of_places(viewer, ids)
    states = unread.unread_of_places(viewer, ids)
    defaults = {c.id: c.place.default_audience for c in categories}
    reaches = reaches_of(defaults.values())
    readable = {category.id for category in categories_for(viewer)}
    found = []
    for category in categories:
        state = states.get(category.place_id, unread.PlaceUnread())
        default, parent = defaults[category.id], category.parent
        found.append(
            schemas.Category(
                id=str(category.id),
                slug=category.slug,
                name=category.name,
                description=category.description,
                parent=place_name(parent, is_open=parent.id in readable) if parent else None,
                audience=audience_of(viewer, default, reaches[default.id]),
                topic_count=counts.get(category.place_id, PlaceCount()).topics,
                unread=state.topics,
                new=state.new,
                for_questions=category.place.for_questions,
                archived=category.is_archived,
            )
        )
    return found
