"""Categories, and starting topics in them."""

import secrets
from contextlib import suppress
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, request
from flask_babel import gettext as _

from forum.access.audience import may_read
from forum.access.doors import open_to_all, requires, signed_in
from forum.access.permissions import Permission
from forum.access.rules import judge
from forum.access.rules.discussions import may_act
from forum.access.viewer import VISITOR, Viewer
from forum.access.words import sentence
from forum.boards.actions import start_topic_in, watch_place
from forum.boards.models import Category, TopicTemplate
from forum.boards.params import CategoryPageParams, OpenedPageParams
from forum.boards.queries import (
    all_categories,
    categories_for,
    children_of,
    find_category,
    moderators_of,
    stamp_of_category,
    templates_of,
)
from forum.boards.rows import PlaceRow, place_rows, seen_from, topic_rows
from forum.boards.states import place_states
from forum.boards.template_forms import compose, fields_of
from forum.core import settings
from forum.core.errors import Forbidden, Invalid, NotFound
from forum.core.transactions import transaction
from forum.discussions import addresses, stamps
from forum.discussions.actions import reading
from forum.discussions.actions.drafting import finish_draft
from forum.discussions.choosing import Choices, choices_for, chosen, sentence_for_choice
from forum.discussions.models import Draft
from forum.discussions.params import AudienceParams, NewTopicParams, asked_draft
from forum.discussions.poll_forms import poll_of_form
from forum.discussions.queries import topics as topic_queries
from forum.discussions.queries import unread
from forum.discussions.queries.drafts import draft_for, values_of
from forum.discussions.queries.tags import find_tag, has_tag, tag_field
from forum.discussions.writing import in_words, prepare
from forum.notifications.params import PlaceWatchParams
from forum.web import limits, params, respond
from forum.web.heads import NO_INDEX, Head
from forum.web.keeping import kept_for_visitors
from forum.web.templating import choose_time_zone

boards = Blueprint("boards", __name__)

TOPICS_PER_PAGE = 30
OPENED_AMONG_PLACES = 10


@boards.get("/c")
@kept_for_visitors(stamps.of_all_places)
@open_to_all
def list_categories(viewer: Viewer) -> Response:
    page = topic_queries.opened_topics(viewer, limit=OPENED_AMONG_PLACES)
    return respond.page(
        "boards/categories.html",
        places=place_rows(viewer),
        opened=topic_rows(viewer, page.items),
        more_opened=page.after is not None,
        canonical="/c",
        head=Head(_("Discussions"), "/c", settings.current().tagline) if viewer.is_visitor else None,
        feed=("/feeds/site.atom", settings.current().name),
    )


@boards.get("/open")
@kept_for_visitors(stamps.of_all_places, OpenedPageParams)
@open_to_all
def list_opened(viewer: Viewer) -> Response:
    """Single topics that were opened to the viewer beyond their places."""
    asked = params.read_query(OpenedPageParams)
    page = topic_queries.opened_topics(viewer, after=asked.after, limit=TOPICS_PER_PAGE)
    return respond.page("boards/opened.html", rows=topic_rows(viewer, page.items), after=page.after)


