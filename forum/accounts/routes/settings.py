"""One's own settings."""

from typing import Any

from flask import Response
from flask_babel import gettext as _

from forum.access.doors import open_to_all, signed_in
from forum.access.viewer import Viewer
from forum.accounts import actions, queries, throttles
from forum.accounts.identity import is_proved, take_session
from forum.accounts.params import (
    ChangeEmailParams,
    ChangePasswordParams,
    PreferencesParams,
    ProfileParams,
    ThemeParams,
)
from forum.accounts.routes import accounts
from forum.accounts.routes.signing_in import session_id
from forum.core.errors import ForumError, Invalid, NotFound, TooManyRequests
from forum.web import limits, respond
from forum.web.forms import again
from forum.web.localities import LANGUAGES, countries, time_zones
from forum.web.params import read
from forum.web.respond import safe_next
from forum.web.theme import set_theme

PROFILE = "accounts/settings_profile.html"
ACCOUNT = "accounts/settings_account.html"
PREFERENCES = "accounts/settings_preferences.html"


@accounts.get("/settings")
@signed_in
def show_settings(viewer: Viewer) -> Response:
    return respond.page("accounts/settings.html")


@accounts.get("/settings/profile")
@signed_in
def show_profile_settings(viewer: Viewer) -> Response:
    values = {name: getattr(viewer.user, name) for name in ProfileParams.model_fields}
    return respond.page(PROFILE, values=values, countries=countries())


@accounts.post("/settings/profile")
@signed_in
def update_profile(viewer: Viewer) -> Response:
    try:
        params = read(ProfileParams)
        limits.hit("account", viewer.id)
        actions.update_profile(viewer.user, params)
    except (Invalid, TooManyRequests) as error:
        return again(PROFILE, error, countries=countries())
    return respond.see("/settings/profile", notice=_("Your profile is saved."))


@accounts.get("/settings/account")
@signed_in
def show_account_settings(viewer: Viewer) -> Response:
    return respond.page(ACCOUNT, pending_email=queries.pending_email(viewer.user))


@accounts.post("/settings/email")
@signed_in
def change_email(viewer: Viewer) -> Response:
    """A link goes to the new address. The password is asked unless it was given in the last ten minutes."""
    try:
        params = read(ChangeEmailParams)
        if params.password or not is_proved():
            with throttles.guarding_password(viewer.user):
                take_session(actions.prove(viewer.user, session_id=session_id(), password=params.password))
        throttles.guard_mail(params.email)
        actions.change_email(viewer.user, email=params.email)
    except (Invalid, TooManyRequests) as error:
        return _account_again(viewer, error, form="email")
    return respond.see("/settings/account", notice=_("Look into the mail of your new address."))


@accounts.post("/settings/password")
@signed_in
def change_password(viewer: Viewer) -> Response:
    try:
        params = read(ChangePasswordParams)
        with throttles.guarding_password(viewer.user):
            token = actions.change_password(
                viewer.user,
                session_id=session_id(),
                password=params.password,
                new_password=params.new_password,
            )
    except (Invalid, TooManyRequests) as error:
        return _account_again(viewer, error, form="password")
    take_session(token)
    return respond.see("/settings/account", notice=_("The new password holds. Other devices are signed out."))


@accounts.get("/settings/sessions")
@signed_in
def show_sessions(viewer: Viewer) -> Response:
    sessions = queries.sessions_of(viewer.user)
    return respond.page("accounts/settings_sessions.html", sessions=sessions, current_id=session_id())


@accounts.post("/settings/sessions/<id:ended_id>/end")
@signed_in
def end_session(viewer: Viewer, ended_id: int) -> Response:
    if not actions.end_session(viewer.user, session_id=ended_id):
        raise NotFound
    return respond.see("/settings/sessions", notice=_("That device is signed out."))


@accounts.post("/settings/sessions/end-others")
@signed_in
def end_other_sessions(viewer: Viewer) -> Response:
    actions.end_other_sessions(viewer.user, session_id=session_id())
    return respond.see("/settings/sessions", notice=_("Your other devices are signed out."))


@accounts.get("/settings/preferences")
@signed_in
def show_preferences(viewer: Viewer) -> Response:
    values = {name: getattr(viewer.user, name) for name in PreferencesParams.model_fields}
    return respond.page(PREFERENCES, values=values, **_choices())


@accounts.post("/settings/preferences")
@signed_in
def update_preferences(viewer: Viewer) -> Response:
    try:
        params = read(PreferencesParams)
        actions.update_preferences(viewer.user, params)
    except Invalid as error:
        return again(PREFERENCES, error, **_choices())
    response = respond.see("/settings/preferences", notice=_("Saved."))
    set_theme(response, params.theme)
    return response


@accounts.get("/settings/theme")
@open_to_all
def show_theme(viewer: Viewer) -> Response:
    return respond.page("accounts/theme.html")


@accounts.post("/settings/theme")
@open_to_all
def choose_theme(viewer: Viewer) -> Response:
    """For this browser, visitors too; whoever is signed in keeps it for others as well."""
    params = read(ThemeParams)
    if viewer.user is not None:
        actions.choose_theme(viewer.user, theme=params.theme)
    response = respond.see(safe_next(params.next, "/settings/theme"))
    set_theme(response, params.theme)
    return response


def _choices() -> dict[str, Any]:
    return {"languages": list(LANGUAGES.items()), "time_zones": sorted(time_zones())}


def _account_again(viewer: Viewer, error: ForumError, *, form: str) -> Response:
    """A fault that belongs to no field of this form is told on top."""
    return again(ACCOUNT, error, form=form, pending_email=queries.pending_email(viewer.user))
