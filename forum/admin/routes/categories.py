"""Places: make, change, put in order, archive."""

from typing import Any

from flask import Response, request
from flask_babel import gettext as _

from forum.access import words
from forum.access.doors import requires
from forum.access.models import AudienceKind
from forum.access.permissions import Permission
from forum.access.reach import reaches_of
from forum.access.viewer import Viewer
from forum.admin import queries
from forum.admin.params import CategoryParams
from forum.admin.routes import staff
from forum.boards import actions
from forum.boards.effects import PlaceEffect, effect_on_place
from forum.boards.models import Category
from forum.boards.queries import all_categories
from forum.core.errors import Invalid, NotFound
from forum.core.slugs import is_slug, slugify
from forum.discussions.queries.topics import PlaceCount, counts_of_places
from forum.discussions.writing import prepare
from forum.groups.queries import all_groups
from forum.moderation.queries.attending import unattended_places
from forum.web import params, respond


def find_any(_viewer: Viewer, slug: str) -> Category | None:
    """Staff arrange every place, also those whose topics are closed to them."""
    return next((c for c in all_categories() if c.slug == slug), None)


@staff.get("/categories")
@requires(Permission.MANAGE_CATEGORIES)
def list_categories(viewer: Viewer) -> Response:
    everything = all_categories()
    reaches = reaches_of(category.place.default_audience for category in everything)
    counts = counts_of_places(viewer, [c.place_id for c in everything])
    unattended = unattended_places(everything)
    rows = []
    for category in everything:
        siblings = [c.id for c in everything if c.parent_id == category.parent_id]
        rows.append(
            {
                "category": category,
                "depth": 1 if category.parent_id else 0,
                "sentence": words.sentence_of(reaches[category.place.default_audience.id], names_all=True),
                "topic_count": counts.get(category.place_id, PlaceCount()).topics,
                "is_unattended": category.place_id in unattended,
                "first": siblings[0] == category.id,
                "last": siblings[-1] == category.id,
            }
        )
    return respond.page("admin/categories.html", rows=rows)


@staff.get("/categories/new")
@requires(Permission.MANAGE_CATEGORIES)
def new_category_form(_viewer: Viewer) -> Response:
    return place_page(None, {"read": "members", "reply": "members", "start": "members"}, {})


@staff.post("/categories/new")
@requires(Permission.MANAGE_CATEGORIES)
def create_category(viewer: Viewer) -> Response:
    try:
        given = params.read(CategoryParams)
        category = actions.create_category(_plan(given, None), actor=viewer.user)
    except Invalid as error:
        return place_page(None, request.form, error.errors)
    return respond.see("/staff/categories", notice=_("%(name)s is made.", name=category.name))


@staff.get("/categories/<slug>")
@requires(Permission.MANAGE_CATEGORIES)
def category_form(viewer: Viewer, slug: str) -> Response:
    category = find_place(viewer, slug)
    return place_page(category, values_of(category), {})


@staff.post("/categories/<slug>")
@requires(Permission.MANAGE_CATEGORIES)
def change_category(viewer: Viewer, slug: str) -> Response:
    category = find_place(viewer, slug)
    try:
        given = params.read(CategoryParams)
        plan = _plan(given, category)
        if given.step == "look":
            return place_page(
                category, request.form, {}, effect=effect_on_place(category, plan, asker=viewer)
            )
        actions.change_category(category, plan, actor=viewer.user)
    except Invalid as error:
        return place_page(category, request.form, error.errors)
    return respond.see("/staff/categories", notice=_("Saved."))


@staff.post("/categories/<slug>/up")
@requires(Permission.MANAGE_CATEGORIES)
def move_up(viewer: Viewer, slug: str) -> Response:
    actions.move_category(find_place(viewer, slug), -1, actor=viewer.user)
    return respond.see("/staff/categories")


@staff.post("/categories/<slug>/down")
@requires(Permission.MANAGE_CATEGORIES)
def move_down(viewer: Viewer, slug: str) -> Response:
    actions.move_category(find_place(viewer, slug), +1, actor=viewer.user)
    return respond.see("/staff/categories")


@staff.post("/categories/<slug>/archive")
@requires(Permission.MANAGE_CATEGORIES)
def archive(viewer: Viewer, slug: str) -> Response:
    actions.archive_category(find_place(viewer, slug), archived=True, actor=viewer.user)
    return respond.see("/staff/categories")


@staff.post("/categories/<slug>/unarchive")
@requires(Permission.MANAGE_CATEGORIES)
def unarchive(viewer: Viewer, slug: str) -> Response:
    actions.archive_category(find_place(viewer, slug), archived=False, actor=viewer.user)
    return respond.see("/staff/categories")


def values_of(category: Category) -> dict[str, Any]:
    """A place as its form shows it."""
    place = category.place
    return {
        "name": category.name,
        "slug": category.slug,
        "description": category.description,
        "guidelines": category.guidelines,
        "hue": category.hue,
        "parent": category.parent.slug if category.parent else "",
        "read": str(place.read_kind),
        "reply": str(place.reply_kind),
        "start": str(place.start_kind),
        "group_id": str(place.group_id or ""),
        "opened": "1" if place.opened else "",
        "mail": {None: "", True: "whole", False: "bare"}[place.mail_content],
        "for_questions": "1" if place.for_questions else "",
    }


def find_place(viewer: Viewer, slug: str) -> Category:
    """Any place: staff arrange those too that they may not read."""
    category = find_any(viewer, slug)
    if category is None:
        raise NotFound
    return category


def _plan(given: CategoryParams, before: Category | None) -> actions.CategoryPlan:
    written = prepare(given.guidelines) if given.guidelines.strip() else None
    if AudienceKind.GROUP in (given.read, given.reply, given.start) and not given.group_id:
        raise Invalid({"group_id": _("Choose the group.")})
    if given.slug and not is_slug(given.slug):
        raise Invalid(
            {
                "slug": _(
                    "Lower-case letters, digits and hyphens, for instance %(slug)s.", slug=slugify(given.slug)
                )
            }
        )
    return actions.CategoryPlan(
        name=given.name,
        slug=given.slug,
        description=given.description,
        guidelines=given.guidelines,
        guidelines_html=written.html if written else None,
        hue=given.hue,
        position=before.position if before else len(all_categories()),
        read=given.read,
        reply=given.reply,
        start=given.start,
        group_id=given.group_id,
        opened=given.opened == "1",
        parent_slug=given.parent,
        for_questions=given.for_questions == "1",
        archived=before.is_archived if before else False,
        mail_content={"": None, "whole": True, "bare": False}[given.mail],
    )


def place_page(
    category: Category | None, values: Any, errors: dict[str, str], *, effect: PlaceEffect | None = None
) -> Response:
    """The form of a place; of one that is there, with those who moderate it."""
    return respond.page(
        "admin/category.html",
        status=422 if errors else 200,
        category=category,
        parents=[(c.slug, c.name) for c in all_categories() if not c.parent_id and c is not category],
        kinds=[kind for kind in AudienceKind if kind is not AudienceKind.PEOPLE],
        groups=[(str(group.id), group.name) for group in all_groups()],
        values=values,
        errors=errors,
        effect=effect,
        is_unattended=bool(category and unattended_places([category])),
        moderators=queries.moderators_here(category.place_id) if category else [],
    )
