"""Categories and their topics for programs."""

from flask import Blueprint
from flask_babel import gettext as _

from forum.access.doors import open_to_all, requires, signed_in
from forum.access.permissions import Permission
from forum.access.viewer import Viewer, renewed
from forum.accounts.schemas import User, Users
from forum.boards import models, schemas
from forum.boards.actions import start_topic_in, watch_place
from forum.boards.params import TopicListParams, UnreadParams
from forum.boards.queries import all_categories, categories_for, find_category, page_of, templates_of
from forum.boards.shapes import categories_as_read
from forum.boards.template_forms import compose, fields_of
from forum.core.errors import Conflict, Invalid, NotFound
from forum.core.pages import cut, decode_cursor, decode_moment, encode_cursor
from forum.discussions.choosing import Chosen, choices_for, chosen
from forum.discussions.form_params import ANSWERS
from forum.discussions.params import (
    AudienceBody,
    AudienceParams,
    MentionParams,
    NewTopicBody,
    SimilarParams,
)
from forum.discussions.poll_forms import poll_of_body
from forum.discussions.queries import topics as topic_queries
from forum.discussions.queries import unread
from forum.discussions.queries.mentionable import mentionable
from forum.discussions.queries.similar import similar_topics
from forum.discussions.queries.tags import criterion_of_tag
from forum.discussions.schemas import Topic, Topics
from forum.discussions.shapes import topic_for, topics_for
from forum.discussions.writing import prepare
from forum.notifications.models import WatchLevel
from forum.notifications.params import PlaceWatchBody
from forum.notifications.schemas import Watch
from forum.web import limits, params
from forum.web.operations import API, Answer, operation
from forum.web.params import ListParams

boards_api = Blueprint("boards_api", __name__, url_prefix=API)


@boards_api.get("/categories")
@open_to_all
@operation(schemas.Categories, query=ListParams)
def list_categories(viewer: Viewer, asked: ListParams) -> schemas.Categories:
    """The categories you may read."""
    page = page_of(categories_for(viewer), after=asked.after, limit=asked.limit)
    return schemas.Categories(items=categories_as_read(viewer, page.items), next=page.after)


@boards_api.get("/categories/<slug>")
@requires(Permission.READ_PLACE, subject=find_category)
@operation(schemas.Category)
def show_category(viewer: Viewer, category: models.Category) -> schemas.Category:
    """One category."""
    return categories_as_read(viewer, [category])[0]


@boards_api.get("/categories/<slug>/topics")
@requires(Permission.READ_PLACE, subject=find_category)
@operation(Topics, query=TopicListParams)
def list_topics(viewer: Viewer, category: models.Category, asked: TopicListParams) -> Topics:
    """The topics of a category that you may read."""
    page = topic_queries.topics_of(
        viewer,
        category.place_id,
        sort=asked.sort,
        after=asked.after,
        limit=asked.limit,
        only=criterion_of_tag(viewer, asked.tag),
    )
    return Topics(items=topics_for(viewer, page.items), next=page.after)


