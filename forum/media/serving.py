"""The bytes of an upload as an answer that no browser runs: a picture made here, or something to save."""

from flask import Response, g, request

from forum.core.errors import NotFound
from forum.core.transactions import let_go
from forum.media.names import disposition
from forum.media.queries import Open
from forum.media.storage import storage
from forum.web.headers import PRIVATE
from forum.web.keeping import FRESH

# Nothing in it is loaded, run or shown as a page of ours, whatever it is.
POLICY = "sandbox; default-src 'none'; frame-ancestors 'none'"


def answer(found: Open) -> Response:
    """What was asked for, or 304 where whoever asks has it; the right to it has been looked at just now."""
    upload, part = found.upload, found.part
    tag, size, key = f"{upload.digest}-{part}", int(upload.parts[part]), f"{upload.key}/{part}"
    is_image, name = upload.is_image, upload.name
    if request.if_none_match.contains_weak(tag):
        response = Response(status=304)
    elif request.method == "HEAD":
        response = Response()
        response.content_length = size
    else:
        let_go()  # sending may take long
        try:
            response = Response(storage().read(key))
        except FileNotFoundError:
            raise NotFound from None
        response.content_length = size
    response.set_etag(tag)
    response.mimetype = "image/webp" if is_image else "application/octet-stream"
    shown = f"{name.rpartition('.')[0] or name}.webp" if is_image else name
    response.headers["Content-Disposition"] = disposition("inline" if is_image else "attachment", shown)
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Cache-Control"] = FRESH if found.is_public else PRIVATE
    g.cacheable = False
    return response
