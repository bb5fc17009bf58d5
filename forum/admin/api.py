"""Tags as staff arrange them, for programs: the same actions as the page."""

from collections.abc import Sequence

from flask import Blueprint
from flask_babel import gettext as _

from forum.access.doors import requires
from forum.access.permissions import Permission
from forum.access.viewer import Viewer, renewed
from forum.admin import actions, schemas
from forum.admin.params import MergeTagBody, TagBody, TagGroupBody, TagMakersBody
from forum.admin.shapes import group_of, tag_of
from forum.boards.queries import all_categories
from forum.core import settings
from forum.core.errors import Invalid, NotFound
from forum.discussions.actions import tag_groups, tagging
from forum.discussions.models.tags import Tag
from forum.discussions.queries.tags import find_tag, known_tags, vocabulary
from forum.web.operations import API, Answer, operation

staff_api = Blueprint("staff_api", __name__, url_prefix=f"{API}/staff")


def find_very(viewer: Viewer, slug: str) -> Tag | None:
    """The tag with this address, where staff may know of it. That of another word for it changes nothing here."""
    known = find_tag(viewer, slug)
    return known.tag if known is not None and known.tag.slug == slug else None


@staff_api.get("/tags")
@requires(Permission.MANAGE_TAGS)
@operation(schemas.StaffTags)
def list_staff_tags(viewer: Viewer) -> schemas.StaffTags:
    """All tags, by name: those made while writing too, where you may read a topic that has them."""
    return schemas.StaffTags(items=[tag_of(known) for known in known_tags(viewer)], next=None)


@staff_api.post("/tags")
@requires(Permission.MANAGE_TAGS)
@operation(schemas.StaffTag, takes=TagBody, status=201)
def create_tag(viewer: Viewer, given: TagBody) -> Answer:
    """Make a tag that everybody knows of."""
    tag = tagging.create_tag(_plan(given), actor=viewer.user)
    return Answer(_tag(viewer, tag.slug), location=f"{API}/tags/{tag.slug}")


@staff_api.put("/tags/<slug>")
@requires(Permission.MANAGE_TAGS, subject=find_very)
@operation(schemas.StaffTag, takes=TagBody)
def change_tag(viewer: Viewer, tag: Tag, given: TagBody) -> schemas.StaffTag:
    """Change a tag; it is as it is sent, then. Its slug stays."""
    slug = tag.slug
    tagging.change_tag(tag.id, _plan(given), actor=viewer.user)
    return _tag(viewer, slug)


@staff_api.post("/tags/<slug>/merge")
@requires(Permission.MANAGE_TAGS, subject=find_very)
@operation(schemas.StaffTag, takes=MergeTagBody)
def merge_tag(viewer: Viewer, tag: Tag, given: MergeTagBody) -> schemas.StaffTag:
    """Make a tag another word for a second one, which is answered: its topics have that from then on."""
    into = find_very(viewer, given.into)
    if into is None:
        raise Invalid({"into": _("There is no such tag.")})
    into = tagging.merge_tag(tag.id, into.id, actor=viewer.user)
    tagging.drop_doubles(into.id)
    return _tag(viewer, into.slug)


@staff_api.delete("/tags/<slug>")
@requires(Permission.MANAGE_TAGS, subject=find_very)
@operation()
def delete_tag(viewer: Viewer, tag: Tag) -> None:
    """Take a tag, and the other words for it, from everything that has it."""
    tagging.delete_tag(tag.id, actor=viewer.user)


@staff_api.get("/tag-groups")
@requires(Permission.MANAGE_TAGS)
@operation(schemas.TagGroups)
def list_tag_groups(_viewer: Viewer) -> schemas.TagGroups:
    """The groups of tags, and where every topic needs one of them."""
    return schemas.TagGroups(items=[group_of(group) for group in vocabulary().groups.values()], next=None)


@staff_api.post("/tag-groups")
@requires(Permission.MANAGE_TAGS)
@operation(schemas.TagGroup, takes=TagGroupBody, status=201)
def create_tag_group(viewer: Viewer, given: TagGroupBody) -> schemas.TagGroup:
    """Make a group of tags."""
    return _kept(viewer, None, given)


@staff_api.put("/tag-groups/<id:group_id>")
@requires(Permission.MANAGE_TAGS)
@operation(schemas.TagGroup, takes=TagGroupBody)
def change_tag_group(viewer: Viewer, group_id: int, given: TagGroupBody) -> schemas.TagGroup:
    """Change a group of tags; it is as it is sent, then."""
    return _kept(viewer, group_id, given)


@staff_api.delete("/tag-groups/<id:group_id>")
@requires(Permission.MANAGE_TAGS)
@operation()
def delete_tag_group(viewer: Viewer, group_id: int) -> None:
    """Delete a group of tags. Its tags stay, without a group."""
    if group_id not in vocabulary().groups:
        raise NotFound
    tag_groups.delete_group(group_id, actor=viewer.user)


@staff_api.get("/tag-makers")
@requires(Permission.MANAGE_TAGS)
@operation(schemas.TagMakers)
def show_tag_makers(_viewer: Viewer) -> schemas.TagMakers:
    """Who makes new tags by typing a word that is none yet."""
    return schemas.TagMakers(makers=settings.current().tag_makers)


@staff_api.put("/tag-makers")
@requires(Permission.MANAGE_SETTINGS)
@operation(schemas.TagMakers, takes=TagMakersBody)
def change_tag_makers(viewer: Viewer, given: TagMakersBody) -> schemas.TagMakers:
    """Choose who makes new tags."""
    actions.change_settings({"tag_makers": given.makers}, actor=viewer.user)
    return schemas.TagMakers(makers=given.makers)


def _plan(given: TagBody) -> tagging.TagPlan:
    return tagging.TagPlan(given.name, given.description, _number(given.group_id), given.words)


def _tag(viewer: Viewer, slug: str) -> schemas.StaffTag:
    known = find_tag(renewed(viewer), slug)
    if known is None:  # gone a moment later
        raise NotFound
    return tag_of(known)


def _kept(viewer: Viewer, group_id: int | None, given: TagGroupBody) -> schemas.TagGroup:
    group = tag_groups.keep_group(
        group_id,
        name=given.name,
        only_one=given.only_one,
        place_ids=_places(given.categories),
        actor=viewer.user,
    )
    return group_of(vocabulary().groups[group.id])


def _places(slugs: Sequence[str]) -> list[int]:
    """Raises Invalid where one is none."""
    known = {category.slug: category.place_id for category in all_categories()}
    missing = [slug for slug in slugs if slug not in known]
    if missing:
        raise Invalid({"categories": _("There is no category “%(slug)s”.", slug=missing[0])})
    return sorted({known[slug] for slug in slugs})


def _number(text: str | None) -> int | None:
    """An id as text; one that no database could hold is that of nothing."""
    return min(int(text), 2**63 - 1) if text is not None else None