@boards.get("/c/<slug>")
@kept_for_visitors(stamp_of_category, CategoryPageParams)
@requires(Permission.READ_PLACE, subject=find_category)
def show_category(viewer: Viewer, category: Category) -> Response:
    asked = params.read_query(CategoryPageParams)
    known = find_tag(viewer, asked.tag) if asked.tag else None
    if asked.tag and known is None:
        raise NotFound
    page = topic_queries.topics_of(
        viewer,
        category.place_id,
        sort=asked.sort,
        after=asked.after,
        limit=TOPICS_PER_PAGE,
        pinned_first=asked.sort == "latest" and known is None,
        only=has_tag(known.tag) if known else None,
    )
    children = children_of(category, categories_for(viewer))
    states = place_states(viewer)
    state = states.get(category.place_id, unread.PlaceUnread())
    verdict = judge(Permission.START_TOPIC, viewer, category)
    rows = topic_rows(viewer, [*page.pinned, *page.items])
    is_public = may_read(VISITOR, category.place.default_audience)
    return respond.page(
        "boards/category.html",
        category=category,
        sentence=_sentence(viewer, category),
        children=[PlaceRow(c, unread=states.get(c.place_id, unread.PlaceUnread()).topics) for c in children],
        rows=rows,
        seen_from=seen_from(rows, state.topics, len(page.pinned))
        if asked.sort == "latest" and not asked.after and known is None
        else None,
        sort=asked.sort,
        tag=known.tag if known else None,
        new_count=state.new,
        unread_count=state.topics,
        before=None,
        after=page.after,
        watch=state.watch,
        may_start=bool(verdict),
        start_denied=verdict.reason,
        moderators=moderators_of(category),
        guidelines=in_words(category.guidelines_html, within="guidelines")
        if category.guidelines_html
        else None,
        canonical=f"/c/{category.slug}",
        robots=NO_INDEX if asked.after or known else "",  # what stands there moves with every post
        head=Head(category.name, f"/c/{category.slug}", category.description) if viewer.is_visitor else None,
        feed=(f"/feeds/c/{category.slug}.atom", category.name) if is_public else None,
    )


@boards.post("/c/<slug>/read")
@signed_in
def mark_category_read(viewer: Viewer, slug: str) -> Response:
    category = find_category(viewer, slug)
    if category is None:
        raise NotFound
    reading.mark_all_read([category.place], reader=viewer.user)
    return respond.see(respond.safe_next(request.form.get("next"), f"/c/{slug}"))


@boards.post("/c/<slug>/watch")
@signed_in
def watch_category(viewer: Viewer, slug: str) -> Response:
    """Choose how closely to follow a place; no level takes the choice back."""
    category = find_category(viewer, slug)
    if category is None:
        raise NotFound
    given = params.read(PlaceWatchParams)
    watch_place(category, watcher=viewer.user, level=given.chosen)
    return respond.see(respond.safe_next(given.next, f"/c/{slug}"), notice=_("Saved."))


@boards.post("/unread/read")
@signed_in
def mark_everything_read(viewer: Viewer) -> Response:
    reading.mark_all_read([c.place for c in all_categories()], reader=viewer.user)
    return respond.see("/unread")


@boards.get("/new")
@signed_in
def new_topic_form(viewer: Viewer) -> Response:
    acts = may_act(viewer)
    if not acts:
        raise Forbidden(acts.reason)
    slug = request.args.get("category", "")
    wanted = find_category(viewer, slug) if slug else None
    verdict = judge(Permission.START_TOPIC, viewer, wanted) if wanted else None
    errors = {"category": verdict.reason} if verdict is not None and not verdict else None
    asked = asked_draft(request.args.get("draft"))
    draft = draft_for(viewer, "topic", asked)
    if draft is not None and asked:
        return _new_page(viewer, values_of(draft), status=200, draft=draft)
    return _new_page(viewer, {"category": slug}, errors, status=200, unfinished=draft)


@boards.post("/new")
@signed_in
def start_topic(viewer: Viewer) -> Response:
    acts = may_act(viewer)
    if not acts:
        raise Forbidden(acts.reason)
    if request.form.get("step") == "look":
        return _look(viewer)
    try:
        given = _read(viewer)
        category = find_category(viewer, given.category)
        if category is None:
            raise Invalid({"category": _("Choose where this belongs.")})
        verdict = judge(Permission.START_TOPIC, viewer, category)
        if not verdict:
            raise Invalid({"category": verdict.reason})
        default = category.place.default_audience
        choice, people = chosen(given, choices_for(viewer, category.place, default), default)
        written, poll = prepare(given.body), poll_of_form(given, ZoneInfo(choose_time_zone()))
        limits.hit("topic", viewer.id)
        with transaction():
            topic = start_topic_in(
                category,
                author=viewer.user,
                title=given.title,
                written=written,
                choice=choice,
                people=people,
                client_id=given.client_id or None,
                tags=given.tags,
                poll=poll,
            )
            finish_draft(given.draft_id, given.draft_version, author=viewer.user)
    except Invalid as error:
        return _new_page(viewer, request.form, error.errors)
    return respond.see(addresses.of_topic(topic))


