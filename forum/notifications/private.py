"""What waits in private conversations, by the names of their tables: they stand on a floor above.

The one place that says what is unread there: messages by others, there for the person, above their pointer, not deleted, and
not by somebody whom they ignore.
"""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Select,
    bindparam,
    case,
    column,
    exists,
    func,
    literal,
    select,
    table,
)

from forum.accounts.models import Ignore
from forum.core.db import UTCDateTime

MOST = 100  # "99+"

PARTS = table(
    "participants",
    column("conversation_id", BigInteger),
    column("user_id", BigInteger),
    column("left_at", UTCDateTime),
    column("is_withheld", Boolean),
    column("from_seq", BigInteger),
    column("read_seq", BigInteger),
    column("mailed_seq", BigInteger),
    column("muted", Boolean),
)
MESSAGES = table(
    "messages",
    column("id", BigInteger),
    column("conversation_id", BigInteger),
    column("seq", BigInteger),
    column("author_id", BigInteger),
    column("created_at", UTCDateTime),
    column("deleted_at", UTCDateTime),
)
_WITHHELD = table(
    "message_withholdings",
    column("message_id", BigInteger),
    column("user_id", BigInteger),
    column("kept", Boolean),
)
_ME: Any = bindparam("me")


def unread_rows(*columns: Any, of: Any = _ME) -> Select[Any]:
    """Every unread message of `me`, or of whom `of` says, with their part in its conversation."""
    withheld = exists(
        select(literal(1)).where(
            _WITHHELD.c.message_id == MESSAGES.c.id,
            _WITHHELD.c.user_id == of,
            _WITHHELD.c.kept.is_(False),
        )
    )
    ignored = exists(
        select(literal(1)).where(Ignore.user_id == of, Ignore.ignored_id == MESSAGES.c.author_id)
    )
    return (
        select(*columns)
        .select_from(PARTS)
        .join(MESSAGES, MESSAGES.c.conversation_id == PARTS.c.conversation_id)
        .where(
            PARTS.c.user_id == of,
            PARTS.c.left_at.is_(None),
            PARTS.c.is_withheld.is_(False),
            MESSAGES.c.seq > PARTS.c.read_seq,
            MESSAGES.c.seq > PARTS.c.from_seq,
            MESSAGES.c.author_id != of,
            MESSAGES.c.deleted_at.is_(None),
            ~withheld,
            ~ignored,
        )
    )


def unread_messages_in_any() -> Any:
    """The same, and NULL for whoever takes part in no conversation."""
    takes_part = exists(
        select(literal(1)).where(
            PARTS.c.user_id == _ME, PARTS.c.left_at.is_(None), PARTS.c.is_withheld.is_(False)
        )
    )
    return case((takes_part, unread_messages()))


def unread_messages() -> Any:
    """How many there are in conversations that are not muted, to MOST: as a column, for statements that have `me`."""
    inner = unread_rows(literal(1)).where(PARTS.c.muted.is_(False)).limit(MOST)
    return select(func.count()).select_from(inner.subquery()).scalar_subquery()
