"""What is told over the live line of conversations: to each device of those who take part, made for each at delivery."""

from collections.abc import Sequence

from flask import current_app

from forum.access.viewer import Viewer
from forum.core.signals import listens_to
from forum.messaging import recent
from forum.messaging.queries.conversations import participant_ids
from forum.messaging.queries.hearing import (
    acquaintances,
    hears_presence,
    hears_reading,
    hears_typing,
    is_invisible,
)
from forum.messaging.queries.here import find_here
from forum.messaging.queries.messages import find_message
from forum.messaging.queries.unread import unread_total
from forum.messaging.shapes import message_for
from forum.messaging.signals import (
    BlockChanged,
    ConversationChanged,
    MessageChanged,
    MessageSent,
    MessagesRead,
    ParticipationChanged,
    VisibilityChanged,
)
from forum.realtime import Room, broadcast, counter, declare_broadcast, push_counts, room
from forum.realtime.broadcasts import Payload
from forum.realtime.presence import PresenceChanged
from forum.web.token_scopes import TokenScope


def _new_message_for(viewers: Sequence[Viewer], payload: Payload) -> Sequence[Payload | None]:
    """The same for several: what this process has just stored is not read again."""
    stored = recent.find(int(payload["id"]))
    if stored is not None:
        return [stored.for_viewer(viewer) for viewer in viewers]
    return [_message_for(viewer, payload) for viewer in viewers]


def _message_for(viewer: Viewer, payload: Payload) -> Payload | None:
    """The message as this viewer may have it now, or nothing."""
    seen = find_message(viewer, int(payload["id"]))
    return None if seen is None else {"message": message_for(viewer, seen).model_dump(mode="json")}


def _conversation_for(viewer: Viewer, payload: Payload) -> Payload | None:
    """That something about it is another, or that it is no longer there, for who took part until now."""
    conversation_id = int(payload["conversation_id"])
    if find_here(viewer, conversation_id) is not None:
        return {"conversation_id": payload["conversation_id"], "gone": False}
    if str(viewer.id) in payload["gone"]:
        return {"conversation_id": payload["conversation_id"], "gone": True}
    return None


def _reading_for(viewer: Viewer, payload: Payload) -> Payload | None:
    hears = hears_reading(viewer, int(payload["conversation_id"]), int(payload["user_id"]))
    return payload if hears else None


def _typing_for(viewer: Viewer, payload: Payload) -> Payload | None:
    hears = hears_typing(viewer, int(payload["conversation_id"]), int(payload["user_id"]))
    return payload if hears else None


def _presence_for(viewer: Viewer, payload: Payload) -> Payload | None:
    """Who has just been blocked hears once that the other one has gone: as if they had."""
    if viewer.id is not None and payload["state"] == "offline" and payload.get("hidden") == str(viewer.id):
        return {"user_id": payload["user_id"], "state": "offline"}
    hears = hears_presence(viewer, int(payload["user_id"]))
    return {"user_id": payload["user_id"], "state": payload["state"]} if hears else None


SCOPE = TokenScope.MESSAGES
declare_broadcast("message:new", made_for_all=_new_message_for, scope=SCOPE)
declare_broadcast("message:changed", made_for=_message_for, scope=SCOPE)
declare_broadcast("message:read", made_for=_reading_for, scope=SCOPE)
declare_broadcast("typing", made_for=_typing_for, scope=SCOPE)
declare_broadcast("presence", made_for=_presence_for, scope=SCOPE)
declare_broadcast("conversation:changed", made_for=_conversation_for, scope=SCOPE)
declare_broadcast("inbox:changed", scope=SCOPE)
counter("messages", unread_total)


@listens_to(MessageSent)
def tell_of_message(signal: MessageSent) -> None:
    stored = recent.find(signal.message_id)
    people = sorted(stored.sending.reached) if stored else participant_ids(signal.conversation_id)
    broadcast(_devices(people), "message:new", {"id": str(signal.message_id)})
    push_counts(*(one for one in people if one != signal.author_id or signal.caught_up))


@listens_to(MessageChanged)
def tell_of_change(signal: MessageChanged) -> None:
    people = participant_ids(signal.conversation_id)
    broadcast(_devices(people), "message:changed", {"id": str(signal.message_id)})
    if signal.is_deleted:
        push_counts(*people)


@listens_to(MessagesRead)
def tell_of_reading(signal: MessagesRead) -> None:
    told = {
        "conversation_id": str(signal.conversation_id),
        "user_id": str(signal.user_id),
        "seq": signal.seq,
    }
    broadcast(_devices(participant_ids(signal.conversation_id)), "message:read", told)
    push_counts(signal.user_id)


@listens_to(ConversationChanged)
def tell_of_conversation(signal: ConversationChanged) -> None:
    people = {*participant_ids(signal.conversation_id), *signal.gone_ids}
    told = {"conversation_id": str(signal.conversation_id), "gone": [str(one) for one in signal.gone_ids]}
    broadcast(_devices(sorted(people)), "conversation:changed", told)
    if signal.gone_ids:
        push_counts(*signal.gone_ids)


@listens_to(ParticipationChanged)
def tell_of_keeping(signal: ParticipationChanged) -> None:
    told = {"conversation_id": str(signal.conversation_id), "gone": []}
    broadcast(room("user", signal.user_id), "conversation:changed", told)
    push_counts(signal.user_id)


@listens_to(PresenceChanged)
def tell_of_presence(signal: PresenceChanged) -> None:
    if not is_invisible(signal.user_id):
        _tell_presence(signal.user_id, is_here=signal.online)


@listens_to(VisibilityChanged)
def tell_of_visibility(signal: VisibilityChanged) -> None:
    if _is_here(signal.user_id):
        _tell_presence(signal.user_id, is_here=not signal.invisible)


@listens_to(BlockChanged)
def tell_of_silence(signal: BlockChanged) -> None:
    """Both go out of each other's sight, or come into it again; neither is told why."""
    broadcast(room("user", signal.user_id), "inbox:changed", {})
    for one, other in ((signal.user_id, signal.person_id), (signal.person_id, signal.user_id)):
        if _is_here(one) and not is_invisible(one):
            told = {"user_id": str(one), "state": "offline" if signal.blocked else "online"}
            if signal.blocked and other in signal.known_ids:
                told["hidden"] = str(other)
            broadcast(room("user", other), "presence", told)


def _tell_presence(user_id: int, *, is_here: bool) -> None:
    told = {"user_id": str(user_id), "state": "online" if is_here else "offline"}
    broadcast(_devices(sorted(acquaintances(user_id))), "presence", told)


def _is_here(user_id: int) -> bool:
    return bool(current_app.extensions["forum_live"].presence.online([user_id]))


def _devices(user_ids: list[int]) -> list[Room]:
    return [room("user", user_id) for user_id in user_ids]
