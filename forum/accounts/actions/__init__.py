"""Every change to an account: one function per verb."""

from forum.accounts.actions.addresses import change_email, confirm_email, request_confirmation
from forum.accounts.actions.changing import AccountChanges, change_user
from forum.accounts.actions.creating import create_user
from forum.accounts.actions.feeds import make_feed_token, renew_feed_token, revoke_feed_token
from forum.accounts.actions.ignoring import ignore, stop_ignoring
from forum.accounts.actions.passwords import change_password, request_reset, reset_password
from forum.accounts.actions.personal_tokens import (
    forget_old_tokens,
    make_personal_token,
    revoke_personal_token,
)
from forum.accounts.actions.profiles import change_username, choose_theme, update_preferences, update_profile
from forum.accounts.actions.registering import forget_unconfirmed, register_guest
from forum.accounts.actions.roles import grant_role, revoke_role
from forum.accounts.actions.sessions import end_all_sessions, end_other_sessions, end_session
from forum.accounts.actions.signing_in import prove, sign_in, sign_in_as, sign_out
from forum.accounts.actions.standing import set_standing
from forum.accounts.actions.suspending import reinstate_user, suspend_user

__all__ = [
    "AccountChanges",
    "change_email",
    "change_password",
    "change_user",
    "change_username",
    "choose_theme",
    "confirm_email",
    "create_user",
    "end_all_sessions",
    "end_other_sessions",
    "end_session",
    "forget_old_tokens",
    "forget_unconfirmed",
    "grant_role",
    "ignore",
    "make_feed_token",
    "make_personal_token",
    "prove",
    "register_guest",
    "reinstate_user",
    "renew_feed_token",
    "request_confirmation",
    "request_reset",
    "reset_password",
    "revoke_feed_token",
    "revoke_personal_token",
    "revoke_role",
    "set_standing",
    "sign_in",
    "sign_in_as",
    "sign_out",
    "stop_ignoring",
    "suspend_user",
    "update_preferences",
    "update_profile",
]
