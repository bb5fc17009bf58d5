"""The pages that explain who sees a topic or a place, and why."""

from flask import Blueprint, Response

from forum.access import explain
from forum.access.audience import may_read
from forum.access.doors import requires
from forum.access.permissions import Permission
from forum.access.rules import judge
from forum.access.viewer import Viewer
from forum.access.words import sentence
from forum.boards.models import Category
from forum.boards.queries import category_of_place, find_category
from forum.core.errors import Forbidden, Invalid
from forum.discussions import addresses
from forum.discussions.models import Topic
from forum.discussions.queries.topics import audience_sentence, find_topic
from forum.explaining.asking import about, invitations
from forum.explaining.params import AskParams
from forum.explaining.queries import (
    Subject,
    explained,
    explained_by_kind,
    names_for,
    of_category,
    of_topic,
)
from forum.web import params, respond

explaining = Blueprint("explaining", __name__)


@explaining.get("/t/<id:topic_id>/access")
@requires(Permission.EXPLAIN_TOPIC, subject=find_topic)
def explain_topic(viewer: Viewer, topic: Topic) -> Response:
    return _page(
        viewer,
        of_topic(topic),
        title=topic.title,
        sentence=audience_sentence(viewer, topic),
        category=category_of_place(topic.place_id),
        back=addresses.of_topic(topic),
        here=f"/t/{topic.id}/access",
        may_change=bool(judge(Permission.SET_AUDIENCE, viewer, topic)),
        preview_at=f"/t/{topic.id}/look" if judge(Permission.PREVIEW_TOPIC, viewer, topic) else "",
    )


@explaining.get("/c/<slug>/access")
@requires(Permission.EXPLAIN_PLACE, subject=find_category)
def explain_category(viewer: Viewer, category: Category) -> Response:
    return _page(
        viewer,
        of_category(category),
        title=category.name,
        sentence=sentence(category.place.default_audience),
        category=category,
        back=f"/c/{category.slug}",
        here=f"/c/{category.slug}/access",
        may_change=False,
        preview_at=f"/look?page=/c/{category.slug}" if judge(Permission.PREVIEW_SITE, viewer) else "",
    )


def _page(viewer: Viewer, subject: Subject, **more: object) -> Response:
    asked = params.read_query(AskParams)
    names = names_for(viewer, subject.place)
    told, name, errors, status = None, "", {}, 200
    if asked.viewer:
        try:
            whom = about(viewer, asked.viewer, subject)
            told, name = explained(whom, subject, names), whom.name
        except Invalid as error:
            errors, status = error.errors, error.status
        except Forbidden as error:
            errors, status = {"viewer": error.message}, error.status
    return respond.page(
        "explaining/access.html",
        status=status,
        place_open=may_read(viewer, subject.default),
        because=explain.who_reads(subject.audience, names),
        rows=explained_by_kind(subject, names),
        named=invitations(viewer, subject),
        told=told,
        about_name=name,
        values={"viewer": asked.viewer},
        errors=errors,
        **more,
    )


from forum.explaining import previews  # noqa: E402,F401 - it adds its routes
