"""Ignoring somebody, and ending that. Only whoever ignores learns of it; so nothing is logged."""

from flask_babel import gettext as _
from sqlalchemy import delete, func, select

from forum.access.doors import authorize
from forum.access.permissions import Permission
from forum.access.viewer import viewer_of
from forum.accounts.models import Ignore, User
from forum.accounts.signals import PersonIgnored
from forum.core import clock
from forum.core.db import db
from forum.core.errors import Invalid
from forum.core.transactions import publish, transactional
from forum.core.upserts import insert_or_ignore

MOST = 500  # one's pages carry them all


@transactional
def ignore(person: User, *, reader: User) -> None:
    """Fold what this person writes, for the reader alone."""
    authorize(Permission.IGNORE, viewer_of(reader), person)
    count = db.session.scalar(select(func.count()).where(Ignore.user_id == reader.id)) or 0
    if count >= MOST:
        raise Invalid({"": _("You ignore %(most)s people. Stop ignoring some first.", most=MOST)})
    row = {"user_id": reader.id, "ignored_id": person.id, "created_at": clock.now()}
    insert_or_ignore(Ignore, [row])
    publish(PersonIgnored(reader.id, person.id))


@transactional
def stop_ignoring(person_id: int, *, reader: User) -> None:
    """Show again what this person writes."""
    db.session.execute(delete(Ignore).where(Ignore.user_id == reader.id, Ignore.ignored_id == person_id))
