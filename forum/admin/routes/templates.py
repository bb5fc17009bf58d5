"""What new topics of a place may begin with."""

from flask import Response, request
from flask_babel import gettext as _

from forum.access.doors import requires
from forum.access.permissions import Permission
from forum.access.viewer import Viewer
from forum.admin.params import TemplateParams, WhichTemplateParams
from forum.admin.routes import staff
from forum.admin.routes.categories import find_any
from forum.boards import actions
from forum.boards.models import Category
from forum.boards.queries import templates_of
from forum.core.errors import Invalid
from forum.discussions.writing import prepare
from forum.web import params, respond


@staff.get("/categories/<slug>/templates")
@requires(Permission.MANAGE_CATEGORIES, subject=find_any)
def list_templates(_viewer: Viewer, category: Category) -> Response:
    return _page(category)


@staff.post("/categories/<slug>/templates")
@requires(Permission.MANAGE_CATEGORIES, subject=find_any)
def keep_template(viewer: Viewer, category: Category) -> Response:
    """A new one, or other words for the one whose number is in the query."""
    template_id = params.read_query(WhichTemplateParams).template
    try:
        given = params.read(TemplateParams)
        prepare(given.body)
        actions.keep_template(
            category, name=given.name, body=given.body, actor=viewer.user, template_id=template_id
        )
    except Invalid as error:
        return _page(category, error.errors, template_id)
    return respond.see(f"/staff/categories/{category.slug}/templates", notice=_("Saved."))


@staff.post("/categories/<slug>/templates/<id:template_id>/delete")
@requires(Permission.MANAGE_CATEGORIES)
def drop_template(viewer: Viewer, slug: str, template_id: int) -> Response:
    category = find_any(viewer, slug)
    if category is not None:
        actions.drop_template(category, template_id, actor=viewer.user)
    return respond.see(f"/staff/categories/{slug}/templates")


def _page(
    category: Category, errors: dict[str, str] | None = None, template_id: int | None = None
) -> Response:
    return respond.page(
        "admin/templates.html",
        status=422 if errors else 200,
        category=category,
        templates=templates_of(category),
        failed=template_id or 0,
        values=request.form,
        errors=errors or {},
    )
