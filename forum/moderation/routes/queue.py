"""The queue of what was reported."""

from typing import Any

from flask import Response, request
from flask_babel import gettext as _

from forum.access.doors import requires
from forum.access.permissions import Permission
from forum.access.viewer import Viewer
from forum.core.errors import Conflict, Invalid, NotFound
from forum.moderation import actions, words
from forum.moderation.kinds import Sort
from forum.moderation.models import Review
from forum.moderation.params import JudgeParams, QueueParams
from forum.moderation.queries.flags import find_item, find_review, moderated_categories, queue_of
from forum.moderation.routes import moderation
from forum.web import params, respond


@moderation.get("/moderation")
@requires(Permission.READ_QUEUE)
def show_queue(viewer: Viewer) -> Response:
    asked = params.read_query(QueueParams)
    sort = Sort(asked.sort or Sort.OLDEST)
    page = queue_of(viewer, category=asked.category, sort=sort, after=asked.after)
    return respond.page(
        "moderation/queue.html",
        items=page.items,
        after=page.after,
        sort=sort,
        category=asked.category,
        categories=[(category.slug, category.name) for category in moderated_categories(viewer)],
        **_words(),
    )


@moderation.get("/moderation/queue/<id:review_id>")
@requires(Permission.JUDGE_FLAGS, subject=find_review)
def show_review(viewer: Viewer, review: Review) -> Response:
    return _page(viewer, review.id, {}, {})


@moderation.post("/moderation/queue/<id:review_id>")
@requires(Permission.JUDGE_FLAGS, subject=find_review)
def judge_flags(viewer: Viewer, review: Review) -> Response:
    """Decide about all reports of a post, and do it."""
    review_id = review.id
    try:
        given = params.read(JudgeParams)
    except Invalid as error:
        errors = (
            {**error.errors, "act": _("Choose what is to be done.")}
            if "act" in error.errors
            else error.errors
        )
        return _page(viewer, review_id, request.form, errors, status=error.status)
    try:
        actions.judge_flags(
            review_id, actor=viewer.user, act=given.act, reason=given.reason, version=given.version
        )
    except (Invalid, Conflict) as error:
        return _page(
            viewer, review_id, request.form, error.errors or {"": error.message}, status=error.status
        )
    return respond.see("/moderation", notice=_("Decided. Those who reported it are told."))


def _page(
    viewer: Viewer, review_id: int, values: Any, errors: dict[str, str], *, status: int = 200
) -> Response:
    item = find_item(viewer, review_id)
    if item is None:  # closed to them a moment ago
        raise NotFound
    return respond.page(
        "moderation/review.html",
        status=status,
        item=item,
        values=values,
        errors=errors,
        **_words(),
    )


def _words() -> dict[str, Any]:
    return {"reasons": words.reason_words(), "acts_for": words.acts_for, "outcome": words.what_was_done}
