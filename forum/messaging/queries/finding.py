"""Searching in one's own conversations: messages in which all words stand."""

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import joinedload

from forum.access.viewer import Viewer
from forum.core.db import db
from forum.core.errors import NotFound
from forum.core.pages import Page, cut, decode_cursor, encode_cursor
from forum.messaging.finding_words import folded
from forum.messaging.models import Message, Participant, Withholding
from forum.messaging.queries.here import find_here, is_open_to, reaches
from forum.messaging.queries.messages import Seen, seen_of_several

MOST_WORDS = 10


def find_words(
    viewer: Viewer,
    text: str,
    *,
    conversation_id: int | None = None,
    after: str | None = None,
    limit: int = 30,
) -> Page[Seen]:
    """Messages that the viewer may read, the newest first. NotFound for a conversation that is not there for them."""
    if conversation_id is not None and find_here(viewer, conversation_id) is None:
        raise NotFound
    words = list(dict.fromkeys(folded(text)))[:MOST_WORDS]
    if not words or viewer.user is None or not viewer.may_act:
        return Page([])
    found = (
        select(Message, Participant)
        .join(Participant, Participant.conversation_id == Message.conversation_id)
        .options(joinedload(Message.author))
        .where(
            is_open_to(viewer.id),
            Message.seq > Participant.from_seq,
            Message.deleted_at.is_(None),
            reaches(viewer.id),
            ~_reads_otherwise(viewer.user.id),
            *(Message.words.contains(f" {word} ", autoescape=True) for word in words),
        )
    )
    if conversation_id is not None:
        found = found.where(Message.conversation_id == conversation_id)
    if after:
        found = found.where(Message.id < decode_cursor(after, [int])[0])
    rows = db.session.execute(found.order_by(Message.id.desc()).limit(limit + 1)).all()
    shown, more = cut(rows, limit)
    pairs = [(row.Message, row.Participant) for row in shown]
    return Page(seen_of_several(viewer, pairs), encode_cursor([shown[-1].Message.id]) if more else None)


def _reads_otherwise(user_id: int) -> ColumnElement[bool]:
    """Its author changed it while they were blocked: for this person it says what it said before, and is not found by more."""
    return exists().where(Withholding.message_id == Message.id, Withholding.user_id == user_id)
