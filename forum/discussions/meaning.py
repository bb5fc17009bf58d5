"""Which topic or place somebody means, as they typed it."""

import re

from flask_babel import gettext as _

from forum.access.viewer import Viewer
from forum.accounts.models import User
from forum.accounts.queries import find_by_username
from forum.core.errors import Invalid
from forum.discussions.models import Topic
from forum.discussions.places import places_to_move_into
from forum.discussions.queries.topics import find_topic

_TOPIC = re.compile(r"(?:^|/t/)([0-9]{1,19})(?:[/?#]|$)", re.ASCII)


def topic_meant(viewer: Viewer, text: str, field: str = "target") -> Topic:
    """The topic at this address, or with this id. Raises Invalid where there is none for the viewer."""
    found = _TOPIC.search(text.strip())
    number = int(found[1]) if found else 0
    topic = find_topic(viewer, number) if 0 < number < 2**63 else None
    if topic is None:
        raise Invalid({field: _("There is no such topic. Copy its address from its page.")})
    return topic


def other_topic_meant(viewer: Viewer, topic: Topic, text: str, field: str = "target") -> Topic:
    """The same, where it must not be the one at hand."""
    found = topic_meant(viewer, text, field)
    if found.id == topic.id:
        raise Invalid({field: _("That is this very topic. Choose another one.")})
    return found


def place_meant(viewer: Viewer, slug: str, field: str = "category") -> int:
    """The id of the place into which something can be moved. Raises Invalid where the viewer may not do that."""
    for category in places_to_move_into(viewer):
        if category.slug == slug:
            return int(category.place_id)
    raise Invalid({field: _("Choose a place where you can write yourself.")})


def person_meant(username: str, field: str = "username") -> User:
    """The account with this username. Raises Invalid where there is none that could write."""
    user = find_by_username(username.strip().removeprefix("@"))
    if user is None or user.imported_at is not None:
        raise Invalid({field: _("There is nobody called %(names)s.", names=username)})
    return user
