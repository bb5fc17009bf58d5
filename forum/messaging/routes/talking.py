"""The list of one's conversations, and one of them: read, written in, and made anew in parts while somebody has it open."""

import secrets
from typing import Any

from flask import Response, request

from forum.access.doors import requires, signed_in
from forum.access.permissions import Permission
from forum.access.viewer import Viewer
from forum.core.errors import Invalid
from forum.discussions.reactions import reaction_kinds
from forum.messaging import doing, models
from forum.messaging.page import bubbles_of, talk_context
from forum.messaging.page_params import InboxPageParams, SayParams, TalkPageParams, UpToParams
from forum.messaging.params import SendMessageBody
from forum.messaging.queries.conversations import Row, conversations_of, row_of
from forum.messaging.queries.finding import find_words
from forum.messaging.queries.here import find_here
from forum.messaging.queries.messages import find_message, page_of_messages, sync_messages
from forum.messaging.routes import messaging
from forum.web import limits, params, respond

ON_A_PAGE = 40
IN_A_LIST = 30


@messaging.get("/messages")
@signed_in
def show_inbox(viewer: Viewer) -> Response:
    asked = params.read_query(InboxPageParams)
    context = inbox_context(viewer, asked)
    return respond.page("messaging/_rows.html" if asked.part else "messaging/inbox.html", **context)


@messaging.get("/messages/<id:conversation_id>")
@requires(Permission.READ_CONVERSATION, subject=find_here)
def show_conversation(viewer: Viewer, here: models.Participant) -> Response:
    asked = params.read_query(TalkPageParams)
    if asked.since is not None:
        return _changed_since(viewer, here, asked.since)
    return _talk(viewer, here, asked)


@messaging.post("/messages/<id:conversation_id>")
@requires(Permission.SEND_MESSAGE, subject=find_here)
def say(viewer: Viewer, here: models.Participant) -> Response:
    try:
        given = params.read(SayParams)
        sent = SendMessageBody(body=given.body, client_id=given.client_id, reply_to=given.reply_to)
        message = doing.send(viewer, here, sent)
    except Invalid as error:
        values = {name: request.form.get(name, "") for name in ("body", "client_id", "reply_to")}
        return _talk(viewer, here, TalkPageParams(), values=values, errors=error.errors)
    return respond.see(f"/messages/{here.conversation_id}#message-{message.id}")


@messaging.post("/messages/<id:conversation_id>/read")
@requires(Permission.READ_CONVERSATION, subject=find_here)
def mark_read(viewer: Viewer, here: models.Participant) -> Response:
    doing.read(viewer, here, max(0, params.read(UpToParams).seq))
    return respond.see(f"/messages/{here.conversation_id}")


def inbox_context(viewer: Viewer, asked: InboxPageParams, row: Row | None = None) -> dict[str, Any]:
    """What stands in the list, beside the conversation that is open, if one is."""
    page = conversations_of(viewer, archived=asked.show == "archived", after=asked.after, limit=IN_A_LIST)
    found, found_after = None, None
    if asked.q:
        limits.hit("message:find", viewer.id)
        hits = find_words(viewer, asked.q, after=None, limit=IN_A_LIST)
        found, found_after = bubbles_of(viewer, hits.items), hits.after
    opened = row.here.conversation_id if row is not None else int(asked.open) if asked.open else None
    return {
        "rows": page.items,
        "rows_after": page.after,
        "asked": asked,
        "found": found,
        "found_after": found_after,
        "opened": opened,
        "errors": {},
        "values": {},
    }


def _talk(
    viewer: Viewer,
    here: models.Participant,
    asked: TalkPageParams,
    values: dict[str, str] | None = None,
    errors: dict[str, str] | None = None,
) -> Response:
    row = row_of(viewer, here)
    messages, more = page_of_messages(viewer, here, before=asked.before, limit=ON_A_PAGE)
    found = None
    if asked.q:
        limits.hit("message:find", viewer.id)
        hits = find_words(viewer, asked.q, conversation_id=here.conversation_id, limit=ON_A_PAGE)
        found = bubbles_of(viewer, hits.items)
    reply_to = (values or {}).get("reply_to") or asked.reply or ""
    answered = find_message(viewer, int(reply_to)) if str(reply_to).isdecimal() else None
    if answered is not None and answered.message.conversation_id != here.conversation_id:
        answered = None
    context = inbox_context(viewer, InboxPageParams(), row) | talk_context(viewer, row, messages, more=more)
    begun = {"body": here.draft} if here.draft else {}
    context |= {
        "before": asked.before,
        "reply_to": answered,
        "talk_q": asked.q,
        "talk_found": found,
        "values": values or begun,
        "errors": errors or {},
        "client_id": secrets.token_urlsafe(12),
    }
    return respond.page("messaging/talk.html", status=422 if errors else 200, **context)


def _changed_since(viewer: Viewer, here: models.Participant, since: int) -> Response:
    """The messages that are not as a page knows them, in the order of their numbers."""
    synced = sync_messages(viewer, here, after_seq=since, limit=100)
    bubbles = bubbles_of(viewer, sorted(synced.messages, key=lambda one: one.message.seq))
    return respond.page(
        "messaging/_changed.html",
        row=row_of(viewer, here),
        bubbles=bubbles,
        last_seq=synced.last_seq,
        more=synced.more,
        reaction_kinds=reaction_kinds(),
    )
