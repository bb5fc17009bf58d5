"""The description of the interface: for programs, and for people."""

from typing import Any

from flask import Blueprint, Response, current_app

from forum.access.doors import open_to_all
from forum.access.viewer import Viewer
from forum.api.document import make_document
from forum.api.wording import chapters_of
from forum.core import settings
from forum.web import respond
from forum.web.links import absolute
from forum.web.operations import API, operation
from forum.web.schemas import Document
from forum.web.token_scopes import explained

api = Blueprint("api", __name__)


@api.get(f"{API}/openapi.json")
@open_to_all
@operation(Document)
def describe(_viewer: Viewer) -> Document:
    """This description."""
    return Document.model_validate(_document())


@api.get("/api/docs")
@open_to_all
def docs(_viewer: Viewer) -> Response:
    document = _document()
    return respond.page(
        "api/docs.html",
        chapters=chapters_of(document),
        root=API,
        address=f"{API}/openapi.json",
        site_address=absolute("").rstrip("/"),
        scopes=explained(),
    )


def _document() -> dict[str, Any]:
    """Made once for each name that the society has had."""
    made: dict[str, dict[str, Any]] = current_app.extensions.setdefault("forum_api_document", {})
    name = str(settings.current().name)
    if name not in made:
        made.clear()
        cookie = current_app.extensions["forum_config"].session_cookie
        made[name] = make_document(current_app, name=name, cookie=cookie)
    return made[name]
