"""What is uploaded: served, brought without scripts, listed for its owner."""

from flask import Blueprint, Response, request
from flask_babel import gettext as _

from forum.access.doors import open_to_all, requires, signed_in
from forum.access.permissions import Permission
from forum.access.rules import judge
from forum.access.viewer import Viewer
from forum.core.errors import Conflict, Forbidden, Invalid, NotFound
from forum.media import actions, kinds, queries, schemas, serving
from forum.media.receiving import MOST_BYTES, sent_file, too_large
from forum.web import limits, params, respond
from forum.web.csrf import FIELD
from forum.web.params import FILE_FIELD, ListParams
from forum.web.sizes import takes_files

media = Blueprint("media", __name__)

OWN = "/settings/uploads"


@media.get("/uploads/<id:upload_id>/<name>")
@open_to_all
def show_upload(viewer: Viewer, upload_id: int, name: str) -> Response:
    """A picture or a file, for who may read a post it stands in at this moment, and for whoever brought it."""
    found = queries.find_open(viewer, upload_id, name)
    if found is None:
        raise NotFound
    return serving.answer(found)


@media.post("/uploads")
@takes_files(MOST_BYTES, too_large)
@requires(Permission.UPLOAD)
def bring(viewer: Viewer) -> Response:
    """Without scripts: from a composer, which comes back with the file at the end of its text; or from one's own list.

    `to` in the query is where the form of the text posts.
    """
    to = respond.safe_next(request.args.get("to"), "")
    errors: dict[str, str] = {}
    body = request.form.get("body", "").replace("\r\n", "\n")
    try:
        limits.hit("upload", viewer.id)
        upload = actions.keep_upload(*sent_file(), owner_id=viewer.user.id)
        body = f"{body.rstrip()}\n\n{schemas.markdown_of(upload)}\n".lstrip("\n")
    except Invalid as error:
        errors = error.errors
        if not to:
            return _own_list(viewer, errors)
    if not to:
        return respond.see(OWN, notice=_("It is uploaded. Put its line into a text."))
    others = {name: v for name, v in request.form.items() if name not in {"body", FIELD, FILE_FIELD}}
    return respond.page(
        "media/added.html", status=422 if errors else 200, body=body, others=others, errors=errors, to=to
    )


@media.get(OWN)
@signed_in
def list_uploads(viewer: Viewer) -> Response:
    return _own_list(viewer, {})


@media.post("/uploads/<id:upload_id>/delete")
@signed_in
def delete_upload(viewer: Viewer, upload_id: int) -> Response:
    if queries.find_own(viewer, upload_id) is None:
        raise NotFound
    try:
        actions.delete_upload(upload_id, owner_id=viewer.user.id)
    except Conflict as error:
        raise Forbidden(error.message) from None
    return respond.see(OWN, notice=_("It is deleted."))


@media.get("/uploads/<id:upload_id>/remove")
@signed_in
def ask_remove_upload(viewer: Viewer, upload_id: int) -> Response:
    upload = queries.find_own(viewer, upload_id)
    if upload is None:
        raise NotFound
    (own,) = queries.with_places(viewer, [upload])
    return respond.page("media/remove.html", own=own, shown=schemas.Upload.of(own), size=schemas.in_words)


@media.post("/uploads/<id:upload_id>/remove")
@signed_in
def remove_upload(viewer: Viewer, upload_id: int) -> Response:
    actions.remove_own_upload(upload_id, owner_id=viewer.user.id)
    return respond.see(OWN, notice=_("It is removed, wherever it stood."))


def _own_list(viewer: Viewer, errors: dict[str, str]) -> Response:
    asked = params.read_query(ListParams)
    page = queries.own_uploads(viewer, after=asked.after)
    return respond.page(
        "media/uploads.html",
        status=422 if errors else 200,
        uploads=[(own, schemas.Upload.of(own)) for own in page.items],
        after=page.after,
        usage=queries.usage_of(viewer.user.id),
        may=judge(Permission.UPLOAD, viewer),
        accept=kinds.accepted(),
        errors=errors,
        size=schemas.in_words,
    )
