"""What is uploaded: served, brought without scripts, listed for its owner."""

from collections.abc import Mapping

from flask import Blueprint, Response, g, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from forum.access.doors import open_to_all, requires, signed_in
from forum.access.permissions import Permission
from forum.access.rules import judge
from forum.access.viewer import Viewer
from forum.core.errors import Conflict, Forbidden, Invalid, NotFound, TooManyRequests
from forum.media import actions, kinds, queries, schemas, serving
from forum.media.receiving import MOST_BYTES, sent_file, too_large, within_limits
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


def give_back(fields: Mapping[str, str]) -> ResponseReturnValue:
    """The text typed beside a file that is too large, with why; nothing else is looked at."""
    limits.note("upload:tries", g.viewer.id)
    to, errors = respond.safe_next(request.args.get("to"), ""), {"file": too_large()}
    if not to:
        return _own_list(g.viewer, errors, status=413)
    return _with_text(fields, fields.get("body", ""), to, errors, status=413)


@media.post("/uploads")
@takes_files(MOST_BYTES, too_large, give_back)
@requires(Permission.UPLOAD)
def bring(viewer: Viewer) -> Response:
    """Without scripts: from a composer, which comes back with the file at the end of its text; or from one's own list.

    `to` in the query is where the form of the text posts.
    """
    to = respond.safe_next(request.args.get("to"), "")
    errors: dict[str, str] = {}
    body, status = request.form.get("body", ""), 200
    try:
        with within_limits(viewer.user.id):
            upload = actions.keep_upload(*sent_file(), owner_id=viewer.user.id)
        body = f"{body.rstrip()}\n\n{schemas.markdown_of(upload)}\n".lstrip("\n")
    except Invalid as error:
        errors, status = error.errors, 422
    except TooManyRequests as error:
        errors, status = {"file": error.message}, 429
    if to:
        return _with_text(request.form, body, to, errors, status=status)
    if errors:
        return _own_list(viewer, errors, status=status)
    return respond.see(OWN, notice=_("It is uploaded. Put its line into a text."))


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


def _with_text(
    fields: Mapping[str, str], body: str, to: str, errors: dict[str, str], *, status: int
) -> Response:
    """The form with its text once more, after a file was put into it or refused."""
    others = {name: v for name, v in fields.items() if name not in {"body", FIELD, FILE_FIELD}}
    body = body.replace("\r\n", "\n")
    return respond.page("media/added.html", status=status, body=body, others=others, errors=errors, to=to)


def _own_list(viewer: Viewer, errors: dict[str, str], *, status: int = 200) -> Response:
    asked = params.read_query(ListParams)
    page = queries.own_uploads(viewer, after=asked.after)
    return respond.page(
        "media/uploads.html",
        status=status,
        uploads=[(own, schemas.Upload.of(own)) for own in page.items],
        after=page.after,
        usage=queries.usage_of(viewer.user.id),
        may=judge(Permission.UPLOAD, viewer),
        accept=kinds.accepted(),
        errors=errors,
        size=schemas.in_words,
    )
