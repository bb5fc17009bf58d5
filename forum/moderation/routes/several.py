"""Choosing several topics of a place, and what to do with them: looked at first, then done in one go."""

from typing import Any

from flask import Response, request
from flask_babel import gettext as _
from flask_babel import ngettext

from forum.access.doors import requires
from forum.access.permissions import Permission
from forum.access.viewer import SITE, Viewer
from forum.access.words import sentence
from forum.boards.models import Category
from forum.boards.queries import find_category
from forum.boards.rows import topic_rows
from forum.core.errors import Invalid
from forum.discussions.actions.several import Act, Outcome, act_on_topics, outcome_of
from forum.discussions.effects import effect_between_places
from forum.discussions.params import refuse_without_reason
from forum.discussions.places import places_to_move_into
from forum.discussions.queries.topics import readable_topics, topics_of, with_authors
from forum.discussions.returning import way_to_undo
from forum.moderation.meaning import act_meant
from forum.moderation.params import SeveralParams, SeveralQuery
from forum.moderation.routes import moderation
from forum.web import params, respond

TOPICS_PER_PAGE = 50


@moderation.get("/c/<slug>/choose")
@requires(Permission.MODERATE_PLACE, subject=find_category)
def choose_topics(viewer: Viewer, category: Category) -> Response:
    asked = params.read_query(SeveralQuery)
    return _page(viewer, category, {"act": "lock"}, after=asked.after)


@moderation.post("/c/<slug>/choose")
@requires(Permission.MODERATE_PLACE, subject=find_category)
def act_on_several(viewer: Viewer, category: Category) -> Response:
    chosen: list[int] = []
    try:
        given = params.read(SeveralParams)
        found = readable_topics(viewer, [int(one) for one in given.topics if int(one) < 2**63])
        chosen = sorted(i for i, topic in found.items() if topic.place_id == category.place_id)
        act = act_meant(viewer, given)
        if not chosen:
            raise Invalid({"topics": _("Choose at least one topic.")})
        if given.step == "look":
            look = outcome_of(viewer, [found[i] for i in chosen], act)
            return _page(viewer, category, request.form, chosen=chosen, look=look, act=act)
        refuse_without_reason(given.reason, is_own=False)
        outcome = act_on_topics(chosen, act, actor=viewer.user)
    except Invalid as error:
        return _page(viewer, category, request.form, chosen=chosen, errors=error.errors)
    notice = ngettext("Done to %(num)d topic.", "Done to %(num)d topics.", len(outcome.done))
    if outcome.refused:
        why = " ".join(dict.fromkeys(reason for _topic, reason in outcome.refused))
        many = ngettext("%(num)d was left:", "%(num)d were left:", len(outcome.refused))
        notice = f"{notice} {many} {why}"
    undo = way_to_undo(viewer, "topic", outcome.done[0]) if outcome.done else ""
    return respond.see(f"/c/{category.slug}", notice=notice, undo=undo)


def _page(
    viewer: Viewer,
    category: Category,
    values: Any,
    *,
    chosen: list[int] | None = None,
    after: str | None = None,
    errors: dict[str, str] | None = None,
    look: Outcome | None = None,
    act: Act | None = None,
) -> Response:
    page = topics_of(viewer, category.place_id, after=after, limit=TOPICS_PER_PAGE)
    topics = with_authors(chosen) if look and chosen else page.items
    into = [c for c in places_to_move_into(viewer) if act and c.place_id == act.place_id]
    return respond.page(
        "moderation/several.html",
        status=422 if errors else 200,
        category=category,
        rows=topic_rows(viewer, topics),
        chosen=set(chosen or ()),
        after=None if look else page.after,
        look=look,
        refused=dict(look.refused) if look else {},
        now=sentence(category.place.default_audience, viewer=viewer),
        effect=effect_between_places(category.place, into[0].place, asker=viewer) if look and into else None,
        everywhere=viewer.moderates(SITE),
        categories=[
            (c.slug, f"{c.parent.name} / {c.name}" if c.parent else c.name)
            for c in places_to_move_into(viewer)
            if c.place_id != category.place_id
        ],
        values=values,
        errors=errors or {},
    )
