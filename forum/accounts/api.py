"""People for programs, and the tokens programs sign in with."""

from flask import Blueprint
from flask_babel import gettext as _

from forum.access.doors import requires, signed_in
from forum.access.permissions import Permission
from forum.access.viewer import Viewer
from forum.accounts import actions, models, schemas
from forum.accounts.bearers import current_bearer
from forum.accounts.identity import is_proved
from forum.accounts.ignored import ignored_people
from forum.accounts.params import NewTokenBody
from forum.accounts.queries import find_profile, page_of_tokens, roles_held
from forum.core.errors import NotFound, PasswordNeeded
from forum.web import limits
from forum.web.operations import API, Answer, operation
from forum.web.params import ListParams
from forum.web.token_scopes import TokenScope

accounts_api = Blueprint("accounts_api", __name__, url_prefix=API)


@accounts_api.get("/me")
@signed_in
@operation(schemas.Me)
def show_me(viewer: Viewer) -> schemas.Me:
    """Who you are here, and what you may do."""
    return schemas.Me.of_viewer(viewer, roles_held(viewer.user) if viewer.with_roles else [])


@accounts_api.get("/users/<username>")
@requires(Permission.READ_PROFILE, subject=find_profile)
@operation(schemas.Person)
def show_user(viewer: Viewer, user: models.User) -> schemas.Person:
    """A person. Members see one another; everybody sees themselves."""
    return schemas.Person.of(user)


@accounts_api.get("/ignored")
@signed_in
@operation(schemas.Users, query=ListParams)
def list_ignored(viewer: Viewer, asked: ListParams) -> schemas.Users:
    """People you ignore, the latest first. Nobody else knows."""
    page = ignored_people(viewer, after=asked.after, limit=asked.limit)
    return schemas.Users(items=[schemas.User.of(one.ignored) for one in page.items], next=page.after)


@accounts_api.get("/tokens")
@signed_in
@operation(schemas.Tokens, query=ListParams, scope=TokenScope.ACCOUNT)
def list_tokens(viewer: Viewer, asked: ListParams) -> schemas.Tokens:
    """Your personal tokens that are good for something, newest first. Their text is not kept."""
    page = page_of_tokens(viewer.user, after=asked.after, limit=asked.limit)
    bearer = current_bearer()
    current_id = bearer.id if bearer else None
    return schemas.Tokens(
        items=[schemas.Token.of(token, current_id=current_id) for token in page.items], next=page.after
    )


@accounts_api.post("/tokens")
@signed_in
@operation(schemas.MadeToken, status=201, takes=NewTokenBody, scope=TokenScope.ACCOUNT)
def make_token(viewer: Viewer, given: NewTokenBody) -> Answer:
    """Make a personal token; its text is shown this once.

    By the cookie of a session, the password must have been given in the last ten minutes. By a token, the new one may
    do no more and lasts no longer than that, and ends with it.
    """
    bearer = current_bearer()
    if bearer is None and not is_proved():
        raise PasswordNeeded(
            _("Give your password once more, at /settings/prove; it counts for ten minutes.")
        )
    limits.hit("account", viewer.id)
    made = actions.make_personal_token(
        viewer.user, name=given.name, scopes=given.scopes, days=given.days, bearer=bearer
    )
    return Answer(
        schemas.MadeToken.made(made.token, made.text), kept=schemas.MadeToken.made(made.token, None)
    )


@accounts_api.delete("/tokens/<id:token_id>")
@signed_in
@operation(scope=TokenScope.ACCOUNT)
def revoke_token(viewer: Viewer, token_id: int) -> None:
    """Revoke a personal token, and those made with it. It holds at once."""
    if not actions.revoke_personal_token(viewer.user, token_id=token_id):
        raise NotFound
