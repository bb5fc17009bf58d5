"""Conversations, who takes part in them, and what is said.

A conversation keeps one count (`last_rev`): a new message takes the next number as its `seq` and `rev`, every later change of
it the next as its `rev`. It is counted up in the transaction that stores what it is for, so there are no gaps.
"""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from forum.accounts.models import User
from forum.core.db import Base
from forum.core.ids import new_id
from forum.markup import SafeHTML, SafeHTMLText
from forum.messaging.kinds import ConversationKind, TakesFrom


class Conversation(Base):
    """Private talk of two people, or of a group that has a name and an owner."""

    __tablename__ = "conversations"
    __table_args__ = (UniqueConstraint("started_by_id", "client_id"),)

    id: Mapped[int] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[ConversationKind]
    pair_key: Mapped[str | None] = mapped_column(unique=True)  # both ids, the lower one first
    name: Mapped[str] = mapped_column(default="")
    picture_id: Mapped[int | None] = mapped_column(ForeignKey("uploads.id"))
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))  # of a group
    started_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    client_id: Mapped[str | None]  # of a group: the same submission again is the same group
    last_rev: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]  # of anything that its participants see

    @property
    def is_group(self) -> bool:
        return self.kind is ConversationKind.GROUP


class Participant(Base):
    """That somebody takes part in a conversation: what they see of it, how far they have read, how they keep it.

    `is_withheld`: somebody whom they block brought them in. For them it is not there, for all others they are.
    """

    __tablename__ = "participants"
    __table_args__ = (Index(None, "user_id", "left_at"),)

    conversation_id: Mapped[int] = mapped_column(
        ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    joined_at: Mapped[datetime]
    left_at: Mapped[datetime | None]
    is_withheld: Mapped[bool] = mapped_column(default=False)
    from_seq: Mapped[int] = mapped_column(default=0)  # what was written after this number is theirs to read
    read_seq: Mapped[int] = mapped_column(default=0)
    mailed_seq: Mapped[int] = mapped_column(default=0)  # up to here they were told by mail
    muted: Mapped[bool] = mapped_column(default=False)
    archived_at: Mapped[datetime | None]
    pinned_at: Mapped[datetime | None]
    draft: Mapped[str] = mapped_column(default="")
    draft_version: Mapped[int] = mapped_column(default=0)
    changed_at: Mapped[datetime]

    conversation: Mapped[Conversation] = relationship(lazy="raise_on_sql")
    user: Mapped[User] = relationship(lazy="raise_on_sql")

    @property
    def takes_part(self) -> bool:
        """Is there for the others."""
        return self.left_at is None

    @property
    def is_open(self) -> bool:
        """Is there for this person."""
        return self.left_at is None and not self.is_withheld

    def join(self, *, at: datetime, after: int, withheld: bool) -> None:
        """Take part from here on, for the first time or again."""
        self.joined_at = self.changed_at = at
        self.left_at = self.archived_at = self.pinned_at = None
        self.from_seq = self.read_seq = self.mailed_seq = after
        self.is_withheld, self.muted = withheld, False

    def leave(self, at: datetime) -> bool:
        if self.left_at is not None:
            return False
        self.left_at = self.changed_at = at
        self.draft = ""
        return True

    def read(self, seq: int, at: datetime) -> bool:
        """Read up to a number; it only grows."""
        if seq <= self.read_seq:
            return False
        self.read_seq, self.changed_at = seq, at
        return True


class Message(Base):
    """One message. What was deleted stays as a place without words."""

    __tablename__ = "messages"
    __table_args__ = (
        UniqueConstraint("conversation_id", "seq"),
        UniqueConstraint("conversation_id", "rev"),
        UniqueConstraint("conversation_id", "author_id", "client_id"),
        # All that tells whether a message is unread.
        Index("ix_messages_unread", "conversation_id", "seq", "author_id", "deleted_at"),
        Index(None, "author_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, default=new_id)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"))
    seq: Mapped[int]
    rev: Mapped[int]
    author_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    client_id: Mapped[str | None]
    body: Mapped[str]
    body_html: Mapped[SafeHTML] = mapped_column(SafeHTMLText)
    renderer: Mapped[int] = mapped_column(default=0)
    words: Mapped[str] = mapped_column(default="")  # what is found: folded words between single spaces
    reply_to_id: Mapped[int | None] = mapped_column(ForeignKey("messages.id"))
    created_at: Mapped[datetime]
    edited_at: Mapped[datetime | None]
    deleted_at: Mapped[datetime | None]

    author: Mapped[User] = relationship(lazy="raise_on_sql")
    conversation: Mapped[Conversation] = relationship(lazy="raise_on_sql")

    @property
    def is_deleted(self) -> bool:
        return self.deleted_at is not None

    def put(self, *, body: str, html: SafeHTML, renderer: int, words: str) -> None:
        self.body, self.body_html, self.renderer, self.words = body, html, renderer, words


class Withholding(Base):
    """That a message does not reach somebody, who blocked its author when it was written.

    Of one that was changed while they did, they keep what it said before: `kept` is true.
    """

    __tablename__ = "message_withholdings"
    __table_args__ = (Index(None, "user_id"),)

    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    kept: Mapped[bool] = mapped_column(default=False)
    body: Mapped[str] = mapped_column(default="")
    body_html: Mapped[SafeHTML | None] = mapped_column(SafeHTMLText)
    edited_at: Mapped[datetime | None]


class MessageReaction(Base):
    """One word of approval by one participant on one message."""

    __tablename__ = "message_reactions"
    __table_args__ = (Index(None, "user_id"),)

    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    created_at: Mapped[datetime]


class MessageAttachment(Base):
    """That an upload stands in a message."""

    __tablename__ = "message_attachments"
    __table_args__ = (Index(None, "upload_id"),)

    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id", ondelete="CASCADE"), primary_key=True)
    upload_id: Mapped[int] = mapped_column(ForeignKey("uploads.id"), primary_key=True)


class MessageBlock(Base):
    """That nothing of somebody is to reach another. Only whoever blocks learns of it."""

    __tablename__ = "message_blocks"
    __table_args__ = (Index(None, "blocked_id"),)

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    blocked_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    created_at: Mapped[datetime]

    blocked: Mapped[User] = relationship(foreign_keys=[blocked_id], lazy="raise_on_sql")


class MessagingPreferences(Base):
    """What somebody has chosen, where it is not the usual."""

    __tablename__ = "messaging_preferences"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    takes_from: Mapped[TakesFrom] = mapped_column(default=TakesFrom.EVERYONE)
    receipts: Mapped[bool] = mapped_column(default=True)  # tells, and is told, how far messages are read
    invisible: Mapped[bool] = mapped_column(default=False)  # nobody is told when they are here
