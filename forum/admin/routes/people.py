"""People: find them, set their standing and roles, suspend them, sign them out."""

from typing import Any

from flask import Response
from flask_babel import gettext as _

from forum.access.doors import requires
from forum.access.models import RoleName
from forum.access.permissions import Permission
from forum.access.viewer import Viewer
from forum.accounts import actions
from forum.accounts.identity import is_proved
from forum.accounts.membership import last_day
from forum.accounts.models import User
from forum.accounts.params import RoleParams, StandingParams, SuspendParams
from forum.admin import queries
from forum.admin.params import FindPeopleParams
from forum.admin.routes import staff
from forum.boards.queries import all_categories
from forum.core.errors import Forbidden, Invalid, NotFound
from forum.moderation.queries.log import entries_about, lines_of
from forum.web import params, respond
from forum.web.forms import again

PERSON = "admin/person.html"
GRANTED_HERE = (RoleName.MODERATOR, RoleName.STAFF)


@staff.get("/people")
@requires(Permission.MANAGE_PEOPLE)
def list_people(_viewer: Viewer) -> Response:
    asked = params.read_query(FindPeopleParams)
    page = queries.find_people(
        asked.q, standing=asked.standing, after=asked.after or None, before=asked.before or None
    )
    return respond.page(
        "admin/people.html",
        q=asked.q,
        standing=asked.standing,
        people=page.items,
        after=page.after,
        before=page.before,
        total=None,
    )


@staff.get("/people/<who>")
@requires(Permission.MANAGE_PEOPLE)
def show_person(viewer: Viewer, who: str) -> Response:
    return respond.page(PERSON, **_shown(viewer, _find(who)))


@staff.post("/people/<who>/standing")
@requires(Permission.MANAGE_PEOPLE)
def set_standing(viewer: Viewer, who: str) -> Response:
    user = _find(who)
    try:
        actions.set_standing(user, params.read(StandingParams), actor=viewer.user)
    except (Invalid, Forbidden) as error:
        return again(PERSON, error, form="standing", **_shown(viewer, user))
    return _done(user, _("The standing is changed. It holds at once."))


@staff.post("/people/<who>/roles")
@requires(Permission.MANAGE_PEOPLE)
def grant_role(viewer: Viewer, who: str) -> Response:
    user = _find(who)
    if not is_proved():
        return _prove_first(user)
    try:
        given = params.read(RoleParams)
        actions.grant_role(user, given.role, place_id=_place_id(given.category), actor=viewer.user)
    except (Invalid, Forbidden) as error:
        return again(PERSON, error, form="roles", **_shown(viewer, user))
    return _done(user, _("The role is given."))


@staff.post("/people/<who>/roles/<id:role_id>/end")
@requires(Permission.MANAGE_PEOPLE)
def revoke_role(viewer: Viewer, who: str, role_id: int) -> Response:
    user = _find(who)
    held = next((role for role in queries.roles_of(user) if role.id == role_id), None)
    if held is None:
        raise NotFound
    if not is_proved():
        return _prove_first(user)
    try:
        actions.revoke_role(user, held.role, place_id=held.place_id, actor=viewer.user)
    except Forbidden as error:
        return again(PERSON, error, form="roles", **_shown(viewer, user))
    return _done(user, _("The role is taken back."))


@staff.post("/people/<who>/suspend")
@requires(Permission.MANAGE_PEOPLE)
def suspend(viewer: Viewer, who: str) -> Response:
    user = _find(who)
    try:
        given = params.read(SuspendParams)
        actions.suspend_user(user, reason=given.reason, until=given.until, actor=viewer.user)
    except (Invalid, Forbidden) as error:
        return again(PERSON, error, form="suspend", **_shown(viewer, user))
    return _done(user, _("The account is suspended, and signed out everywhere."))


@staff.post("/people/<who>/reinstate")
@requires(Permission.MANAGE_PEOPLE)
def reinstate(viewer: Viewer, who: str) -> Response:
    user = _find(who)
    actions.reinstate_user(user, actor=viewer.user)
    return _done(user, _("The suspension is over."))


@staff.post("/people/<who>/end-sessions")
@requires(Permission.MANAGE_PEOPLE)
def end_sessions(viewer: Viewer, who: str) -> Response:
    user = _find(who)
    actions.end_all_sessions(user, actor=viewer.user)
    return _done(user, _("They are signed out everywhere."))


def _find(who: str) -> User:
    user = queries.find_person(who)
    if user is None:
        raise NotFound
    return user


def _place_id(slug: str) -> int | None:
    if not slug:
        return None
    found = next((c.place_id for c in all_categories() if c.slug == slug), None)
    if found is None:
        raise Invalid({"category": _("There is no such place.")})
    return found


def _shown(viewer: Viewer, user: User) -> dict[str, Any]:
    since, until = user.member_since, user.member_until
    return {
        "user": user,
        "roles": queries.roles_of(user),
        "standing_values": {
            "standing": "guest" if since is None else "member",
            "member_since": since.date().isoformat() if since else "",
            "member_until": last_day(until).isoformat() if until else "",
        },
        "role_choices": [(str(role), queries.words_of_role(role)) for role in GRANTED_HERE],
        "categories": [(c.slug, c.name) for c in all_categories()],
        "session_count": queries.session_count(user),
        "entries": lines_of(viewer, entries_about(user.id)),
    }


def _done(user: User, notice: str) -> Response:
    return respond.see(f"/staff/people/{user.id}", notice=notice)


def _prove_first(user: User) -> Response:
    """Roles are changed only by somebody who gave the password in the last ten minutes."""
    return respond.see(f"/settings/prove?next=/staff/people/{user.id}")
