"""Beginning to talk: with one person, which is always the same conversation, or with several."""

from collections.abc import Sequence

from flask_babel import gettext as _
from sqlalchemy import select

from forum.access.permissions import Permission
from forum.access.rules import judge
from forum.access.viewer import viewer_of
from forum.accounts.models import User
from forum.core import clock
from forum.core.db import db
from forum.core.errors import Forbidden, Invalid
from forum.core.ids import new_id
from forum.core.transactions import publish, transactional
from forum.core.upserts import insert, insert_or_ignore
from forum.messaging.actions.loading import locked_conversation, part_of
from forum.messaging.actions.sending import Sending, send_message
from forum.messaging.kinds import MOST_PARTICIPANTS, ConversationKind
from forum.messaging.models import Conversation, Participant
from forum.messaging.queries.here import pair_key
from forum.messaging.queries.people import writable
from forum.messaging.queries.quiet import blockers_of, blocks
from forum.messaging.signals import ConversationChanged
from forum.messaging.writing import Written


@transactional
def write_to(person: User, *, author: User, written: Written, client_id: str) -> Sending:
    """Say something to somebody alone. The conversation of two people is made once, whoever of them begins."""
    viewer = viewer_of(author)
    begins = judge(Permission.START_CONVERSATION, viewer)
    conversation = _pair(author, person)
    here = part_of(conversation.id, author.id)
    if here is None or not here.is_open:
        if blocks(author.id, person.id):
            raise Forbidden(_("You have blocked this person. Take that back to write to them."))
        if not begins:
            raise Forbidden(begins.reason)
        _refuse_unwritable(author, [person])
        _take_part(conversation, author, [author, person])
    return send_message(conversation.id, author=author, written=written, client_id=client_id)


@transactional
def start_group(
    people: Sequence[User], *, author: User, name: str, written: Written, client_id: str
) -> Sending:
    """Begin a conversation of several, owned by whoever begins it. The same `client_id` again is the same group."""
    # Whoever begins is locked: the same submission twice at once makes one group.
    db.session.execute(select(User.id).where(User.id == author.id).with_for_update(key_share=True))
    known = db.session.scalar(
        select(Conversation).where(
            Conversation.started_by_id == author.id, Conversation.client_id == client_id
        )
    )
    if known is not None:
        return send_message(known.id, author=author, written=written, client_id=client_id)
    begins = judge(Permission.START_CONVERSATION, viewer_of(author))
    if not begins:
        raise Forbidden(begins.reason)
    refuse_too_many(len({person.id for person in people} | {author.id}))
    _refuse_unwritable(author, people)
    now = clock.now()
    conversation = Conversation(
        id=new_id(),
        kind=ConversationKind.GROUP,
        name=name,
        owner_id=author.id,
        started_by_id=author.id,
        client_id=client_id,
        last_rev=0,
        created_at=now,
        changed_at=now,
    )
    db.session.add(conversation)
    db.session.flush()
    _take_part(conversation, author, [author, *people])
    return send_message(conversation.id, author=author, written=written, client_id=client_id)


def refuse_too_many(count: int) -> None:
    if count > MOST_PARTICIPANTS:
        raise Invalid({"participants": _("At most %(most)s people can take part.", most=MOST_PARTICIPANTS)})


def _pair(one: User, other: User) -> Conversation:
    """The conversation of two, locked; made where there is none. The database sees to it that there is one."""
    key, now = pair_key(one.id, other.id), clock.now()
    row = {
        "id": new_id(),
        "kind": ConversationKind.PAIR,
        "pair_key": key,
        "name": "",
        "started_by_id": one.id,
        "last_rev": 0,
        "created_at": now,
        "changed_at": now,
    }
    known = select(Conversation.id).where(Conversation.pair_key == key)
    found = db.session.scalar(known)
    if found is None:
        db.session.execute(insert(Conversation).values(row).on_conflict_do_nothing())
        found = db.session.scalars(known).one()
    return locked_conversation(found)


def _take_part(conversation: Conversation, author: User, people: Sequence[User]) -> None:
    """These are in it from here on. For whoever blocks the author it is not there, and nobody can tell."""
    now = clock.now()
    silent = blockers_of(author.id, [person.id for person in people])
    rows = {
        person.id: {
            "conversation_id": conversation.id,
            "user_id": person.id,
            "joined_at": now,
            "changed_at": now,
            "is_withheld": person.id in silent,
            "from_seq": conversation.last_rev,
            "read_seq": conversation.last_rev,
            "mailed_seq": conversation.last_rev,
            "muted": False,
            "draft": "",
            "draft_version": 0,
        }
        for person in people
    }
    insert_or_ignore(Participant, list(rows.values()))
    here = part_of(conversation.id, author.id)
    if here is not None and here.is_withheld:
        here.join(at=now, after=conversation.last_rev, withheld=False)
    conversation.changed_at = now
    db.session.flush()
    publish(ConversationChanged(conversation.id))


def _refuse_unwritable(author: User, people: Sequence[User]) -> None:
    """Raises Invalid, by name, for those who are not there or take nothing from the author."""
    can = writable(viewer_of(author), people)
    refused = [person.username for person in people if person.id not in can]
    if refused:
        raise Invalid({"participants": unknown_people(refused)})


def unknown_people(names: Sequence[str]) -> str:
    """What is said of those who are not there, and of those who take no messages: the same."""
    return _("There is nobody called %(names)s who takes messages from you.", names=", ".join(sorted(names)))
