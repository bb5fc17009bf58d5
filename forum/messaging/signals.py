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
    caught_up: bool = False  # its author had not read all that was there


@dataclass(frozen=True, slots=True)
class MessageChanged(Signal):
    """Edited, deleted or reacted to."""

    message_id: int
    conversation_id: int
    is_deleted: bool = False


@dataclass(frozen=True, slots=True)
class MessagesRead(Signal):
    conversation_id: int
    user_id: int
    seq: int


@dataclass(frozen=True, slots=True)
class ParticipationChanged(Signal):
    """Somebody keeps a conversation otherwise than before: muted, archived, pinned."""

    user_id: int
    conversation_id: int


@dataclass(frozen=True, slots=True)
class VisibilityChanged(Signal):
    user_id: int
    invisible: bool


@dataclass(frozen=True, slots=True)
class BlockChanged(Signal):
    """Somebody blocks another, or does so no more. `known_ids`: of both, who was told until now when the other one is here."""

    user_id: int
    person_id: int
    blocked: bool
    known_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class MessagesDue(Signal):
    """Messages wait unread for somebody, of which they are to be told by mail: (conversation, up to which number) each."""

    user_id: int
    waiting: tuple[tuple[int, int], ...]
