"""Personal tokens: made, shown once, ended."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from flask_babel import gettext as _
from sqlalchemy import delete

from forum.accounts import bearers
from forum.accounts.bearers import Bearer
from forum.accounts.models import PersonalToken, User
from forum.accounts.queries import account_to_change, personal_token_to_change, personal_tokens_of
from forum.accounts.sessions import token_hash
from forum.accounts.signals import PersonalTokenMade
from forum.core import clock
from forum.core.db import db
from forum.core.errors import Forbidden, Invalid
from forum.core.ids import new_id
from forum.core.transactions import publish, transactional
from forum.web.token_scopes import TokenScope

MOST_AT_ONCE = 50
KEPT_AFTER_ITS_END = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Made:
    """A new token, and its text, which stands nowhere else."""

    token: PersonalToken
    text: str


@transactional
def make_personal_token(
    user: User, *, name: str, scopes: Iterable[TokenScope], days: int, bearer: Bearer | None = None
) -> Made:
    """A new token for so many days; its owner is told by mail. Made with a token, it may do no more than that, and no longer."""
    user = account_to_change(user.id)
    if user.is_suspended():
        raise Forbidden(_("Your account is suspended."))
    wanted = {TokenScope.READ, *scopes}
    expires_at = clock.now() + timedelta(days=days)
    if bearer is not None:
        _refuse_more_than(bearer, wanted)
        expires_at = min(expires_at, bearer.expires_at)
        personal_token_to_change(bearer.id)
    live = personal_tokens_of(user)
    if len(live) >= MOST_AT_ONCE:
        raise Invalid({"name": _("You have as many tokens as one can have. Revoke one first.")})
    if any(token.name == name for token in live):
        raise Invalid({"name": _("You have a token of this name. Revoke it, or choose another name.")})
    text = bearers.new_token_text()
    token = PersonalToken(
        id=new_id(),
        token_hash=token_hash(text),
        user_id=user.id,
        name=name,
        scopes=[scope.value for scope in TokenScope if scope in wanted],
        created_at=clock.now(),
        expires_at=expires_at,
        made_by_id=bearer.id if bearer else None,
    )
    db.session.add(token)
    db.session.flush()
    publish(PersonalTokenMade(user_id=user.id, token_id=token.id))
    return Made(token, text)


@transactional
def revoke_personal_token(user: User, *, token_id: int) -> bool:
    """End a token of one's own, and those made with it. False where there is none that lives."""
    return bearers.end_personal_tokens(account_to_change(user.id), [token_id], reason="revoked") > 0


@transactional
def forget_old_tokens() -> None:
    """Drop what has been over for a month."""
    before = clock.now() - KEPT_AFTER_ITS_END
    over = (PersonalToken.expires_at <= before) | (PersonalToken.revoked_at <= before)
    db.session.execute(delete(PersonalToken).where(over))


def _refuse_more_than(bearer: Bearer, wanted: set[TokenScope]) -> None:
    missing = sorted(wanted - bearer.scopes)
    if missing:
        raise Invalid(
            {
                "scopes": _(
                    "A token makes none that may do more than itself: %(scopes)s.", scopes=", ".join(missing)
                )
            }
        )
