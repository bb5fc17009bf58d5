"""People for programs."""

from flask import Blueprint

from forum.access.doors import requires, signed_in
from forum.access.permissions import Permission
from forum.access.viewer import Viewer
from forum.accounts import models, schemas
from forum.accounts.queries import find_profile, roles_held
from forum.web.operations import API, operation

accounts_api = Blueprint("accounts_api", __name__, url_prefix=API)


@accounts_api.get("/me")
@signed_in
@operation(schemas.Me)
def show_me(viewer: Viewer) -> schemas.Me:
    """Who you are here, and what you may do."""
    return schemas.Me.of_viewer(viewer, roles_held(viewer.user))


@accounts_api.get("/users/<username>")
@requires(Permission.READ_PROFILE, subject=find_profile)
@operation(schemas.Person)
def show_user(viewer: Viewer, user: models.User) -> schemas.Person:
    """A person. Members see one another; everybody sees themselves."""
    return schemas.Person.of(user)
