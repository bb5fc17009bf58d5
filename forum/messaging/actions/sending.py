"""Saying something: stored once, under the next number, whatever the line does."""

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from forum.access.permissions import Permission
from forum.accounts.models import User
from forum.core import clock
from forum.core.db import db
from forum.core.errors import Conflict, Forbidden, Invalid
from forum.core.ids import new_id
from forum.core.transactions import publish, transactional
from forum.messaging.actions.attaching import note_uploads
from forum.messaging.actions.loading import here_to_change, next_rev, parts_of
from forum.messaging.models import Message, Participant, Withholding
from forum.messaging.queries.messages import visible_in
from forum.messaging.queries.quiet import blockers_of, blocks
from forum.messaging.signals import MessageSent
from forum.messaging.writing import Written


@transactional
def send_message(
    conversation_id: int,
    *,
    author: User,
    written: Written,
    client_id: str | None,
    reply_to_id: int | None = None,
) -> Message:
    """Say something in a conversation. The same `client_id` again is the same message; with another text, Conflict."""
    here = here_to_change(conversation_id, Permission.SEND_MESSAGE, author)
    before = find_sent(conversation_id, author, client_id, written)  # under the lock: nobody is ahead now
    if before is not None:
        return before
    if not here.conversation.is_group:
        refuse_to_blocked(here)
    if reply_to_id is not None:
        _refuse_unseen(here, reply_to_id)
    return add_message(here, author=author, written=written, client_id=client_id, reply_to_id=reply_to_id)


def add_message(
    here: Participant,
    *,
    author: User,
    written: Written,
    client_id: str | None,
    reply_to_id: int | None = None,
) -> Message:
    """Within a transaction that holds the conversation's lock."""
    at = clock.now()
    rev = next_rev(here.conversation, at)
    message = Message(
        id=new_id(),
        conversation_id=here.conversation_id,
        seq=rev,
        rev=rev,
        author_id=author.id,
        client_id=client_id,
        body=written.body,
        body_html=written.html,
        renderer=written.renderer,
        words=written.words,
        reply_to_id=reply_to_id,
        created_at=at,
    )
    db.session.add(message)
    db.session.flush()
    note_uploads(message, is_new=True)
    caught_up = here.read_seq < rev - 1
    here.read(rev, at)
    here.archived_at = None
    _reach(message, [one for one in parts_of(here.conversation_id) if one.user_id != author.id])
    publish(MessageSent(message.id, message.conversation_id, author.id, caught_up))
    return message


def find_sent(conversation_id: int, author: User, client_id: str | None, written: Written) -> Message | None:
    """The message that this very submission has already made."""
    if not client_id:
        return None
    message = db.session.scalar(
        select(Message)
        .options(joinedload(Message.author))
        .where(
            Message.conversation_id == conversation_id,
            Message.author_id == author.id,
            Message.client_id == client_id,
        )
        .execution_options(populate_existing=True)
    )
    if message is not None and message.body != written.body and not (message.edited_at or message.deleted_at):
        raise Conflict(_("This was sent before with another text."))
    return message


def refuse_to_blocked(here: Participant) -> None:
    """Raises Forbidden in a conversation of two where the person blocks the other one themselves."""
    for one in parts_of(here.conversation_id):
        if one.user_id != here.user_id and blocks(here.user_id, one.user_id):
            raise Forbidden(_("You have blocked this person. Take that back to write to them."))


def _reach(message: Message, others: list[Participant]) -> None:
    """Those who block the author get nothing of it, for ever; for all others the conversation is there again."""
    silent = blockers_of(message.author_id, [one.user_id for one in others])
    for one in others:
        if one.user_id in silent:
            db.session.add(Withholding(message_id=message.id, user_id=one.user_id))
        elif one.is_withheld or one.archived_at is not None:
            if one.is_withheld:
                one.is_withheld = False
                one.from_seq = one.read_seq = one.mailed_seq = message.seq - 1
            one.archived_at, one.changed_at = None, message.created_at


def _refuse_unseen(here: Participant, message_id: int) -> None:
    found = visible_in(here).where(Message.id == message_id)
    if db.session.scalar(found) is None:
        raise Invalid({"reply_to": _("The message you answer is not in this conversation.")})
