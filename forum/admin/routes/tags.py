"""Tags: made, renamed, merged, deleted, put in groups."""

from dataclasses import dataclass
from typing import Any

from flask import Response, request
from flask_babel import gettext as _

from forum.access.doors import requires
from forum.access.permissions import Permission
from forum.access.viewer import Viewer
from forum.admin.params import MergeTagParams, TagGroupParams, TagParams, WhichGroupParams
from forum.admin.routes import staff
from forum.boards.queries import all_categories
from forum.core.errors import Conflict, Invalid
from forum.discussions.actions import tag_groups, tagging
from forum.discussions.models.tags import Tag, TagGroup
from forum.discussions.queries.tags import KnownTag, find_tag, known_tags, vocabulary
from forum.web import params, respond


@dataclass(frozen=True, slots=True)
class Found:
    """A tag, and by which other word for it, where it was not by its own address."""

    known: KnownTag
    word: Tag | None

    @property
    def tag(self) -> Tag:
        return self.known.tag

    def own(self) -> Tag:
        """The tag, to be changed. Raises Conflict for another word: what was meant for that must not be done to the tag."""
        if self.word is not None:
            names = {"word": self.word.name, "tag": self.tag.name}
            raise Conflict(
                _(
                    "“%(word)s” is only another word for “%(tag)s”, so nothing was done. Change that tag on its own page.",
                    **names,
                )
            )
        return self.tag


def find_own(viewer: Viewer, slug: str) -> Found | None:
    """Staff arrange what they may know of: no tag that somebody made in a topic that is closed to them."""
    known = find_tag(viewer, slug)
    if known is None:
        return None
    return Found(known, vocabulary().by_slug[slug] if known.tag.slug != slug else None)


def find_group(_viewer: Viewer, group_id: int) -> TagGroup | None:
    return vocabulary().groups.get(group_id)


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
def tag_form(viewer: Viewer, found: Found) -> Response:
    """The address of another word for a tag leads to that of the tag."""
    tag = found.tag
    if found.word is not None:
        return respond.see(f"/staff/tags/{tag.slug}")
    values = {
        "name": tag.name,
        "description": tag.description,
        "group_id": str(tag.group_id or ""),
        "words": ", ".join(word.name for word in vocabulary().words_for(tag)),
    }
    return _tag_page(viewer, tag, values)


@staff.post("/tags/<slug>")
@requires(Permission.MANAGE_TAGS, subject=find_own)
def change_tag(viewer: Viewer, found: Found) -> Response:
    tag = found.own()
    try:
        tagging.change_tag(tag.id, _plan(), actor=viewer.user)
    except Invalid as error:
        return _tag_page(viewer, tag, request.form, error.errors)
    return respond.see("/staff/tags", notice=_("Saved."))


@staff.post("/tags/<slug>/merge")
@requires(Permission.MANAGE_TAGS, subject=find_own)
def merge_tag(viewer: Viewer, found: Found) -> Response:
    """The tag becomes another word for the one that is named."""
    tag = found.own()
    try:
        named = vocabulary().named(params.read(MergeTagParams).into)
        target = find_own(viewer, named.slug) if named else None
        if target is None:
            raise Invalid({"into": _("There is no such tag.")})
        into = tagging.merge_tag(tag.id, target.tag.id, actor=viewer.user)
        tagging.drop_doubles(into.id)
    except Invalid as error:
        return _tag_page(viewer, tag, request.form, error.errors)
    return respond.see(f"/staff/tags/{into.slug}", notice=_("Merged."))


@staff.get("/tags/<slug>/delete")
@requires(Permission.MANAGE_TAGS, subject=find_own)
def ask_delete_tag(_viewer: Viewer, found: Found) -> Response:
    """What it comes to, first."""
    if found.word is not None:
        return respond.see(f"/staff/tags/{found.tag.slug}")
    group_id = found.tag.group_id
    return respond.page(
        "admin/delete_tag.html",
        known=found.known,
        needed=_names_of_places(group_id) if group_id and len(_tags_in(group_id)) == 1 else [],
    )


@staff.post("/tags/<slug>/delete")
@requires(Permission.MANAGE_TAGS, subject=find_own)
def delete_tag(viewer: Viewer, found: Found) -> Response:
    tagging.delete_tag(found.own().id, actor=viewer.user)
    return respond.see("/staff/tags", notice=_("The tag is gone."))


@staff.post("/tags/groups")
@requires(Permission.MANAGE_TAGS)
def keep_tag_group(viewer: Viewer) -> Response:
    """A new one, or the one whose number is in the query."""
    group_id = params.read_query(WhichGroupParams).group
    try:
        given = params.read(TagGroupParams)
        places = {category.place_id for category in all_categories()} & set(given.places)
        tag_groups.keep_group(
            group_id,
            name=given.name,
            only_one=given.only_one == "1",
            place_ids=sorted(places),
            actor=viewer.user,
        )
    except Invalid as error:
        return _page(viewer, {f"group_{name}": text for name, text in error.errors.items()}, group_id)
    return respond.see("/staff/tags", notice=_("Saved."))


@staff.get("/tags/groups/<id:group_id>/delete")
@requires(Permission.MANAGE_TAGS, subject=find_group)
def ask_delete_tag_group(_viewer: Viewer, group: TagGroup) -> Response:
    """What it comes to, first."""
    return respond.page(
        "admin/delete_tag_group.html",
        group=group,
        tags=_tags_in(group.id),
        needed=_names_of_places(group.id),
    )


@staff.post("/tags/groups/<id:group_id>/delete")
@requires(Permission.MANAGE_TAGS)
def delete_tag_group(viewer: Viewer, group_id: int) -> Response:
    tag_groups.delete_group(group_id, actor=viewer.user)
    return respond.see("/staff/tags", notice=_("The group is gone."))


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


def _tags_in(group_id: int) -> list[Tag]:
    return [tag for tag in vocabulary().tags if tag.group_id == group_id]


def _names_of_places(group_id: int) -> list[str]:
    """Where a topic needs a tag of this group, for staff, who arrange that on the same page."""
    ids = _places_of(group_id)
    return [category.name for category in all_categories() if category.place_id in ids]


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
