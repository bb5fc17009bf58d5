"""Finding accounts, sessions, people."""

from collections.abc import Sequence

from sqlalchemy import Select, select

from forum.access.models import RoleAssignment, RoleName
from forum.access.permissions import Permission
from forum.access.rules import judge
from forum.access.viewer import Viewer
from forum.accounts.addresses import key_of
from forum.accounts.models import (
    AccountToken,
    FeedToken,
    PersonalToken,
    Session,
    TokenPurpose,
    User,
    UsernameHold,
)
from forum.accounts.names import username_key
from forum.accounts.tokens import find_token, waiting_registrations
from forum.core import clock
from forum.core.db import db
from forum.core.errors import InvalidToken, SignInNeeded
from forum.core.pages import Page, cut, decode_cursor, encode_cursor
from forum.core.versions import Version


def find_account(email_or_username: str) -> User | None:
    """The account that signs in with this address or username; names that came with an import have none."""
    given = email_or_username.strip()
    which = User.email_key == key_of(given) if "@" in given else User.username_key == username_key(given)
    return db.session.scalar(select(User).where(which, User.imported_at.is_(None)))


def find_by_address(address_key: str) -> User | None:
    return db.session.scalar(select(User).where(User.email_key == address_key, User.imported_at.is_(None)))


def find_by_username(username: str) -> User | None:
    return db.session.scalar(select(User).where(User.username_key == username_key(username)))


def find_profile(viewer: Viewer, username: str) -> User | None:
    """The person, if there for this viewer; a username given up leads to whoever had it, for as long as it is held."""
    user = find_by_username(username)
    if user is None:
        former = select(UsernameHold.user_id).where(
            UsernameHold.key == username_key(username), UsernameHold.until > clock.now()
        )
        user = db.session.scalar(select(User).where(User.id == former.scalar_subquery()))
    return user if user is not None and judge(Permission.READ_PROFILE, viewer, user) else None


def roles_held(user: User) -> list[tuple[RoleName, int | None]]:
    """Roles with the place they are held in; None for the whole site."""
    held = select(RoleAssignment.role, RoleAssignment.place_id).where(RoleAssignment.user_id == user.id)
    return [(role, place_id) for role, place_id in db.session.execute(held.order_by(RoleAssignment.id))]


def account_to_change(user_id: int) -> User:
    """The account as it is now, locked until the transaction ends."""
    return db.session.get_one(User, user_id, with_for_update=True, populate_existing=True)


def session_to_change(session_id: int) -> Session:
    """The session as it is now. Raises SignInNeeded where it has ended meanwhile."""
    session = db.session.get(Session, session_id, with_for_update=True, populate_existing=True)
    if session is None:
        raise SignInNeeded
    return session


def is_staff(user: User) -> bool:
    return RoleName.STAFF in site_roles(user)


def site_roles(user: User) -> set[RoleName]:
    """The roles a person holds on the whole site."""
    held = select(RoleAssignment.role).where(
        RoleAssignment.user_id == user.id, RoleAssignment.place_id.is_(None)
    )
    return set(db.session.scalars(held))


def sessions_of(user: User) -> Sequence[Session]:
    """Where a person is signed in, newest use first."""
    live = select(Session).where(Session.user_id == user.id, Session.expires_at > clock.now())
    return db.session.scalars(live.order_by(Session.used_at.desc(), Session.id.desc())).all()


def personal_tokens_of(user: User) -> Sequence[PersonalToken]:
    """The tokens of a person that are good for something, newest first."""
    return db.session.scalars(_live_tokens(user).order_by(PersonalToken.id.desc())).all()


def page_of_tokens(user: User, *, after: str | None, limit: int) -> Page[PersonalToken]:
    """The same, paged by key."""
    wanted = _live_tokens(user)
    if after:
        wanted = wanted.where(PersonalToken.id < decode_cursor(after, [int])[0])
    found = db.session.scalars(wanted.order_by(PersonalToken.id.desc()).limit(limit + 1)).all()
    tokens, more = cut(found, limit)
    return Page(tokens, encode_cursor([tokens[-1].id]) if more else None)


def personal_token_to_change(token_id: int) -> PersonalToken:
    """The token as it is now, locked. Raises InvalidToken where it has ended meanwhile."""
    token = db.session.get(PersonalToken, token_id, with_for_update=True, populate_existing=True)
    if token is None or token.revoked_at is not None:
        raise InvalidToken
    return token


def _live_tokens(user: User) -> Select[PersonalToken]:
    return select(PersonalToken).where(
        PersonalToken.user_id == user.id,
        PersonalToken.revoked_at.is_(None),
        PersonalToken.expires_at > clock.now(),
    )


def feed_tokens_of(user: User) -> Sequence[FeedToken]:
    """Which feed readers a person has given an address to, newest first."""
    own = select(FeedToken).where(FeedToken.user_id == user.id)
    return db.session.scalars(own.order_by(FeedToken.made_at.desc(), FeedToken.id.desc())).all()


def find_confirmation(token: str) -> AccountToken | None:
    """What a link to confirm stands for, while it works; looking uses nothing up."""
    return find_token(token, TokenPurpose.CONFIRM, TokenPurpose.CHANGE_EMAIL)


def is_one_of_several(link: AccountToken) -> bool:
    """Whether more than one registration waits for the address that a link confirms."""
    return link.purpose is TokenPurpose.CONFIRM and len(waiting_registrations(link.user_id)) > 1


def find_reset(token: str) -> AccountToken | None:
    return find_token(token, TokenPurpose.RESET)


def pending_email(user: User) -> str | None:
    """A new address that waits to be confirmed."""
    return db.session.scalar(
        select(AccountToken.email)
        .where(
            AccountToken.user_id == user.id,
            AccountToken.purpose == TokenPurpose.CHANGE_EMAIL,
            AccountToken.used_at.is_(None),
            AccountToken.expires_at > clock.now(),
        )
        .order_by(AccountToken.id.desc())
        .limit(1)
    )


def holds_demo() -> bool:
    """Whether what stands in this database is the demo."""
    return db.session.get(Version, "demo") is not None
