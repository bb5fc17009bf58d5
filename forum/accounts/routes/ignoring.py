"""Ignoring a person, from their profile; and the list of those one ignores."""

from collections.abc import Mapping

from flask import Response
from flask_babel import gettext as _

from forum.access.doors import requires, signed_in
from forum.access.permissions import Permission
from forum.access.viewer import Viewer
from forum.accounts import actions
from forum.accounts.ignored import ignored_people, ignores
from forum.accounts.models import User
from forum.accounts.params import IgnoreParams
from forum.accounts.queries import find_profile
from forum.accounts.routes import accounts
from forum.web import limits, params, respond
from forum.web.params import ListParams


@accounts.get("/people/<username>/ignore")
@requires(Permission.IGNORE, subject=find_profile)
def ask_ignore(viewer: Viewer, person: User) -> Response:
    return ignore_page(
        viewer, person, to=f"/people/{person.username}/ignore", back=f"/people/{person.username}"
    )


@accounts.post("/people/<username>/ignore")
@requires(Permission.IGNORE, subject=find_profile)
def change_ignore(viewer: Viewer, person: User) -> Response:
    return respond.see(f"/people/{person.username}", notice=ignore_or_stop(viewer, person))


@accounts.get("/settings/ignored")
@signed_in
def list_ignored(viewer: Viewer) -> Response:
    return ignored_list(viewer, {}, {})


@accounts.post("/settings/ignored/<id:person_id>/end")
@signed_in
def stop_ignoring(viewer: Viewer, person_id: int) -> Response:
    actions.stop_ignoring(person_id, reader=viewer.user)
    return respond.see("/settings/ignored", notice=_("You read them again."))


def ignored_list(viewer: Viewer, values: Mapping[str, str], errors: dict[str, str]) -> Response:
    """Whom one ignores, with a form to name one more."""
    page = ignored_people(viewer, after=params.read_query(ListParams).after)
    return respond.page(
        "accounts/settings_ignored.html",
        status=422 if errors else 200,
        rows=page.items,
        after=page.after,
        values=values,
        errors=errors,
    )


def ignore_page(viewer: Viewer, person: User, *, to: str, back: str) -> Response:
    """What it means to ignore somebody, and the button for it; or for ending that."""
    return respond.page(
        "accounts/ignore.html", person=person, is_ignored=ignores(viewer, person.id), to=to, back=back
    )


def ignore_or_stop(viewer: Viewer, person: User) -> str:
    """Do what the form says; answers the notice."""
    given = params.read(IgnoreParams)
    limits.hit("account", viewer.id)
    if given.on == "1":
        actions.ignore(person, reader=viewer.user)
        return _("What they write is folded from now on. They are not told.")
    actions.stop_ignoring(person.id, reader=viewer.user)
    return _("You read them again.")
