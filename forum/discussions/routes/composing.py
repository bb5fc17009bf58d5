"""How a text will look, for pages and for their scripts."""

from flask import Response, request

from forum.access.doors import signed_in
from forum.access.viewer import Viewer
from forum.core.errors import Invalid
from forum.discussions.routes import discussions
from forum.discussions.writing import in_words, prepare
from forum.web import limits, respond


@discussions.post("/preview")
@signed_in
def preview(viewer: Viewer) -> Response:
    """What a form holds, as it would be stored; the form comes with it, so that one can go on writing or send it.

    `to` in the query is where the form posts; with `part` the rendered text comes alone.
    """
    limits.hit("preview", viewer.id)
    body = request.form.get("body", "").replace("\r\n", "\n")
    html, errors = None, {}
    try:
        html = in_words(prepare(body).html)
    except Invalid as error:
        errors = error.errors
    if request.args.get("part"):
        return respond.page("discussions/_preview.html", html=html, errors=errors)
    others = {name: value for name, value in request.form.items() if name not in {"body", "csrf_token"}}
    return respond.page(
        "discussions/preview.html",
        status=422 if errors else 200,
        html=html,
        errors=errors,
        body=body,
        others=others,
        to=respond.safe_next(request.args.get("to"), ""),
    )
