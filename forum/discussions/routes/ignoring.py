"""Ignoring whoever wrote a post: also for those to whom profiles are not open."""

from flask import Response, request
from flask_babel import gettext as _

from forum.access.doors import requires, signed_in
from forum.access.permissions import Permission
from forum.access.rules import judge
from forum.access.viewer import Viewer
from forum.accounts import actions
from forum.accounts.models import User
from forum.accounts.params import IgnoreByNameParams
from forum.accounts.routes.ignoring import ignore_or_stop, ignore_page, ignored_list
from forum.core.errors import Invalid
from forum.discussions.queries.met import find_met
from forum.discussions.queries.posts import find_author
from forum.discussions.routes import discussions
from forum.web import limits, params, respond


@discussions.get("/posts/<id:post_id>/ignore")
@requires(Permission.IGNORE, subject=find_author)
def ask_ignore_author(viewer: Viewer, person: User) -> Response:
    return ignore_page(viewer, person, to=request.path, back=_post())


@discussions.post("/posts/<id:post_id>/ignore")
@requires(Permission.IGNORE, subject=find_author)
def change_ignore_of_author(viewer: Viewer, person: User) -> Response:
    return respond.see(_post(), notice=ignore_or_stop(viewer, person))


@discussions.post("/settings/ignored")
@signed_in
def ignore_by_name(viewer: Viewer) -> Response:
    """Somebody whom one has met, by the username that stands beside what they write."""
    try:
        given = params.read(IgnoreByNameParams)
        person = find_met(viewer, given.username.removeprefix("@"))
        if person is None:
            raise Invalid(
                {"username": _("You have met nobody of this username. It stands after the @ of a name.")}
            )
        verdict = judge(Permission.IGNORE, viewer, person)
        if not verdict:
            raise Invalid({"username": verdict.reason})
        limits.hit("account", viewer.id)
        actions.ignore(person, reader=viewer.user)
    except Invalid as error:
        errors = {name or "username": told for name, told in error.errors.items()}
        return ignored_list(viewer, request.form, errors)
    return respond.see(
        "/settings/ignored", notice=_("What they write is folded from now on. They are not told.")
    )


def _post() -> str:
    return f"/posts/{(request.view_args or {})['post_id']}"
