"""Who is in a group, what it is called and who owns it."""

from collections.abc import Sequence

from flask_babel import gettext as _

from forum.access.permissions import Permission
from forum.access.viewer import viewer_of
from forum.accounts.models import User
from forum.core import clock
from forum.core.db import db
from forum.core.errors import Invalid, NotFound
from forum.core.transactions import publish, transactional
from forum.media.models import Upload
from forum.messaging.actions.loading import here_to_change, part_of, parts_of
from forum.messaging.actions.starting import refuse_too_many, unknown_people
from forum.messaging.models import Conversation, Participant
from forum.messaging.queries.people import writable
from forum.messaging.queries.quiet import blockers_of
from forum.messaging.signals import ConversationChanged


@transactional
def add_participants(conversation_id: int, *, people: Sequence[User], actor: User) -> None:
    """Bring people into a group. They read what is said from now on; who is in it already stays as they are."""
    here = here_to_change(conversation_id, Permission.MANAGE_CONVERSATION, actor)
    taking_part = {one.user_id for one in parts_of(conversation_id)}
    fresh = [person for person in people if person.id not in taking_part]
    if not fresh:
        return
    refuse_too_many(len(taking_part | {person.id for person in fresh}))
    can = writable(viewer_of(actor), fresh)
    refused = [person.username for person in fresh if person.id not in can]
    if refused:
        raise Invalid({"participants": unknown_people(refused)})
    silent, now = blockers_of(actor.id, sorted(can)), clock.now()
    for person in fresh:
        part = part_of(conversation_id, person.id)
        if part is None:
            part = Participant(conversation_id=conversation_id, user_id=person.id, draft="", draft_version=0)
            db.session.add(part)
        part.join(at=now, after=here.conversation.last_rev, withheld=person.id in silent)
    _changed(here.conversation)


@transactional
def remove_participant(conversation_id: int, *, person_id: int, actor: User) -> None:
    """Take somebody out of a group: from that moment nothing of it is there for them."""
    here = here_to_change(conversation_id, Permission.MANAGE_CONVERSATION, actor)
    if person_id == actor.id:
        raise Invalid({"username": _("Leave the group instead.")})
    part = part_of(conversation_id, person_id)
    if part is None or not part.takes_part:
        raise NotFound
    part.leave(clock.now())
    _changed(here.conversation, gone=person_id)


@transactional
def leave_conversation(conversation_id: int, *, actor: User) -> None:
    """Take part in a group no more. What its owner leaves belongs to whoever has been in it longest."""
    here = here_to_change(conversation_id, Permission.LEAVE_CONVERSATION, actor)
    here.leave(clock.now())
    if here.conversation.owner_id == actor.id:
        left = [one for one in parts_of(conversation_id) if one.user_id != actor.id]
        here.conversation.owner_id = left[0].user_id if left else None
    _changed(here.conversation, gone=actor.id)


@transactional
def change_group(
    conversation_id: int,
    *,
    actor: User,
    name: str | None = None,
    picture_id: int | None = None,
    owner_id: int | None = None,
) -> None:
    """Give a group another name, picture (0: none) or owner. What is None stays as it is."""
    here = here_to_change(conversation_id, Permission.MANAGE_CONVERSATION, actor)
    conversation = here.conversation
    before = (conversation.name, conversation.picture_id, conversation.owner_id)
    if name is not None:
        conversation.name = name
    if picture_id is not None:
        conversation.picture_id = _own_picture(picture_id, conversation, actor) if picture_id else None
    if owner_id is not None:
        part = part_of(conversation_id, owner_id)
        if part is None or not part.takes_part:
            raise Invalid({"owner": _("Only somebody who takes part can own the group.")})
        conversation.owner_id = owner_id
    if before != (conversation.name, conversation.picture_id, conversation.owner_id):
        _changed(conversation)


def _own_picture(picture_id: int, conversation: Conversation, actor: User) -> int:
    if picture_id == conversation.picture_id:
        return picture_id
    upload = db.session.get(Upload, picture_id, with_for_update={"read": True})
    if upload is None or upload.owner_id != actor.id or not upload.is_image or upload.deleted_at is not None:
        raise Invalid({"picture": _("Choose a picture that you have uploaded.")})
    return upload.id


def _changed(conversation: Conversation, *, gone: int | None = None) -> None:
    conversation.changed_at = clock.now()
    db.session.flush()
    publish(ConversationChanged(conversation.id, (gone,) if gone is not None else ()))
