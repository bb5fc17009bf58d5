"""The page of a person, and what one wrote oneself."""

from flask import Blueprint, Response, request
from flask_babel import gettext as _

from forum.access.doors import requires, signed_in
from forum.access.models import RoleName
from forum.access.permissions import Permission
from forum.access.rules import judge
from forum.access.viewer import Viewer
from forum.accounts.models import User
from forum.accounts.queries import find_profile, roles_held
from forum.boards.queries import categories_for
from forum.boards.rows import topic_rows
from forum.discussions.queries.writings import counts_of_person, own_posts, topics_written_in
from forum.web import respond
from forum.web.localities import country_name

profiles = Blueprint("profiles", __name__)


@profiles.get("/people/<username>")
@requires(Permission.READ_PROFILE, subject=find_profile)
def show_profile(viewer: Viewer, user: User) -> Response:
    """Who this is, and where they wrote lately. An old username leads to the new one."""
    if request.path != f"/people/{user.username}":
        return respond.see(f"/people/{user.username}")
    topic_count, post_count = counts_of_person(viewer, user.id)
    page = topics_written_in(viewer, user.id, after=request.args.get("after"))
    return respond.page(
        "accounts/profile.html",
        user=user,
        is_self=viewer.id == user.id,
        roles=_roles_in_words(viewer, user),
        country=country_name(user.country),
        post_count=post_count,
        topic_count=topic_count,
        rows=topic_rows(viewer, page.items),
        before=None,
        after=page.after,
        manages=bool(judge(Permission.MANAGE_PEOPLE, viewer)),
    )


@profiles.get("/settings/posts")
@signed_in
def show_own_posts(viewer: Viewer) -> Response:
    page = own_posts(viewer, after=request.args.get("after"))
    return respond.page("accounts/settings_posts.html", posts=page.items, after=page.after)


def _roles_in_words(viewer: Viewer, user: User) -> list[tuple[str, str]]:
    """What somebody does here, as (role, words). Places that the viewer may not read are not named."""
    places = {category.place_id: category.name for category in categories_for(viewer)}
    words = {RoleName.STAFF: _("Staff"), RoleName.MODERATOR: _("Moderator")}
    said = []
    for role, place_id in roles_held(user):
        if place_id is None:
            said.append((str(role), words.get(role, str(role).capitalize())))
        elif place_id in places:
            said.append((str(role), _("Moderator of %(place)s", place=places[place_id])))
    return said
