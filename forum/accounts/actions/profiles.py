"""What people say of themselves, and how they like to read."""

from datetime import timedelta

from forum.accounts.models import User
from forum.accounts.names import clean_username, username_key
from forum.accounts.params import PreferencesParams, ProfileParams
from forum.accounts.queries import account_to_change
from forum.accounts.signals import ProfileChanged, UsernameChanged
from forum.accounts.usernames import check_free, hold
from forum.core import clock
from forum.core.errors import Invalid
from forum.core.transactions import publish, transactional
from forum.core.versions import bump_site

OLD_NAME_HELD = timedelta(days=365)
SHOWN = ("name", "credentials", "specialty", "institution", "city", "country", "bio")


@transactional
def update_profile(user: User, params: ProfileParams) -> None:
    """Take over what somebody says of themselves; a new username too, if nobody has it."""
    user = account_to_change(user.id)
    if params.username != user.username:
        change_username(user, username=params.username)
    changed = [name for name in SHOWN if getattr(user, name) != getattr(params, name)]
    for name in changed:
        setattr(user, name, getattr(params, name))
    if changed:
        bump_site()
        publish(ProfileChanged(user_id=user.id))


@transactional
def change_username(user: User, *, username: str) -> None:
    """Another username. The old one leads here for a year, and nobody else may take it."""
    user = account_to_change(user.id)
    old = user.username
    if username_key(username) != username_key(old):
        try:
            username = clean_username(username)
        except ValueError as error:
            raise Invalid({"username": str(error)}) from None
        check_free(username, user_id=user.id)
        hold(old, until=clock.now() + OLD_NAME_HELD, user_id=user.id)
    if user.rename(username):
        bump_site()
        publish(UsernameChanged(user_id=user.id, old_username=old))


@transactional
def update_preferences(user: User, params: PreferencesParams) -> None:
    """How somebody likes to read."""
    user = account_to_change(user.id)
    user.theme, user.topic_view = params.theme, params.topic_view
    user.locale, user.time_zone = params.locale, params.time_zone
    user.shortcuts = params.shortcuts


@transactional
def choose_theme(user: User, *, theme: str) -> None:
    account_to_change(user.id).theme = theme
