"""Looking at pages as somebody else would see them: a state of the session, held only while it is read.

While it lasts, this request has the rights of the preview and no user: nothing is written, nothing personal is found,
nothing is kept for others, and programs are refused.
"""

from dataclasses import dataclass
from datetime import timedelta

from flask import Flask, Response, g, request
from flask_babel import gettext as _

from forum.access.guises import seen_as, seen_through, stand_in
from forum.access.viewer import Viewer
from forum.accounts.models import Session, User
from forum.core import clock
from forum.core.db import db
from forum.core.errors import Forbidden
from forum.web.csrf import SAFE, is_api
from forum.web.headers import PRIVATE

LASTS = timedelta(minutes=30)
END = "explaining.end_preview"
FILES = {"static", "asset", "site_css"}
ALWAYS = FILES | {END, "accounts.sign_out", "healthz", "readyz"}
OF_ONE_TOPIC = {"discussions.find_address", "discussions.show_topic", "discussions.show_post"}


@dataclass(frozen=True, slots=True)
class Preview:
    """Who looks, through whom, and where: at every page, or (`topic_id`) at one topic alone."""

    actor: Viewer
    viewer: Viewer
    name: str
    topic_id: int | None = None


def current_preview() -> Preview | None:
    preview: Preview | None = g.get("preview")
    return preview


def name_of_guise(guise: str) -> str:
    """In the midst of a sentence: “as a guest”."""
    return {"visitor": _("a visitor"), "guest": _("a guest"), "member": _("a member")}[guise]


def find_preview(session: Session, actor: Viewer) -> Preview | None:
    """The preview that a session is in, as long as whoever began it may still look so."""
    if not session.preview_guise or session.preview_until is None or session.preview_until <= clock.now():
        return None
    if not actor.may_act or (session.preview_topic_id is None and not actor.is_staff):
        return None
    if session.preview_guise != "person":
        seen = seen_through(actor, stand_in(session.preview_guise))
        return Preview(actor, seen, name_of_guise(session.preview_guise), session.preview_topic_id)
    person = db.session.get(User, session.preview_person_id) if session.preview_person_id else None
    if person is None:
        return None
    return Preview(actor, seen_as(actor, person), person.name, session.preview_topic_id)


def init_previewing(app: Flask) -> None:
    """Registered after identity and before all that counts, checks or answers."""

    @app.before_request
    def only_look() -> None:
        preview = current_preview()
        if preview is not None and request.endpoint not in ALWAYS:
            _refuse_more_than_looking(preview)

    @app.after_request
    def keep_for_nobody(response: Response) -> Response:
        if current_preview() is not None and request.endpoint not in FILES:
            response.headers["Cache-Control"] = PRIVATE
            response.headers.pop("ETag", None)
        return response

    @app.context_processor
    def around() -> dict[str, Preview | None]:
        return {"preview": current_preview()}


def _refuse_more_than_looking(preview: Preview) -> None:
    if is_api():
        raise Forbidden(_("This browser is in a preview. End it first: programs get nothing through it."))
    if request.method not in SAFE:
        raise Forbidden(_("This is a preview: you only look. Nothing was changed."))
    if preview.topic_id is not None:
        asked = (request.view_args or {}).get("topic_id")
        if request.endpoint not in OF_ONE_TOPIC or asked != preview.topic_id:
            raise Forbidden(_("This preview is of one topic. End it to go on elsewhere."))