def _read(viewer: Viewer) -> NewTopicParams:
    """What was sent; where it is a form of the category, its answers as a text."""
    sent = params.form_values(NewTopicParams, request.form)
    category = find_category(viewer, request.form.get("category", ""))
    template = _template(category, request.form.get("template", ""))
    errors = {}
    if template is not None:
        try:
            sent["body"] = compose(fields_of(template), request.form)
        except Invalid as error:
            errors, sent["body"] = dict(error.errors), "-"
    try:
        given = params.parse(NewTopicParams, sent)
    except Invalid as error:
        raise Invalid({**error.errors, **errors}) from None
    if errors:
        raise Invalid(errors)
    return given


def _template(category: Category | None, asked: str) -> TopicTemplate | None:
    """The template that is asked for, where it is a form."""
    templates = templates_of(category) if category is not None and asked else []
    return next((one for one in templates if str(one.id) == asked and one.fields), None)


def _look(viewer: Viewer) -> Response:
    """Who a topic would be for, before it is sent; what else was typed may be unfinished."""
    category = find_category(viewer, request.form.get("category", ""))
    try:
        if category is None:
            raise Invalid({"category": _("Choose where this belongs.")})
        _choice_in_words(viewer, category, request.form)
    except Invalid as error:
        return _new_page(viewer, request.form, error.errors)
    return _new_page(viewer, request.form, status=200)


def _choice_in_words(viewer: Viewer, category: Category, values: Any) -> str:
    """Who reads and who answers as chosen in a form. Raises Invalid by field."""
    fields = {name: values[name] for name in AudienceParams.model_fields if values.get(name)}
    default = category.place.default_audience
    given = params.parse(AudienceParams, fields)
    choice, people = chosen(given, choices_for(viewer, category.place, default), default)
    return sentence_for_choice(viewer, choice, default, people, author_id=viewer.user.id)


def _sentence(viewer: Viewer, category: Category) -> str:
    return sentence(category.place.default_audience, viewer=viewer)


def _new_page(
    viewer: Viewer,
    values: Any,
    errors: dict[str, str] | None = None,
    *,
    status: int = 422,
    draft: Draft | None = None,
    unfinished: Draft | None = None,
) -> Response:
    open_ones = [c for c in categories_for(viewer) if judge(Permission.START_TOPIC, viewer, c)]
    category = next((c for c in open_ones if c.slug == values.get("category")), None)
    templates = templates_of(category) if category else []
    asked = request.args.get("template") or values.get("template") or ""
    chosen_one = next((t for t in templates if str(t.id) == asked), None)
    is_form = chosen_one is not None and bool(chosen_one.fields)
    if is_form and chosen_one is not None:
        values = {**values, "template": str(chosen_one.id)}
    elif chosen_one is not None and not values.get("body"):
        values = {**values, "body": chosen_one.body}
    audience = category.place.audience if category else None
    sentence_now = _sentence(viewer, category) if category else None
    if category:
        with suppress(Invalid):
            sentence_now = _choice_in_words(viewer, category, values)
    choices = (
        choices_for(viewer, category.place, audience) if category and audience else Choices([], [], False)
    )
    return respond.page(
        "discussions/new_topic.html",
        status=status if errors else 200,
        categories=[(c.slug, f"{c.parent.name} / {c.name}" if c.parent else c.name) for c in open_ones],
        category=category,
        guidelines=in_words(category.guidelines_html, within="guidelines")
        if category and category.guidelines_html
        else None,
        values=values,
        errors=errors or {},
        client_id=values.get("client_id") or secrets.token_urlsafe(12),
        draft=draft,
        unfinished=unfinished,
        templates=templates,
        form=chosen_one if is_form else None,
        form_fields=fields_of(chosen_one) if is_form and chosen_one is not None else [],
        **tag_field(category.place_id if category else None),
        sentence=sentence_now,
        inherit_sentence=_sentence(viewer, category) if category else None,
        kinds=choices.kinds,
        groups=choices.groups,
        openable=choices.openable,
    )
