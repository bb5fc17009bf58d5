"""A whole topic on one page, to print or to keep: as many posts as are sane, the rest on further pages."""

from flask import Response, abort, redirect

from forum.access.doors import open_to_all
from forum.access.viewer import Viewer
from forum.discussions import addresses, places
from forum.discussions.params import PrintParams
from forum.discussions.queries import posts as post_queries
from forum.discussions.queries.personal import NOTHING, personal_of
from forum.discussions.queries.polls import poll_views
from forum.discussions.queries.topics import audience_sentence, find_topic
from forum.discussions.routes import discussions
from forum.web import limits, params, respond
from forum.web.heads import NO_INDEX
from forum.web.request import client_network

MOST = 500  # posts on one page


@discussions.get("/t/<id:topic_id>/<slug>/print")
@open_to_all
def print_topic(viewer: Viewer, topic_id: int, slug: str) -> Response:
    """By time, without what only moderators see: paper is passed on."""
    topic = find_topic(viewer, topic_id)
    if topic is None:
        abort(404)
    if slug != topic.slug:
        return redirect(f"{addresses.of_topic(topic)}/print", 301)  # type: ignore[return-value]
    asked = params.read_query(PrintParams)
    limits.hit("print", viewer.id or client_network())
    page = post_queries.page_of_posts(viewer, topic, view="flat", limit=MOST, after=asked.after)
    with_polls = [post.id for post in page.posts if post.has_poll]
    mine = personal_of(viewer, topic, with_polls) if with_polls else NOTHING
    return respond.page(
        "discussions/print.html",
        polls=poll_views(viewer, page.posts, mine),
        topic=topic,
        category=places.label_of(topic.place_id),
        sentence=audience_sentence(viewer, topic),
        posts=page.posts,
        after=page.after,
        before=max(page.first - 1 - MOST, 0) if page.first > 1 else None,
        last=page.posts[-1].number if page.posts else 0,
        address=addresses.of_topic(topic),
        canonical=addresses.of_topic(topic),
        robots=NO_INDEX,
    )
