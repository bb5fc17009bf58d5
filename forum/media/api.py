"""One's own uploads, for programs and for the scripts of the composer."""

from flask import Blueprint

from forum.access.doors import requires, signed_in
from forum.access.permissions import Permission
from forum.access.viewer import Viewer
from forum.core.errors import NotFound
from forum.media import actions, queries, schemas
from forum.media.params import RemovalParams
from forum.media.receiving import MOST_BYTES, sent_file, too_large, within_limits
from forum.web.operations import API, Answer, operation
from forum.web.params import ListParams
from forum.web.sizes import takes_files

media_api = Blueprint("media_api", __name__, url_prefix=API)


@media_api.get("/uploads")
@signed_in
@operation(schemas.Uploads, query=ListParams)
def list_uploads(viewer: Viewer, asked: ListParams) -> schemas.Uploads:
    """Your uploads, the newest first."""
    page = queries.own_uploads(viewer, after=asked.after, limit=asked.limit)
    return schemas.Uploads(items=[schemas.Upload.of(own) for own in page.items], next=page.after)


@media_api.post("/uploads")
@takes_files(MOST_BYTES, too_large)
@requires(Permission.UPLOAD)
@operation(schemas.Upload, status=201, takes_file=True)
def make_upload(viewer: Viewer) -> Answer:
    """Bring a picture or a file, 10 MB at most, to put it into a text.

    A picture is made anew from its pixels, without anything else that was in it. Until it stands in a post it is
    yours alone; what stands in no post and no draft is deleted after a day.
    """
    with within_limits(viewer.user.id):
        name, stream = sent_file()
        upload = actions.keep_upload(name, stream, owner_id=viewer.user.id)
    return Answer(schemas.Upload.of(queries.Own(upload, False)), location=f"{API}/uploads/{upload.id}")


@media_api.get("/uploads/<id:upload_id>")
@signed_in
@operation(schemas.Upload)
def show_own_upload(viewer: Viewer, upload_id: int) -> schemas.Upload:
    """One of your uploads."""
    upload = queries.find_own(viewer, upload_id)
    if upload is None:
        raise NotFound
    return schemas.Upload.of(queries.with_places(viewer, [upload])[0])


@media_api.delete("/uploads/<id:upload_id>")
@signed_in
@operation(query=RemovalParams)
def delete_upload(viewer: Viewer, upload_id: int, asked: RemovalParams) -> None:
    """Delete one of your uploads that stands in no post and no draft (else 409).

    With `everywhere=true` it goes from wherever it stands, for good: posts say then that it was removed.
    """
    if asked.everywhere:
        actions.remove_own_upload(upload_id, owner_id=viewer.user.id)
        return
    if queries.find_own(viewer, upload_id) is None:
        raise NotFound
    actions.delete_upload(upload_id, owner_id=viewer.user.id)
