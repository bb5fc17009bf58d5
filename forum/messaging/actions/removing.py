"""An upload is removed from wherever it stood: every message that showed it says so, under the next number of its conversation."""

from sqlalchemy import select, update

from forum.core import clock
from forum.core.db import db
from forum.core.transactions import publish, transaction, transactional
from forum.markup import shown_without_upload, without_upload
from forum.media.models import Upload
from forum.messaging.actions.loading import locked_conversation, next_rev
from forum.messaging.models import Conversation, Message, MessageAttachment, Participant, Withholding
from forum.messaging.signals import ConversationChanged, MessageChanged


def take_out(upload_id: int) -> None:
    """Each message in a transaction of its own; again changes nothing."""
    stands = select(MessageAttachment.message_id).where(MessageAttachment.upload_id == upload_id)
    for message_id in sorted(db.session.scalars(stands)):
        _take_out_of(message_id, upload_id)
    with transaction():
        _take_out_of_drafts(upload_id)
        _take_off_groups(upload_id)


@transactional
def _take_out_of(message_id: int, upload_id: int) -> None:
    conversation_id = db.session.scalars(
        select(Message.conversation_id).where(Message.id == message_id)
    ).one()
    conversation = locked_conversation(conversation_id)
    message = db.session.get_one(Message, message_id, populate_existing=True)
    kept = select(Withholding).where(Withholding.message_id == message_id, Withholding.kept)
    for one in db.session.scalars(kept):
        one.body = without_upload(one.body, upload_id)
        if one.body_html is not None:
            one.body_html = shown_without_upload(one.body_html, upload_id)
    body = without_upload(message.body, upload_id)
    html = shown_without_upload(message.body_html, upload_id)
    if (body, html) != (message.body, message.body_html):
        message.body, message.body_html = body, html
        message.rev = next_rev(conversation, clock.now())
        db.session.flush()
        publish(MessageChanged(message_id, conversation_id))


def _take_out_of_drafts(upload_id: int) -> None:
    owner_id = select(Upload.owner_id).where(Upload.id == upload_id).scalar_subquery()
    named = Participant.draft.contains(f"/uploads/{upload_id}/", autoescape=True)
    for part in db.session.scalars(select(Participant).where(Participant.user_id == owner_id, named)):
        part.draft = without_upload(part.draft, upload_id)


def _take_off_groups(upload_id: int) -> None:
    taken = (
        update(Conversation)
        .where(Conversation.picture_id == upload_id)
        .values(picture_id=None, changed_at=clock.now())
        .returning(Conversation.id)
        .execution_options(synchronize_session=False)
    )
    for conversation_id in db.session.scalars(taken).all():
        publish(ConversationChanged(conversation_id))
