"""What accounts need done from time to time."""

from sqlalchemy import delete

from forum.accounts import last_use, wrong_passwords
from forum.accounts.actions import forget_old_tokens, forget_unconfirmed
from forum.accounts.models import Session
from forum.core import clock
from forum.core.db import db
from forum.core.transactions import transaction
from forum.jobs.schedules import every


@every(30)
def write_last_use() -> None:
    last_use.write()


@every(3600)
def forget_what_is_over() -> None:
    """Accounts nobody confirmed, names held no longer, sessions and tokens that have ended, wrong passwords for nobody."""
    forget_unconfirmed()
    forget_old_tokens()
    with transaction():
        db.session.execute(delete(Session).where(Session.expires_at <= clock.now()))
        wrong_passwords.forget_old()