@boards_api.post("/categories/<slug>/topics")
@requires(Permission.START_TOPIC, subject=find_category)
@operation(Topic, status=201, takes=NewTopicBody)
def start_topic(viewer: Viewer, category: models.Category, given: NewTopicBody) -> Answer:
    """Start a topic.

    The same `client_id` with the same text again answers the topic that was made the first time.
    """
    choice, people = _chosen(viewer, category, given.audience)
    written, poll = prepare(_body(category, given)), poll_of_body(given.poll)
    limits.hit("topic", viewer.id)
    made = start_topic_in(
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
    viewer = renewed(viewer)
    topic = topic_queries.find_topic(viewer, made.id)
    if topic is None:
        raise Conflict(_("This was sent before, and where it stands is no longer open to you."))
    return Answer(topic_for(viewer, topic), version=topic.version, location=f"{API}/topics/{topic.id}")


@boards_api.get("/categories/<slug>/mentionable")
@requires(Permission.START_TOPIC, subject=find_category)
@operation(Users, query=MentionParams)
def list_mentionable_in_place(viewer: Viewer, category: models.Category, asked: MentionParams) -> Users:
    """People you can mention in a topic that is for whoever the category is for."""
    limits.hit("complete", viewer.id)
    people = mentionable(viewer, asked.q, audience=category.place.default_audience)
    return Users(items=[User.of(person) for person in people], next=None)


@boards_api.get("/categories/<slug>/templates")
@requires(Permission.START_TOPIC, subject=find_category)
@operation(schemas.TopicTemplates)
def list_templates(_viewer: Viewer, category: models.Category) -> schemas.TopicTemplates:
    """What a new topic of a category may begin with."""
    found = [
        schemas.TopicTemplate(
            id=str(template.id),
            name=template.name,
            body=template.body,
            fields=[schemas.FormField(**field.stored()) for field in fields_of(template)],
        )
        for template in templates_of(category)
    ]
    return schemas.TopicTemplates(items=found, next=None)


@boards_api.get("/categories/<slug>/similar")
@requires(Permission.START_TOPIC, subject=find_category)
@operation(Topics, query=SimilarParams)
def list_similar_topics(viewer: Viewer, category: models.Category, asked: SimilarParams) -> Topics:
    """Topics of a category that a title sounds like, the likest first; at most five."""
    limits.hit("complete", viewer.id)
    found = similar_topics(viewer, category.place_id, asked.title)
    return Topics(items=topics_for(viewer, found), next=None)


@boards_api.put("/categories/<slug>/watch")
@signed_in
@operation(Watch, takes=PlaceWatchBody)
def watch_category(viewer: Viewer, slug: str, given: PlaceWatchBody) -> Watch:
    """Follow a category as you choose, and those in it that have no choice of their own."""
    category = _category(viewer, slug)
    watch_place(category, watcher=viewer.user, level=WatchLevel(given.level))
    return _watch_of(viewer, category)


@boards_api.delete("/categories/<slug>/watch")
@signed_in
@operation(Watch)
def unwatch_category(viewer: Viewer, slug: str) -> Watch:
    """Take your choice back: the category has the level of the one around it, or the usual one."""
    category = _category(viewer, slug)
    watch_place(category, watcher=viewer.user, level=None)
    return _watch_of(viewer, category)


@boards_api.get("/open")
@open_to_all
@operation(Topics, query=ListParams)
def list_opened(viewer: Viewer, asked: ListParams) -> Topics:
    """Topics opened to you inside categories that you may not read, newest activity first."""
    page = topic_queries.opened_topics(viewer, after=asked.after, limit=asked.limit)
    return Topics(items=topics_for(viewer, page.items), next=page.after)


@boards_api.get("/unread")
@signed_in
@operation(Topics, query=UnreadParams)
def list_unread(viewer: Viewer, asked: UnreadParams) -> Topics:
    """Topics with something unread, newest activity first."""
    after = None
    if asked.after:
        moment, topic_id = decode_cursor(asked.after, [str, int])
        after = decode_moment(moment), topic_id
    places = [category.place_id for category in all_categories()]
    only_followed = asked.show == "followed"
    found = unread.unread_topics(viewer, places, asked.limit + 1, after=after, only_followed=only_followed)
    ids, more = cut(found, asked.limit)
    topics = topic_queries.with_authors(ids)
    last = topics[-1] if more else None
    following = encode_cursor([last.last_post_at.isoformat(), last.id]) if last else None
    return Topics(items=topics_for(viewer, topics), next=following)


def _category(viewer: Viewer, slug: str) -> models.Category:
    category = find_category(viewer, slug)
    if category is None:
        raise NotFound
    return category


def _watch_of(viewer: Viewer, category: models.Category) -> Watch:
    watch = unread.unread_of_places(viewer, [category.place_id])[category.place_id].watch
    return Watch(level=watch.level, reason=watch.reason)


def _body(category: models.Category, given: NewTopicBody) -> str:
    """The text that was sent, or what the answers to a form come to. Raises Invalid under `answers`."""
    if given.template is None:
        if not given.body:
            raise Invalid({"body": _("Write something first.")})
        return given.body
    template = next((one for one in templates_of(category) if str(one.id) == given.template), None)
    if template is None or not template.fields:
        raise Invalid({"template": _("There is no such form.")})
    try:
        return compose(fields_of(template), dict(zip(ANSWERS, given.answers, strict=False)))
    except Invalid as error:
        raise Invalid({name.replace("_", "s."): told for name, told in error.errors.items()}) from None


def _chosen(viewer: Viewer, category: models.Category, given: AudienceBody | None) -> Chosen:
    """Who the topic is for. Raises Invalid under `audience`."""
    if given is None or given.inherits:
        return None, []
    default = category.place.default_audience
    choices = choices_for(viewer, category.place, default)
    if not choices.kinds:
        raise Invalid({"audience": _("This is not yours to choose here.")})
    try:
        return chosen(params.parse(AudienceParams, given.as_choice()), choices, default)
    except Invalid as error:
        raise Invalid({f"audience.{name}": text for name, text in error.errors.items()}) from None
