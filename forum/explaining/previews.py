"""The doors of previews: choose as whom, begin, end."""

import re
from typing import Any
from urllib.parse import urlsplit

from flask import Response, request
from flask_babel import gettext as _

from forum.access.audience import may_read
from forum.access.doors import open_to_all, requires
from forum.access.guises import KINDS, seen_as
from forum.access.permissions import Permission
from forum.access.viewer import Viewer, viewer_of
from forum.accounts.identity import current_session
from forum.accounts.models import User
from forum.core.errors import Forbidden, Invalid, SignInNeeded
from forum.discussions import addresses
from forum.discussions.models import Topic
from forum.discussions.queries.topics import find_topic
from forum.explaining import actions
from forum.explaining.asking import person_named, refuse_to_tell
from forum.explaining.params import PreviewParams
from forum.explaining.queries import of_topic
from forum.explaining.routes import explaining
from forum.web import params, respond


@explaining.get("/look")
@requires(Permission.PREVIEW_SITE)
def choose_preview(viewer: Viewer) -> Response:
    return _page(viewer, None, {"guise": "guest", "page": respond.safe_next(request.args.get("page"), "/")})


@explaining.post("/look")
@requires(Permission.PREVIEW_SITE)
def begin_preview(viewer: Viewer) -> Response:
    return _begin(viewer, None)


@explaining.get("/t/<id:topic_id>/look")
@requires(Permission.PREVIEW_TOPIC, subject=find_topic)
def choose_preview_of_topic(viewer: Viewer, topic: Topic) -> Response:
    return _page(viewer, topic, {"guise": "guest"})


@explaining.post("/t/<id:topic_id>/look")
@requires(Permission.PREVIEW_TOPIC, subject=find_topic)
def begin_preview_of_topic(viewer: Viewer, topic: Topic) -> Response:
    return _begin(viewer, topic)


@explaining.post("/look/end")
@open_to_all
def end_preview(_viewer: Viewer) -> Response:
    """Whoever is in no preview has ended it."""
    session = current_session()
    if session is not None:
        actions.end_preview(session.id)
    return respond.see(_came_from())


def _came_from() -> str:
    """The page of ours that the form stood on. The page itself does not say: of what is not there it would repeat the address."""
    parts = urlsplit(request.referrer or "")
    address = f"{parts.path}?{parts.query}" if parts.query else parts.path
    return respond.safe_next(address if parts.netloc == request.host else "", "/")


def _begin(viewer: Viewer, topic: Topic | None) -> Response:
    session = current_session()
    if session is None:
        raise SignInNeeded
    try:
        given = params.read(PreviewParams)
        person = _person(viewer, given, topic)
    except Invalid as error:
        return _page(viewer, topic, request.form, error.errors, error.status)
    except Forbidden as error:
        return _page(viewer, topic, request.form, {"person": error.message}, error.status)
    page = addresses.of_topic(topic) if topic is not None else respond.safe_next(given.page, "/")
    actions.begin_preview(
        session.id,
        actor=viewer.user,
        guise=given.guise,
        person=person,
        topic=topic,
        page=_without_words(page),
    )
    return respond.see(page)


def _person(viewer: Viewer, given: PreviewParams, topic: Topic | None) -> User | None:
    """Whom to look as. Raises Invalid or Forbidden where that is not for this viewer."""
    if given.guise not in _kinds(viewer) and given.guise != "person":
        raise Invalid({"guise": _("You can look as those who have what you have, or less.")})
    if given.guise != "person":
        return None
    try:
        person = person_named(viewer, given.person)
    except Invalid as error:
        raise Invalid({"person": error.errors["viewer"]}) from None
    if topic is not None and not viewer.is_staff and person.id != viewer.id:
        refuse_to_tell(viewer, of_topic(topic))
    if topic is not None and not viewer.is_staff:
        audience = topic.audience
        if may_read(viewer_of(person), audience) and not may_read(seen_as(viewer, person), audience):
            raise Forbidden(_("They look after this place: what they see there is not shown to others."))
    return person


def _kinds(viewer: Viewer) -> list[str]:
    """As whom somebody may look: nobody sees more through a preview than they see themselves."""
    return [kind for kind in KINDS if kind != "member" or viewer.is_member or viewer.is_staff]


def _without_words(page: str) -> str:
    """The address without what could tell a title, for the log."""
    return re.sub(r"^/t/(\d+).*", r"/t/\1", page.partition("?")[0])


def _page(
    viewer: Viewer, topic: Topic | None, values: Any, errors: dict[str, str] | None = None, status: int = 200
) -> Response:
    return respond.page(
        "explaining/preview.html",
        status=status,
        at=f"/t/{topic.id}/look" if topic is not None else "/look",
        title=topic.title if topic is not None else "",
        back=addresses.of_topic(topic) if topic is not None else respond.safe_next(values.get("page"), "/"),
        kinds=_kinds(viewer),
        values=values,
        errors=errors or {},
    )
