"""Who moderates a place: given and taken back on the page of the place."""

from flask import Response, request
from flask_babel import gettext as _

from forum.access.doors import requires
from forum.access.models import RoleName
from forum.access.permissions import Permission
from forum.access.viewer import Viewer
from forum.accounts import actions
from forum.accounts.identity import is_proved
from forum.admin import queries
from forum.admin.params import ModeratorParams
from forum.admin.routes import staff
from forum.admin.routes.categories import find_place, place_page, values_of
from forum.core.errors import Forbidden, Invalid, NotFound
from forum.discussions.meaning import person_meant
from forum.web import params, respond


@staff.post("/categories/<slug>/moderators")
@requires(Permission.MANAGE_CATEGORIES)
def add_moderator(viewer: Viewer, slug: str) -> Response:
    category = find_place(viewer, slug)
    if not is_proved():
        return respond.see(f"/settings/prove?next=/staff/categories/{slug}")
    try:
        given = params.read(ModeratorParams)
        person = person_meant(given.username)
        actions.grant_role(person, RoleName.MODERATOR, place_id=category.place_id, actor=viewer.user)
    except (Invalid, Forbidden) as error:
        errors = error.errors or {"username": error.message}
        return place_page(category, {**values_of(category), **request.form}, errors)
    notice = _("%(name)s moderates this place now.", name=person.name)
    return respond.see(f"/staff/categories/{slug}", notice=notice)


@staff.post("/categories/<slug>/moderators/<id:user_id>/end")
@requires(Permission.MANAGE_CATEGORIES)
def remove_moderator(viewer: Viewer, slug: str, user_id: int) -> Response:
    category = find_place(viewer, slug)
    person = next((user for user in queries.moderators_here(category.place_id) if user.id == user_id), None)
    if person is None:
        raise NotFound
    if not is_proved():
        return respond.see(f"/settings/prove?next=/staff/categories/{slug}")
    actions.revoke_role(person, RoleName.MODERATOR, place_id=category.place_id, actor=viewer.user)
    notice = _("%(name)s no longer moderates this place.", name=person.name)
    return respond.see(f"/staff/categories/{slug}", notice=notice)
