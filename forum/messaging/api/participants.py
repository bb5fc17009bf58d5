"""Who is in a group."""

from flask import request

from forum.access.doors import requires
from forum.access.permissions import Permission
from forum.access.viewer import Viewer
from forum.messaging import doing, models, schemas
from forum.messaging.api import messaging_api
from forum.messaging.api.conversations import conversation_now
from forum.messaging.queries.here import find_here_of_person
from forum.web.operations import operation
from forum.web.token_scopes import TokenScope


@messaging_api.put("/conversations/<id:conversation_id>/participants/<username>")
@requires(Permission.MANAGE_CONVERSATION, subject=find_here_of_person)
@operation(schemas.Conversation, scope=TokenScope.MESSAGES)
def add_participant(viewer: Viewer, here: models.Participant) -> schemas.Conversation:
    """Bring somebody into a group that you own. They read what is said from then on."""
    doing.add_participant(viewer, here, _username())
    return conversation_now(viewer, here.conversation_id)


@messaging_api.delete("/conversations/<id:conversation_id>/participants/<username>")
@requires(Permission.MANAGE_CONVERSATION, subject=find_here_of_person)
@operation(schemas.Conversation, scope=TokenScope.MESSAGES)
def remove_participant(viewer: Viewer, here: models.Participant) -> schemas.Conversation:
    """Take somebody out of a group that you own. From then on nothing of it is open to them."""
    doing.remove_participant(viewer, here, _username())
    return conversation_now(viewer, here.conversation_id)


def _username() -> str:
    """Whom the address names beside the conversation."""
    return str((request.view_args or {})["username"])
