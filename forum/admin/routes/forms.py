"""Templates that are forms: their fields, one by one."""

from flask import Response, request
from flask_babel import gettext as _

from forum.access.doors import requires
from forum.access.permissions import Permission
from forum.access.viewer import Viewer
from forum.admin.params import FormFieldParams, WhichFieldParams
from forum.admin.routes import staff
from forum.admin.routes.categories import find_any
from forum.boards import actions
from forum.boards.models import Category, TopicTemplate
from forum.boards.queries import templates_of
from forum.boards.template_forms import FieldKind, FormField, fields_of
from forum.core.errors import Invalid, NotFound
from forum.web import params, respond


def _find(viewer: Viewer, slug: str, template_id: int) -> tuple[Category, TopicTemplate] | None:
    category = find_any(viewer, slug)
    templates = templates_of(category) if category is not None else []
    template = next((one for one in templates if one.id == template_id), None)
    return (category, template) if category is not None and template is not None else None


Found = tuple[Category, TopicTemplate]


@staff.get("/categories/<slug>/templates/<id:template_id>")
@requires(Permission.MANAGE_CATEGORIES, subject=_find)
def show_form(_viewer: Viewer, found: Found) -> Response:
    return _page(found)


@staff.post("/categories/<slug>/templates/<id:template_id>/fields")
@requires(Permission.MANAGE_CATEGORIES, subject=_find)
def keep_field(viewer: Viewer, found: Found) -> Response:
    """A new field, or the one whose place is in the query."""
    category, template = found
    at = params.read_query(WhichFieldParams).field
    try:
        actions.keep_field(category, template.id, _field(), actor=viewer.user, at=at)
    except Invalid as error:
        return _page(_find(viewer, category.slug, template.id) or found, error.errors, at)
    return respond.see(_address(found), notice=_("Saved."))


@staff.post("/categories/<slug>/templates/<id:template_id>/fields/<id:place>/delete")
@requires(Permission.MANAGE_CATEGORIES)
def drop_field(viewer: Viewer, slug: str, template_id: int, place: int) -> Response:
    found = _needed(viewer, slug, template_id)
    actions.drop_field(found[0], template_id, place, actor=viewer.user)
    return respond.see(_address(found))


@staff.post("/categories/<slug>/templates/<id:template_id>/fields/<id:place>/up")
@requires(Permission.MANAGE_CATEGORIES)
def raise_field(viewer: Viewer, slug: str, template_id: int, place: int) -> Response:
    found = _needed(viewer, slug, template_id)
    actions.raise_field(found[0], template_id, place, actor=viewer.user)
    return respond.see(_address(found))


def _needed(viewer: Viewer, slug: str, template_id: int) -> Found:
    found = _find(viewer, slug, template_id)
    if found is None:
        raise NotFound
    return found


def _address(found: Found) -> str:
    return f"/staff/categories/{found[0].slug}/templates/{found[1].id}"


def _field() -> FormField:
    given = params.read(FormFieldParams)
    choices = tuple(dict.fromkeys(line.strip() for line in given.choices.split("\n") if line.strip()))
    if given.kind == "choice" and len(choices) < 2:
        raise Invalid({"choices": _("At least two, each on a line of its own.")})
    if any(len(choice) > 200 for choice in choices) or len(choices) > 20:
        raise Invalid({"choices": _("At most 20, of at most 200 characters each.")})
    return FormField(
        label=given.label,
        kind=FieldKind(given.kind),
        help=given.help,
        required=given.required == "1",
        choices=choices if given.kind == "choice" else (),
    )


def _page(found: Found, errors: dict[str, str] | None = None, failed: int | None = None) -> Response:
    category, template = found
    return respond.page(
        "admin/form.html",
        status=422 if errors else 200,
        category=category,
        form=template,
        fields=fields_of(template),
        editing=failed if errors else params.read_query(WhichFieldParams).field,
        values=request.form,
        errors=errors or {},
    )
