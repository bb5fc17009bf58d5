"""Whom a question is about, and how much of the answer is for whoever asks.

Staff and those who moderate the place are told all that the answer rests on. The author of a topic is told yes or no,
and what they could see otherwise; who is in a group is not theirs to find out in this way.
"""

from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select

from forum.access.audience import may_read
from forum.access.explain import About, day, involved_groups
from forum.access.guises import KINDS, stand_in
from forum.access.models import ScopePerson
from forum.access.permissions import Permission
from forum.access.places import find_scope
from forum.access.rules import judge
from forum.access.viewer import Viewer, viewer_of
from forum.accounts.models import User
from forum.accounts.queries import find_profile
from forum.core.db import db
from forum.core.errors import Forbidden, Invalid
from forum.explaining.queries import Subject
from forum.groups.models import GroupKind
from forum.groups.queries import kinds_of_groups


def name_of_kind(kind: str) -> str:
    return {"visitor": _("A visitor"), "guest": _("A guest"), "member": _("A member")}[kind]


def about(asker: Viewer, whom: str, subject: Subject) -> About:
    """Whom `whom` means: visitor, guest, member, a username (with or without @), or nothing for whoever asks.

    Raises Invalid for a name that the asker could not look up, and Forbidden where the answer would tell them more
    than they may know, whoever it is about.
    """
    if whom in KINDS:
        return About(stand_in(whom), name_of_kind(whom))
    person = asker.user if not whom else person_named(asker, whom)
    in_full = asker.moderates(subject.place)
    if person.id != asker.id:
        refuse_to_tell(asker, subject)
    return About(
        viewer=viewer_of(person),
        name=person.name,
        account=person,
        in_full=in_full or person.id == asker.id,
        named_until=_named_until(subject, person),
    )


def person_named(asker: Viewer, whom: str) -> User:
    """The person, if the asker could look them up; a name that nobody has answers the same."""
    name = whom.removeprefix("@")
    person = find_profile(asker, name) if name else None
    if person is None:
        raise Invalid({"viewer": _("There is nobody of that name whom you could look up.")})
    return person


def refuse_to_tell(asker: Viewer, subject: Subject) -> None:
    """Raise Forbidden where yes or no would tell who is in a group, or who moderates a place the asker may not enter."""
    if asker.is_staff:
        return
    in_full = asker.moderates(subject.place)
    for kind, scope_id in kinds_of_groups(involved_groups(subject.audience)):
        if kind is not GroupKind.OPEN or not (in_full or scope_id in asker.scopes):
            raise Forbidden(_("The answer would tell who is in a group, and that is not for you to know."))
    if not in_full and not may_read(asker, subject.default):
        raise Forbidden(
            _("The place around this topic is not open to you: only staff are told about others.")
        )


def invitations(asker: Viewer, subject: Subject) -> list[tuple[User, str]]:
    """Who is named for a topic, by name, and the last day of that in words (empty: without end); for those who name them."""
    if subject.topic is None or not judge(Permission.SET_AUDIENCE, asker, subject.topic):
        return []
    scope_id = find_scope("people", subject.topic.id)
    if scope_id not in (subject.audience.read_scope_id, subject.audience.reply_scope_id):
        return []
    rows = db.session.execute(
        select(User, ScopePerson.until)
        .join(ScopePerson, ScopePerson.user_id == User.id)
        .where(ScopePerson.scope_id == scope_id)
        .order_by(User.name_key, User.id)
    )
    return [(user, day(until) if until else "") for user, until in rows]


def _named_until(subject: Subject, person: User) -> datetime | str | None:
    if subject.topic is None:
        return None
    named = db.session.get(ScopePerson, (find_scope("people", subject.topic.id), person.id))
    return None if named is None else named.until or ""
