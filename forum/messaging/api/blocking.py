"""From whom one takes messages, and whom one blocks. Nobody else is ever told."""

from forum.access.doors import requires, signed_in
from forum.access.permissions import Permission
from forum.access.viewer import Viewer
from forum.accounts.models import User
from forum.messaging import schemas
from forum.messaging.actions import choosing
from forum.messaging.api import messaging_api
from forum.messaging.params import MessagingPreferencesBody
from forum.messaging.queries.people import own_preferences
from forum.messaging.queries.quiet import blocked_people, find_to_block
from forum.messaging.shapes import blocked_of, preferences_of
from forum.web import limits
from forum.web.operations import operation
from forum.web.params import ListParams
from forum.web.token_scopes import TokenScope


@messaging_api.get("/messages/preferences")
@signed_in
@operation(schemas.MessagingPreferences, scope=TokenScope.MESSAGES)
def show_messaging_preferences(viewer: Viewer) -> schemas.MessagingPreferences:
    """Who may begin to write to you, and what you tell of yourself."""
    return preferences_of(own_preferences(viewer.user.id))


@messaging_api.patch("/messages/preferences")
@signed_in
@operation(schemas.MessagingPreferences, takes=MessagingPreferencesBody, scope=TokenScope.MESSAGES)
def change_messaging_preferences(
    viewer: Viewer, given: MessagingPreferencesBody
) -> schemas.MessagingPreferences:
    """Choose them."""
    limits.hit("account", viewer.id)
    choosing.set_preferences(
        viewer.user, takes_from=given.takes_from, receipts=given.receipts, invisible=given.invisible
    )
    return preferences_of(own_preferences(viewer.user.id))


@messaging_api.get("/blocked")
@signed_in
@operation(schemas.BlockedPeople, query=ListParams, scope=TokenScope.MESSAGES)
def list_blocked(viewer: Viewer, asked: ListParams) -> schemas.BlockedPeople:
    """Those whom you block, the latest first. They are not told."""
    page = blocked_people(viewer, after=asked.after, limit=asked.limit)
    return schemas.BlockedPeople(items=[blocked_of(row) for row in page.items], next=page.after)


@messaging_api.put("/blocked/<username>")
@requires(Permission.BLOCK, subject=find_to_block)
@operation(scope=TokenScope.MESSAGES)
def block(viewer: Viewer, person: User) -> None:
    """Nothing that this person says from now on reaches you; they cannot tell it from silence."""
    limits.hit("message:change", viewer.id)
    choosing.block(person, actor=viewer.user)


@messaging_api.delete("/blocked/<username>")
@requires(Permission.BLOCK, subject=find_to_block)
@operation(scope=TokenScope.MESSAGES)
def stop_blocking(viewer: Viewer, person: User) -> None:
    """What they say from now on arrives again; what they said meanwhile never does."""
    limits.hit("message:change", viewer.id)
    choosing.stop_blocking(person.id, actor=viewer.user)
