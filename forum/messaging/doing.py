"""What the doors for programs and the sockets do alike: a limit, a text, an action, an answer."""

from datetime import timedelta

from flask_babel import gettext as _

from forum.access.viewer import Viewer
from forum.accounts.models import User
from forum.core import clock, settings
from forum.core.errors import Invalid, NotFound
from forum.messaging import models, schemas
from forum.messaging.actions import changing, peopling, reading, sending, starting
from forum.messaging.actions.sending import Sending
from forum.messaging.params import ConversationBody, SendMessageBody, StartConversationBody
from forum.messaging.queries.conversations import Row, find_row
from forum.messaging.queries.here import LARGEST_ID, find_pair, find_part
from forum.messaging.queries.messages import find_message
from forum.messaging.queries.people import find_people
from forum.messaging.queries.unread import unread_counts
from forum.messaging.shapes import message_for
from forum.messaging.together import Writer
from forum.messaging.writing import Written, nothing, prepare
from forum.web import limits

writer = Writer()


def start(viewer: Viewer, given: StartConversationBody) -> Row:
    """Begin a conversation, or find the one there is with somebody, and say the first thing in it."""
    found = find_people(given.participants)
    missing = [name for name in given.participants if name not in found]
    people = list({user.id: user for user in found.values() if user.id != viewer.id}.values())
    if missing:
        raise Invalid({"participants": starting.unknown_people(missing)})
    if not people:
        raise Invalid({"participants": _("You cannot write to yourself.")})
    limits.hit("message", viewer.id)
    if len(people) == 1 and not given.name:
        message = _start_pair(viewer, people[0], given)
    else:
        _check_new(viewer)
        message = starting.start_group(
            people,
            author=viewer.user,
            name=given.name,
            written=_written_to(viewer, people, given.body),
            client_id=given.client_id,
        )
        _note_new(viewer, len(people))
    row = find_row(viewer, message.conversation_id)
    if row is None:
        raise NotFound
    return row


def send(viewer: Viewer, here: models.Participant, given: SendMessageBody) -> schemas.Message:
    one = _on_its_way(viewer, here.conversation_id, given)
    sent = sending.send_message(
        one.conversation_id,
        author=viewer.user,
        written=one.written,
        client_id=one.client_id,
        reply_to_id=one.reply_to_id,
    )
    return shown(viewer, sent.id)


def send_together(viewer: Viewer, conversation_id: int, given: SendMessageBody) -> Sending:
    """The same, together with whatever else waits to be stored; whether the conversation is there is asked then."""
    one = _on_its_way(viewer, conversation_id, given)
    writer.send(one)
    return one


def _on_its_way(viewer: Viewer, conversation_id: int, given: SendMessageBody) -> Sending:
    if not 0 < conversation_id <= LARGEST_ID:
        raise NotFound
    limits.hit("message", viewer.id)
    written = prepare(given.body, conversation_id=conversation_id)
    reply_to = int(given.reply_to) if given.reply_to else None
    if reply_to is not None and not 0 < reply_to <= LARGEST_ID:
        raise Invalid({"reply_to": _("The message you answer is not in this conversation.")})
    return Sending(conversation_id, viewer.user.id, written, given.client_id, reply_to)


def edit(viewer: Viewer, message: models.Message, body: str) -> schemas.Message:
    limits.hit("message:change", viewer.id)
    written = prepare(body, conversation_id=message.conversation_id)
    changing.edit_message(message.id, actor=viewer.user, written=written)
    return shown(viewer, message.id)


def delete(viewer: Viewer, message: models.Message) -> schemas.Message:
    limits.hit("message:change", viewer.id)
    changing.delete_message(message.id, actor=viewer.user, nothing=nothing())
    return shown(viewer, message.id)


def react(viewer: Viewer, message: models.Message, name: str, *, on: bool) -> schemas.Message:
    limits.hit("message:change", viewer.id)
    changing.react_to_message(message.id, name=name, on=on, actor=viewer.user)
    return shown(viewer, message.id)


def read(viewer: Viewer, here: models.Participant, seq: int) -> int:
    """All up to a number has been read; answers how many are unread still."""
    limits.hit("message:read", viewer.id)
    reading.mark_read(here.conversation_id, seq=seq, actor=viewer.user)
    return unread_counts(viewer, [here.conversation_id]).get(here.conversation_id, 0)


def add_participant(viewer: Viewer, here: models.Participant, username: str) -> None:
    """Raises Invalid where there is nobody of this name who takes messages from the viewer."""
    person = find_people([username]).get(username)
    if person is None:
        raise Invalid({"username": starting.unknown_people([username])})
    is_new = find_part(here.conversation_id, person.id) is None
    if is_new:
        _check_new(viewer)
    peopling.add_participants(here.conversation_id, people=[person], actor=viewer.user)
    if is_new:
        _note_new(viewer, 1)


def remove_participant(viewer: Viewer, here: models.Participant, username: str) -> None:
    person = find_people([username]).get(username)
    if person is None:
        raise NotFound
    peopling.remove_participant(here.conversation_id, person_id=person.id, actor=viewer.user)


def change_group(viewer: Viewer, here: models.Participant, given: ConversationBody) -> None:
    owner = find_people([given.owner]).get(given.owner) if given.owner else None
    if given.owner and owner is None:
        raise Invalid({"owner": _("Only somebody who takes part can own the group.")})
    picture_id = int(given.picture) if given.picture is not None else None
    if picture_id is not None and picture_id > LARGEST_ID:
        raise Invalid({"picture": _("Choose a picture that you have uploaded.")})
    peopling.change_group(
        here.conversation_id,
        actor=viewer.user,
        name=given.name,
        picture_id=picture_id,
        owner_id=owner.id if owner else None,
    )


def shown(viewer: Viewer, message_id: int) -> schemas.Message:
    """A message as it is now for this viewer. NotFound where it is no longer there for them."""
    found = find_message(viewer, message_id)
    if found is None:
        raise NotFound
    return message_for(viewer, found)


def _start_pair(viewer: Viewer, person: User, given: StartConversationBody) -> Sending:
    known = find_pair(viewer, person.id)
    if known is None:
        _check_new(viewer)
    message = starting.write_to(
        person,
        author=viewer.user,
        written=_written_to(viewer, [person], given.body),
        client_id=given.client_id,
    )
    if known is None:
        _note_new(viewer, 1)
    return message


def _written_to(viewer: Viewer, people: list[User], body: str) -> Written:
    return prepare(body, user_ids=frozenset({viewer.user.id, *(person.id for person in people)}))


def _check_new(viewer: Viewer) -> None:
    """Raises TooManyRequests for whoever has written to many new people lately; for a new account, to a few."""
    if viewer.is_staff:
        return
    limits.check("recipient", viewer.id)
    if _is_newcomer(viewer):
        limits.check("recipient:newcomer", viewer.id)


def _note_new(viewer: Viewer, count: int) -> None:
    for _each in range(count):
        limits.note("recipient", viewer.id)
        if _is_newcomer(viewer):
            limits.note("recipient:newcomer", viewer.id)


def _is_newcomer(viewer: Viewer) -> bool:
    return bool(clock.now() < viewer.user.created_at + timedelta(days=settings.current().newcomer_days))
