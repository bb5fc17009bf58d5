"""Every change to an account: one function per verb."""

from forum.accounts.actions.addresses import change_email, confirm_email, request_confirmation
from forum.accounts.actions.passwords import change_password, request_reset, reset_password
from forum.accounts.actions.profiles import change_username, choose_theme, update_preferences, update_profile
from forum.accounts.actions.registering import forget_unconfirmed, register_guest
from forum.accounts.actions.sessions import end_all_sessions, end_other_sessions, end_session
from forum.accounts.actions.signing_in import prove, sign_in, sign_in_as, sign_out

__all__ = [
    "change_email",
    "change_password",
    "change_username",
    "choose_theme",
    "confirm_email",
    "end_all_sessions",
    "end_other_sessions",
    "end_session",
    "forget_unconfirmed",
    "prove",
    "register_guest",
    "request_confirmation",
    "request_reset",
    "reset_password",
    "sign_in",
    "sign_in_as",
    "sign_out",
    "update_preferences",
    "update_profile",
]
