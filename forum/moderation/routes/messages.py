"""Reporting a private message, and the queue of those that were reported."""

from typing import Any

from flask import Response, request
from flask_babel import gettext as _

from forum.access.doors import requires, signed_in
from forum.access.permissions import Permission
from forum.access.viewer import Viewer
from forum.core.errors import Conflict, Invalid
from forum.messaging.queries.messages import Seen, around, find_message
from forum.messaging.shapes import messages_for
from forum.moderation import reporting, words
from forum.moderation.message_shapes import message_flag_of, message_flags_of
from forum.moderation.models import MessageFlag
from forum.moderation.params import (
    JudgeMessageFlagBody,
    MessageFlagBody,
    MessageFlagsParams,
    OwnFlagsParams,
    refuse_without_note,
)
from forum.moderation.queries.message_flags import find_message_flag, message_flags, own_message_flags
from forum.moderation.routes import moderation
from forum.web import limits, params, respond

LARGEST_ID = 2**63 - 1


@moderation.get("/messages/said/<id:message_id>/flag")
@requires(Permission.FLAG_MESSAGE, subject=find_message)
def message_flag_form(viewer: Viewer, seen: Seen) -> Response:
    return _form(viewer, seen, {}, {})


@moderation.post("/messages/said/<id:message_id>/flag")
@requires(Permission.FLAG_MESSAGE, subject=find_message)
def flag_message(viewer: Viewer, seen: Seen) -> Response:
    conversation_id = seen.message.conversation_id
    try:
        given = params.read(MessageFlagBody)
        refuse_without_note(given)
    except Invalid as error:
        errors = error.errors
        if "reason" in errors:
            errors = {**errors, "reason": _("Choose what is wrong with it.")}
        return _form(viewer, seen, request.form, errors, status=422)
    limits.hit("flag", viewer.id)
    context = [int(each) for each in given.context if int(each) <= LARGEST_ID]
    _flag, is_new = reporting.flag_message(
        seen.message.id, actor=viewer.user, reason=given.reason, note=given.note, context_ids=context
    )
    said = (
        _("Thank you. The moderators of the site will look at what you have shown them, and at nothing else.")
        if is_new
        else _("You have reported this message already.")
    )
    return respond.see(f"/messages/{conversation_id}", notice=said)


@moderation.get("/flags/messages")
@signed_in
def list_own_message_flags(viewer: Viewer) -> Response:
    page = own_message_flags(viewer, after=params.read_query(OwnFlagsParams).after)
    return respond.page(
        "moderation/own_message_flags.html",
        flags=page.items,
        after=page.after,
        reasons=words.reason_words(),
        outcome=words.what_was_done,
    )


@moderation.get("/moderation/messages")
@requires(Permission.READ_MESSAGE_FLAGS)
def show_message_queue(viewer: Viewer) -> Response:
    asked = params.read_query(MessageFlagsParams)
    page = message_flags(viewer, judged=asked.judged, after=asked.after)
    return respond.page(
        "moderation/message_queue.html",
        flags=message_flags_of(viewer, page.items),
        after=page.after,
        judged=asked.judged,
        reasons=words.reason_words(),
    )


@moderation.get("/moderation/messages/<id:message_flag_id>")
@requires(Permission.JUDGE_MESSAGE_FLAG, subject=find_message_flag)
def show_message_flag(viewer: Viewer, flag: MessageFlag) -> Response:
    return _review(viewer, flag, {}, {})


@moderation.post("/moderation/messages/<id:message_flag_id>")
@requires(Permission.JUDGE_MESSAGE_FLAG, subject=find_message_flag)
def judge_message_flag(viewer: Viewer, flag: MessageFlag) -> Response:
    try:
        given = params.read(JudgeMessageFlagBody)
        reporting.judge_message_flag(flag.id, actor=viewer.user, act=given.act, reason=given.reason)
    except (Invalid, Conflict) as error:
        errors = dict(error.errors) or {"": error.message}
        if "act" in errors:
            errors["act"] = _("Choose what is to be done.")
        return _review(viewer, flag, request.form, errors, status=error.status)
    return respond.see("/moderation/messages", notice=_("Decided. Whoever reported it is told."))


def _review(
    viewer: Viewer, flag: MessageFlag, values: Any, errors: dict[str, str], *, status: int = 200
) -> Response:
    found = find_message_flag(viewer, flag.id) or flag
    return respond.page(
        "moderation/message_review.html",
        status=status,
        flag=message_flag_of(viewer, found),
        reasons=words.reason_words(),
        acts=words.message_acts(),
        outcome=words.what_was_done,
        values=values,
        errors=errors,
    )


def _form(viewer: Viewer, seen: Seen, values: Any, errors: dict[str, str], *, status: int = 200) -> Response:
    chosen = set(request.form.getlist("context"))
    return respond.page(
        "moderation/flag_message.html",
        status=status,
        message=messages_for(viewer, [seen])[0],
        around=messages_for(viewer, around(viewer, seen)),
        chosen=chosen,
        reasons=words.reasons(),
        values=values,
        errors=errors,
    )
