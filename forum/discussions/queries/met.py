"""Whom somebody has met: by a profile that is open to them, or by what that person wrote where they read."""

from forum.access.viewer import Viewer
from forum.accounts.ignored import ignores
from forum.accounts.models import User
from forum.accounts.queries import find_by_username, find_profile
from forum.discussions.queries.writings import counts_of_person


def find_met(viewer: Viewer, username: str) -> User | None:
    """The person of this name, for who has met them or ignores them already; for everybody else there is nobody."""
    person = find_profile(viewer, username)
    if person is not None or viewer.user is None:
        return person
    person = find_by_username(username)
    if person is None:
        return None
    return person if any(counts_of_person(viewer, person.id)) or ignores(viewer, person.id) else None
