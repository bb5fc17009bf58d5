"""One topic: its page, permalinks, answering it."""

from typing import Any
from zoneinfo import ZoneInfo

from flask import Response, abort, redirect, request
from flask_babel import gettext as _

from forum.access.doors import open_to_all, requires
from forum.access.permissions import Permission
from forum.access.viewer import Viewer
from forum.core.errors import Invalid, NotFound
from forum.core.transactions import transaction
from forum.discussions import addresses, stamps
from forum.discussions.actions import writing
from forum.discussions.actions.drafting import finish_draft
from forum.discussions.models import Post, Topic
from forum.discussions.page import topic_page, view_for
from forum.discussions.params import PageParams, ReplyParams
from forum.discussions.poll_forms import FIELDS as POLL_FIELDS
from forum.discussions.poll_forms import poll_of_form
from forum.discussions.queries import posts as post_queries
from forum.discussions.queries import unread
from forum.discussions.queries.topics import find_topic, find_topic_now
from forum.discussions.routes import discussions
from forum.discussions.writing import prepare
from forum.web import limits, params, respond
from forum.web.keeping import kept_for_visitors
from forum.web.templating import choose_time_zone

REPLY_FIELDS = ("body", "client_id", "reply_to", "draft", "draft_version", *POLL_FIELDS)


@discussions.get("/t/<id:topic_id>")
@discussions.get("/t/<id:topic_id>/")
@open_to_all
def find_address(viewer: Viewer, topic_id: int) -> Any:
    """The short address leads to the whole one."""
    topic = find_topic(viewer, topic_id)
    if topic is None:
        return _moved(viewer, topic_id, 1)
    return _onward(addresses.of_topic(topic))


@discussions.get("/t/<id:topic_id>/<slug>")
@kept_for_visitors(stamps.of_topic, PageParams)
@open_to_all
def show_topic(viewer: Viewer, topic_id: int, slug: str) -> Any:
    topic = find_topic(viewer, topic_id)
    if topic is None:
        return _moved(viewer, topic_id, 1)
    asked = params.read_query(PageParams)
    if slug != topic.slug:
        return _onward(addresses.of_topic(topic))
    if asked.go or asked.number is not None:
        return _go(viewer, topic, asked)
    return respond.page(_template(asked), **topic_page(viewer, topic, asked))


@discussions.get("/t/<id:topic_id>/<slug>/<id:number>")
@kept_for_visitors(stamps.of_topic, PageParams)
@open_to_all
def show_post(viewer: Viewer, topic_id: int, slug: str, number: int) -> Any:
    """One post in its place."""
    topic = find_topic(viewer, topic_id)
    if topic is None:
        return _moved(viewer, topic_id, number)
    post = post_queries.find_numbered(topic, number) if number < 2**24 else None
    if post is None:
        abort(404)
    if (post.topic_id, post.number) != (topic.id, number):
        return _moved(viewer, topic_id, number)
    if slug != topic.slug:
        return _onward(addresses.of_number(topic, number))
    asked = params.read_query(PageParams)
    return respond.page(_template(asked), **topic_page(viewer, topic, asked, around=number))


@discussions.get("/posts/<id:post_id>")
@open_to_all
def find_post_address(viewer: Viewer, post_id: int) -> Any:
    """A post by its id, as quotes name it, leads to where it stands now."""
    post = post_queries.find_post(viewer, post_id)
    if post is None:
        abort(404)
    return respond.see(addresses.of_post(post.topic, post))


@discussions.post("/t/<id:topic_id>/reply")
@requires(Permission.REPLY, subject=find_topic_now)
def reply(viewer: Viewer, topic: Topic) -> Response:
    if request.form.get("with") == "poll":
        return _again(viewer, topic, {}, with_poll=True)
    try:
        given = params.read(ReplyParams)
        answered = post_queries.find_numbered(topic, given.reply_to) if given.reply_to else None
        if given.reply_to and (answered is None or not _is_there(viewer, topic, answered)):
            raise Invalid({"body": _("The post you answer is no longer here. Answer the topic instead.")})
        written, poll = prepare(given.body), poll_of_form(given, ZoneInfo(choose_time_zone()))
        limits.hit("post", viewer.id)
        with transaction():
            post = writing.reply(
                topic,
                author=viewer.user,
                written=written,
                parent_id=answered.id if answered else None,
                client_id=given.client_id or None,
                poll=poll,
            )
            finish_draft(given.draft_id, given.draft_version, author=viewer.user)
    except Invalid as error:
        return _again(viewer, topic, error.errors)
    if post.topic_id != topic.id:
        return respond.see(
            f"/posts/{post.id}", notice=_("The post you answered had moved here, and so did your answer.")
        )
    kept = given.view if given.view != view_for(viewer, "") else ""
    return respond.see(addresses.of_post(topic, post, view=_known_view(kept)))


def _template(asked: PageParams) -> str:
    """The page, or the part of it that a page already open asks for anew."""
    return "discussions/_part.html" if asked.part else "discussions/topic.html"


def _again(viewer: Viewer, topic: Topic, errors: dict[str, str], *, with_poll: bool = False) -> Response:
    """The form as it was sent, with what is wrong in it, or with the part that makes a poll."""
    values = {name: request.form.get(name, "") for name in REPLY_FIELDS}
    to = values["reply_to"]
    number = int(to) if to.isascii() and to.isdecimal() and len(to) < 8 else None
    asked = PageParams(view=_known_view(request.form.get("view", "")), reply=number)
    context = topic_page(viewer, topic, asked, around=topic.last_number, values=values, errors=errors)
    with_poll = with_poll or bool(values["poll_question"] or values["poll_options"])
    return respond.page(
        "discussions/topic.html", status=422 if errors else 200, **(context | {"with_poll": with_poll})
    )


def _is_there(viewer: Viewer, topic: Topic, answered: Post) -> bool:
    """Whether a post can still be answered; it may have moved to another topic since the page was made."""
    return not answered.is_concealed and (
        answered.topic_id == topic.id or post_queries.find_post(viewer, answered.id) is not None
    )


def _onward(address: str) -> Any:
    """The whole address of what was asked for, with its query."""
    query = request.query_string.decode("ascii", "replace")
    return redirect(f"{address}?{query}" if query else address, 301)


def _known_view(view: str) -> Any:
    return view if view in {"flat", "threaded"} else ""


def _go(viewer: Viewer, topic: Topic, asked: PageParams) -> Response:
    """Jump: to a number, the first unread, the last, or a date."""
    number = 1
    if asked.number is not None:
        number = min(asked.number, topic.last_number)
    elif asked.go == "last":
        number = topic.last_number
    elif asked.go == "unread":
        state = unread.unread_of_topics(viewer, [topic.id]).get(topic.id, unread.NONE)
        number = state.first or topic.last_number
    elif asked.day is not None:
        number = post_queries.number_at(topic, asked.day, ZoneInfo(choose_time_zone()))
    post = post_queries.find_numbered(topic, max(1, number))
    if post is None:
        raise NotFound
    return respond.see(addresses.of_post(topic, post, view=asked.view))


def _moved(viewer: Viewer, topic_id: int, number: int) -> Any:
    """An address from before a topic was joined to another leads on, for those who may read where it leads."""
    post_id = post_queries.alias_of(topic_id, number) if number < 2**24 else None
    post = post_queries.find_post(viewer, post_id) if post_id else None
    if post is None:
        abort(404)
    return redirect(addresses.of_post(post.topic, post), 301)
