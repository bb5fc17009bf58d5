"""Ignoring people: by name, and by what they wrote."""

from forum.access.doors import requires
from forum.access.permissions import Permission
from forum.access.viewer import Viewer
from forum.accounts import actions
from forum.accounts.models import User
from forum.discussions.api import discussions_api
from forum.discussions.queries.met import find_met
from forum.discussions.queries.posts import find_author
from forum.web import limits
from forum.web.operations import operation


@discussions_api.put("/users/<username>/ignore")
@requires(Permission.IGNORE, subject=find_met)
@operation()
def ignore(viewer: Viewer, person: User) -> None:
    """Ignore a person whose profile is open to you, or by whom you can read anything.

    What they write is folded for you, and you are told of nothing they do. They are not told.
    """
    limits.hit("account", viewer.id)
    actions.ignore(person, reader=viewer.user)


@discussions_api.delete("/users/<username>/ignore")
@requires(Permission.IGNORE, subject=find_met)
@operation()
def stop_ignoring(viewer: Viewer, person: User) -> None:
    """Read a person again."""
    actions.stop_ignoring(person.id, reader=viewer.user)


@discussions_api.put("/posts/<id:post_id>/ignore")
@requires(Permission.IGNORE, subject=find_author)
@operation()
def ignore_author(viewer: Viewer, person: User) -> None:
    """Ignore whoever wrote a post."""
    limits.hit("account", viewer.id)
    actions.ignore(person, reader=viewer.user)


@discussions_api.delete("/posts/<id:post_id>/ignore")
@requires(Permission.IGNORE, subject=find_author)
@operation()
def stop_ignoring_author(viewer: Viewer, person: User) -> None:
    """Read whoever wrote a post again."""
    actions.stop_ignoring(person.id, reader=viewer.user)
