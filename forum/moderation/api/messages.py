"""Reported private messages, for programs."""

from forum.access.doors import requires, signed_in
from forum.access.permissions import Permission
from forum.access.viewer import Viewer, renewed
from forum.core.errors import NotFound
from forum.messaging.queries.messages import Seen, find_message
from forum.moderation import models, reporting, schemas
from forum.moderation.api import moderation_api
from forum.moderation.message_shapes import message_flag_of, message_flags_of, own_message_flag_of
from forum.moderation.params import (
    JudgeMessageFlagBody,
    MessageFlagBody,
    MessageFlagsQuery,
    refuse_without_note,
)
from forum.moderation.queries.message_flags import (
    find_message_flag,
    find_own_message_flag,
    message_flags,
    own_message_flags,
)
from forum.web import limits
from forum.web.operations import operation
from forum.web.params import ListParams
from forum.web.token_scopes import TokenScope

LARGEST_ID = 2**63 - 1


@moderation_api.post("/messages/<id:message_id>/flag")
@requires(Permission.FLAG_MESSAGE, subject=find_message)
@operation(schemas.OwnMessageFlag, status=201, takes=MessageFlagBody, scope=TokenScope.MESSAGES)
def flag_message(viewer: Viewer, seen: Seen, given: MessageFlagBody) -> schemas.OwnMessageFlag:
    """Report a private message to the moderators of the site, with what you choose around it.

    They read a copy of these messages and nothing else. Reported again, it is the report that was made first.
    """
    refuse_without_note(given)
    limits.hit("flag", viewer.id)
    context = [int(each) for each in given.context if int(each) <= LARGEST_ID]
    flag, _is_new = reporting.flag_message(
        seen.message.id, actor=viewer.user, reason=given.reason, note=given.note, context_ids=context
    )
    found = find_own_message_flag(renewed(viewer), flag.id)
    if found is None:
        raise NotFound
    return own_message_flag_of(found)


@moderation_api.get("/message-flags")
@signed_in
@operation(schemas.OwnMessageFlags, query=ListParams, scope=TokenScope.MESSAGES)
def list_own_message_flags(viewer: Viewer, asked: ListParams) -> schemas.OwnMessageFlags:
    """What private messages one has reported, newest first, with what became of it."""
    page = own_message_flags(viewer, after=asked.after, limit=asked.limit)
    return schemas.OwnMessageFlags(items=[own_message_flag_of(flag) for flag in page.items], next=page.after)


@moderation_api.get("/moderation/messages")
@requires(Permission.READ_MESSAGE_FLAGS)
@operation(schemas.MessageFlags, query=MessageFlagsQuery)
def list_message_flags(viewer: Viewer, asked: MessageFlagsQuery) -> schemas.MessageFlags:
    """Reported private messages that wait for a decision, or were judged; without what concerns oneself."""
    page = message_flags(viewer, judged=asked.judged, after=asked.after, limit=asked.limit)
    return schemas.MessageFlags(items=message_flags_of(viewer, page.items), next=page.after)


@moderation_api.get("/moderation/messages/<id:message_flag_id>")
@requires(Permission.JUDGE_MESSAGE_FLAG, subject=find_message_flag)
@operation(schemas.MessageFlag)
def show_message_flag(viewer: Viewer, flag: models.MessageFlag) -> schemas.MessageFlag:
    """One of them."""
    return message_flag_of(viewer, flag)


@moderation_api.post("/moderation/messages/<id:message_flag_id>")
@requires(Permission.JUDGE_MESSAGE_FLAG, subject=find_message_flag)
@operation(schemas.MessageFlag, takes=JudgeMessageFlagBody)
def judge_message_flag(
    viewer: Viewer, flag: models.MessageFlag, given: JudgeMessageFlagBody
) -> schemas.MessageFlag:
    """Decide what becomes of it. Whoever reported it is told, with the reason. 409 where somebody else has decided."""
    flag_id = flag.id
    reporting.judge_message_flag(flag_id, actor=viewer.user, act=given.act, reason=given.reason)
    found = find_message_flag(renewed(viewer), flag_id)
    if found is None:
        raise NotFound
    return message_flag_of(viewer, found)
