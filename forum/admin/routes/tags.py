"""Tags: made, renamed, merged, deleted, put in groups."""

from typing import Any

from flask import Response, request
from flask_babel import gettext as _

from forum.access.doors import requires
from forum.access.permissions import Permission
from forum.access.viewer import Viewer
from forum.admin.params import MergeTagParams, TagGroupParams, TagParams, WhichGroupParams
from forum.admin.routes import staff
from forum.boards.queries import all_categories
from forum.core.errors import Invalid
from forum.discussions.actions import tagging
from forum.discussions.models.tags import Tag
from forum.discussions.queries.tags import find_tag, known_tags, vocabulary
from forum.web import params, respond


def find_own(viewer: Viewer, slug: str) -> Tag | None:
    """Staff arrange what they may know of: no tag that somebody made in a topic that is closed to them."""
    known = find_tag(viewer, slug)
    return known.tag if known else None


@staff.get("/tags")
@requires(Permission.MANAGE_TAGS)
def list_tags(viewer: Viewer) -> Response:
    return _page(viewer)


@staff.post("/tags")
@requires(Permission.MANAGE_TAGS)
def create_tag(viewer: Viewer) -> Response:
    try:
        tag = tagging.create_tag(_plan(), actor=viewer.user)
    except Invalid as error:
        return _page(viewer, error.errors)
    return respond.see("/staff/tags", notice=_("%(name)s is made.", name=tag.name))


@staff.get("/tags/<slug>")
@requires(Permission.MANAGE_TAGS, subject=find_own)
def tag_form(viewer: Viewer, tag: Tag) -> Response:
    values = {
        "name": tag.name,
        "description": tag.description,
        "group_id": str(tag.group_id or ""),
        "words": ", ".join(word.name for word in vocabulary().words_for(tag)),
    }
    return _tag_page(viewer, tag, values)


@staff.post("/tags/<slug>")
@requires(Permission.MANAGE_TAGS, subject=find_own)
def change_tag(viewer: Viewer, tag: Tag) -> Response:
    try:
        tagging.change_tag(tag.id, _plan(), actor=viewer.user)
    except Invalid as error:
        return _tag_page(viewer, tag, request.form, error.errors)
    return respond.see("/staff/tags", notice=_("Saved."))


@staff.post("/tags/<slug>/merge")
@requires(Permission.MANAGE_TAGS, subject=find_own)
def merge_tag(viewer: Viewer, tag: Tag) -> Response:
    """The tag becomes another word for the one that is named."""
    try:
        named = vocabulary().named(params.read(MergeTagParams).into)
        into = find_own(viewer, named.slug) if named else None
        if into is None:
            raise Invalid({"into": _("There is no such tag.")})
        into = tagging.merge_tag(tag.id, into.id, actor=viewer.user)
        tagging.drop_doubles(into.id)
    except Invalid as error:
        return _tag_page(viewer, tag, request.form, error.errors)
    return respond.see(f"/staff/tags/{into.slug}", notice=_("Merged."))


@staff.post("/tags/<slug>/delete")
@requires(Permission.MANAGE_TAGS, subject=find_own)
def delete_tag(viewer: Viewer, tag: Tag) -> Response:
    tagging.delete_tag(tag.id, actor=viewer.user)
    return respond.see("/staff/tags", notice=_("The tag is gone."))


@staff.post("/tags/groups")
@requires(Permission.MANAGE_TAGS)
def keep_tag_group(viewer: Viewer) -> Response:
    """A new one, or the one whose number is in the query."""
    group_id = params.read_query(WhichGroupParams).group
    try:
        given = params.read(TagGroupParams)
        places = {category.place_id for category in all_categories()} & set(given.places)
        tagging.keep_group(
            group_id,
            name=given.name,
            only_one=given.only_one == "1",
            place_ids=sorted(places),
            actor=viewer.user,
        )
    except Invalid as error:
        return _page(viewer, {f"group_{name}": text for name, text in error.errors.items()}, group_id)
    return respond.see("/staff/tags", notice=_("Saved."))


@staff.post("/tags/groups/<id:group_id>/delete")
@requires(Permission.MANAGE_TAGS)
def delete_tag_group(viewer: Viewer, group_id: int) -> Response:
    tagging.delete_group(group_id, actor=viewer.user)
    return respond.see("/staff/tags")


def _plan() -> tagging.TagPlan:
    given = params.read(TagParams)
    return tagging.TagPlan(
        name=given.name, description=given.description, group_id=given.group_id, words=given.words
    )


def _page(viewer: Viewer, errors: dict[str, str] | None = None, failed: int | None = None) -> Response:
    words = vocabulary()
    return respond.page(
        "admin/tags.html",
        status=422 if errors else 200,
        tags=known_tags(viewer),
        groups=list(words.groups.values()),
        required={group.id: _places_of(group.id) for group in words.groups.values()},
        places=[
            (
                category.place_id,
                f"{category.parent.name} / {category.name}" if category.parent else category.name,
            )
            for category in all_categories()
        ],
        failed=failed or 0,
        values=request.form,
        errors=errors or {},
    )


def _places_of(group_id: int) -> set[int]:
    return {place_id for place_id, groups in vocabulary().required.items() if group_id in groups}


def _tag_page(viewer: Viewer, tag: Tag, values: Any, errors: dict[str, str] | None = None) -> Response:
    known = known_tags(viewer)
    return respond.page(
        "admin/tag.html",
        status=422 if errors else 200,
        tag=tag,
        topic_count=sum(one.topic_count for one in known if one.tag.id == tag.id),
        groups=[(str(group.id), group.name) for group in vocabulary().groups.values()],
        tag_words=[one.tag.name for one in known if one.tag.id != tag.id],
        values=values,
        errors=errors or {},
    )
