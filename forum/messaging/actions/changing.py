"""Other words in a message, none at all, or a nod to it: each takes the next number, so that catching up brings it."""

from flask_babel import gettext as _
from sqlalchemy import delete

from forum.access.permissions import Permission
from forum.accounts.models import User
from forum.core import clock
from forum.core.db import db
from forum.core.errors import Invalid
from forum.core.transactions import publish, transactional
from forum.core.upserts import insert, insert_or_ignore
from forum.discussions.reactions import reaction_kinds
from forum.markup import SafeHTML
from forum.messaging.actions.attaching import note_uploads
from forum.messaging.actions.loading import message_to_change, next_rev, parts_of
from forum.messaging.models import Conversation, Message, MessageAttachment, MessageReaction, Withholding
from forum.messaging.queries.quiet import blockers_of
from forum.messaging.signals import MessageChanged
from forum.messaging.writing import Written


@transactional
def edit_message(message_id: int, *, actor: User, written: Written) -> None:
    """Put other words in one's own message. The same words change nothing."""
    seen = message_to_change(message_id, Permission.EDIT_MESSAGE, actor)
    message = seen.message
    if written.body == message.body:
        return
    _keep_for_blockers(message)
    message.put(body=written.body, html=written.html, renderer=written.renderer, words=written.words)
    message.edited_at = clock.now()
    note_uploads(message.id, message.body_html, author_id=message.author_id)
    _changed(message, seen.here.conversation)


@transactional
def delete_message(message_id: int, *, actor: User, nothing: SafeHTML) -> None:
    """Take one's own message away: its words, files and reactions are gone, its place stays. Again changes nothing."""
    seen = message_to_change(message_id, Permission.DELETE_MESSAGE, actor)
    message = seen.message
    if message.is_deleted:
        return
    message.put(body="", html=nothing, renderer=message.renderer, words="")
    message.deleted_at, message.edited_at, message.reply_to_id = clock.now(), None, None
    for model in (MessageReaction, MessageAttachment):
        db.session.execute(delete(model).where(model.message_id == message.id))
    db.session.execute(
        delete(Withholding).where(Withholding.message_id == message.id, Withholding.kept.is_(True))
    )
    _changed(message, seen.here.conversation)


@transactional
def react_to_message(message_id: int, *, name: str, on: bool, actor: User) -> None:
    """Give a message one of the society's reactions, or take it back. What is done already changes nothing."""
    seen = message_to_change(message_id, Permission.REACT_TO_MESSAGE, actor)
    if on and name not in reaction_kinds():
        raise Invalid({"name": _("This reaction is not one of those that can be given here.")})
    if on:
        row = insert(MessageReaction).values(
            message_id=message_id, user_id=actor.id, name=name, created_at=clock.now()
        )
        done = db.session.execute(row.on_conflict_do_nothing().returning(MessageReaction.name)).all()
    else:
        mine = (
            MessageReaction.message_id == message_id,
            MessageReaction.user_id == actor.id,
            MessageReaction.name == name,
        )
        done = db.session.execute(delete(MessageReaction).where(*mine).returning(MessageReaction.name)).all()
    if done:
        _changed(seen.message, seen.here.conversation)


def _keep_for_blockers(message: Message) -> None:
    """Whoever blocks the author meanwhile keeps the words they have read: a change reaches them no more than a message would."""
    others = [one.user_id for one in parts_of(message.conversation_id)]
    rows = [
        {
            "message_id": message.id,
            "user_id": user_id,
            "kept": True,
            "body": message.body,
            "body_html": message.body_html,
            "edited_at": message.edited_at,
        }
        for user_id in sorted(blockers_of(message.author_id, others))
    ]
    insert_or_ignore(Withholding, rows)


def _changed(message: Message, conversation: Conversation) -> None:
    message.rev = next_rev(conversation, clock.now())
    db.session.flush()
    publish(MessageChanged(message.id, message.conversation_id, is_deleted=message.is_deleted))
