"""The society's settings, explained, with what they were before."""

from flask import Response, request
from flask_babel import gettext as _

from forum.access.doors import requires
from forum.access.permissions import Permission
from forum.access.viewer import Viewer
from forum.admin import actions, queries
from forum.admin.params import SettingsParams
from forum.admin.routes import staff
from forum.core import settings
from forum.core.errors import Invalid
from forum.web import params, respond
from forum.web.forms import again

SETTINGS = "admin/settings.html"


@staff.get("/settings")
@requires(Permission.MANAGE_SETTINGS)
def show_settings(_viewer: Viewer) -> Response:
    return respond.page(SETTINGS, fields=queries.all_settings(), values=settings.current().model_dump())


@staff.post("/settings")
@requires(Permission.MANAGE_SETTINGS)
def change_settings(viewer: Viewer) -> Response:
    """What is not sent stays as it is; but a flag is sent by browsers only where it is on."""
    try:
        off = dict.fromkeys(SettingsParams.flags(), False)
        sent = params.form_values(SettingsParams, request.form)
        given = params.parse(SettingsParams, {**settings.current().model_dump(), **off, **sent})
        changed = actions.change_settings(given.model_dump(), actor=viewer.user)
    except Invalid as error:
        return again(SETTINGS, error, fields=queries.all_settings())
    return respond.see("/staff/settings", notice=_("Saved.") if changed else _("Nothing was changed."))
