"""What conversations announce."""

from dataclasses import dataclass

from forum.core.signals import Signal


@dataclass(frozen=True, slots=True)
class ConversationChanged(Signal):
    """Its name, its picture, its owner or its people; `gone_ids` are those who take part no more."""

    conversation_id: int
    gone_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class MessageSent(Signal):
    message_id: int
    conversation_id: int
    author_id: int


@dataclass(frozen=True, slots=True)
class MessageChanged(Signal):
    """Edited, deleted or reacted to."""

    message_id: int
    conversation_id: int


@dataclass(frozen=True, slots=True)
class MessagesRead(Signal):
    conversation_id: int
    user_id: int
    seq: int


@dataclass(frozen=True, slots=True)
class ParticipationChanged(Signal):
    """Somebody keeps a conversation otherwise than before: muted, archived, pinned; or blocks somebody."""

    user_id: int
    conversation_id: int | None = None
