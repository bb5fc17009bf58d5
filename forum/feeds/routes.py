"""Feeds and the sitemap.

A feed knows nobody by a session. Without a token it is what a visitor may read; with `?token=` it is what the person
of that token may read at this moment. A token that is unknown, revoked or of somebody suspended is not found: never
answered with the public feed, which would look as if all were well.
"""

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar, cast

from flask import Blueprint, Response, g, request
from flask_babel import gettext as _

from forum.access.doors import open_to_all, requires
from forum.access.permissions import Permission
from forum.access.rules import judge
from forum.access.viewer import VISITOR, Viewer, viewer_of
from forum.accounts.feed_tokens import find_feed_reader
from forum.accounts.models import User
from forum.accounts.queries import find_profile
from forum.boards.models import Category
from forum.boards.queries import find_category, stamp_of_category
from forum.core import settings
from forum.core.errors import NotFound
from forum.discussions import addresses, places, stamps
from forum.discussions.models import Post, Topic
from forum.discussions.models.polls import Poll
from forum.discussions.queries.posts import view_of
from forum.discussions.queries.quotes import Sources, sources_of
from forum.discussions.queries.shared import load_polls
from forum.discussions.queries.tags import tags_of
from forum.feeds import atom, queries, sitemap
from forum.markup import SafeHTML, pictures_as_links, with_list, with_whole_addresses
from forum.web import limits, params
from forum.web.freshness import dated
from forum.web.keeping import FRESH, kept_for_visitors
from forum.web.links import absolute, site_address

feeds = Blueprint("feeds", __name__)
View = TypeVar("View", bound=Callable[..., Any])


class FeedParams(params.Params):
    """Feeds take nothing but a token, and an answer to one is never kept."""


def for_reader(view: View) -> View:
    """Let whoever holds the token look, for as long as the view takes: what goes wrong is answered to a visitor."""

    @functools.wraps(view)
    def door(**url: Any) -> Any:
        g.viewer = _reader()
        try:
            return view(**url)
        finally:
            g.viewer = VISITOR

    return cast(View, door)


@feeds.after_request
def keep_out_of_search(response: Response) -> Response:
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@feeds.get("/feeds/site.atom")
@kept_for_visitors(stamps.of_all_places, FeedParams)
@for_reader
@open_to_all
def feed_of_site(viewer: Viewer) -> Response:
    """The newest posts anywhere."""
    site = settings.current()
    feed = atom.Feed(
        id=atom.tag("site"),
        title=site.name,
        subtitle=site.tagline,
        address=absolute("/"),
        own=_own(),
        entries=_entries(viewer, queries.posts_of_site(viewer)),
    )
    return _answer(viewer, feed)


@feeds.get("/feeds/c/<slug>.atom")
@kept_for_visitors(stamp_of_category, FeedParams)
@for_reader
@requires(Permission.READ_PLACE, subject=find_category)
def feed_of_category(viewer: Viewer, category: Category) -> Response:
    feed = atom.Feed(
        id=atom.tag("category", category.id),
        title=_("%(name)s · %(site)s", name=category.name, site=settings.current().name),
        subtitle=category.description,
        address=absolute(f"/c/{category.slug}"),
        own=_own(),
        entries=_entries(viewer, queries.posts_of_category(viewer, category)),
        since=category.created_at,
    )
    return _answer(viewer, feed)


@feeds.get("/feeds/t/<id:topic_id>.atom")
@kept_for_visitors(stamps.of_topic, FeedParams)
@for_reader
@requires(Permission.READ_TOPIC, subject=queries.find_open_topic)
def feed_of_topic(viewer: Viewer, topic: Topic) -> Response:
    feed = atom.Feed(
        id=atom.tag("topic", topic.id),
        title=topic.title,
        subtitle="",
        address=absolute(addresses.of_topic(topic)),
        own=_own(),
        entries=_entries(viewer, queries.posts_of_topic(topic)),
        since=topic.created_at,
    )
    return _answer(viewer, feed)


@feeds.get("/feeds/people/<username>.atom")
@for_reader
@requires(Permission.READ_PROFILE, subject=find_profile)
def feed_of_person(viewer: Viewer, person: User) -> Response:
    """What somebody wrote. Profiles are for members, so this needs the token of one."""
    feed = atom.Feed(
        id=atom.tag("person", person.id),
        title=_("%(name)s · %(site)s", name=person.name, site=settings.current().name),
        subtitle=person.byline,
        address=absolute(f"/people/{person.username}"),
        own=_own(),
        entries=_entries(viewer, queries.posts_of_person(viewer, person)),
        since=person.created_at,
    )
    return _answer(viewer, feed)


@feeds.get("/sitemap.xml")
@kept_for_visitors(stamps.of_all_places)
@open_to_all
def sitemap_index(_viewer: Viewer) -> Response:
    """For visitors, whoever asks."""
    parts = [(f"/sitemap/topics-{first}.xml", at) for first, at in queries.parts_of_sitemap()]
    return _as_map(sitemap.index([("/sitemap/places.xml", None), *parts]))


@feeds.get("/sitemap/places.xml")
@kept_for_visitors(stamps.of_all_places)
@open_to_all
def sitemap_of_places(_viewer: Viewer) -> Response:
    found = [(f"/c/{slug}", at) for slug, at in queries.places_of_sitemap()]
    return _as_map(sitemap.part([("/", None), ("/c", None), *found]))


@feeds.get("/sitemap/topics-<id:first>.xml")
@open_to_all
def sitemap_of_topics(_viewer: Viewer, first: int) -> Response:
    found = [(f"/t/{topic_id}/{slug}", at) for topic_id, slug, at in queries.topics_of_sitemap(first)]
    if not found:
        raise NotFound
    return _as_map(sitemap.part(found))


def _reader() -> Viewer:
    """Whoever the token in the address is of; a visitor where there is none. Raises NotFound for any that opens nothing."""
    given = request.args.getlist("token")
    if not given:
        return VISITOR
    person = find_feed_reader(given[0]) if len(given) == 1 else None
    if person is None:
        raise NotFound
    viewer = viewer_of(person)
    if viewer.rights.is_suspended:
        raise NotFound
    limits.hit("feed", person.id)
    return viewer


def _own() -> str | None:
    return None if "token" in request.args else absolute(request.path)


def _entries(viewer: Viewer, posts: Sequence[Post]) -> list[atom.Entry]:
    sources = sources_of(viewer, [post.body_html for post in posts])
    polls = load_polls([post.id for post in posts if post.has_poll])
    return [entry for post in posts if (entry := _entry(viewer, post, sources, polls)) is not None]


def _entry(viewer: Viewer, post: Post, sources: Sources, polls: Mapping[int, Poll]) -> atom.Entry | None:
    topic, place = post.topic, places.label_of(post.topic.place_id)
    seen = replace(view_of(viewer, topic, post), sources=sources)
    if not seen.is_visible or seen.html is None:
        return None
    author = atom.Author(_("Former member"))
    if seen.author is not None:
        known = not seen.author.is_placeholder and judge(Permission.READ_PROFILE, viewer, seen.author)
        author = atom.Author(seen.author.name, absolute(f"/people/{seen.author.username}") if known else None)
    address = absolute(addresses.of_number(topic, post.number))
    html, poll = _for_feeds(viewer, seen.html), polls.get(post.id)
    if poll is not None:
        html = with_list(html, _("Poll: %(question)s", question=poll.question), poll.options)
    return atom.Entry(
        id=atom.tag("post", post.id),
        title=topic.title if post.number == 1 else _("Re: %(title)s", title=topic.title),
        address=f"{address}#post-{post.id}",
        author=author,
        published=post.created_at,
        updated=post.edited_at or post.created_at,
        html=with_whole_addresses(html, site=site_address(), page=address),
        place=(place.slug, place.name),
        tags=[(tag.slug, tag.name) for tag in tags_of(topic)] if post.number == 1 else (),
    )


def _for_feeds(viewer: Viewer, html: SafeHTML) -> SafeHTML:
    """A feed reader is signed in nowhere: pictures that not everybody may see are links for who opens them in a browser."""
    return html if viewer.is_visitor else pictures_as_links(html, _("Picture"))


def _answer(viewer: Viewer, feed: atom.Feed) -> Response:
    return dated(Response(atom.written(feed), mimetype=atom.MIMETYPE), (request.path, viewer.id))


def _as_map(body: bytes) -> Response:
    response = Response(body, mimetype=sitemap.MIMETYPE)
    response.headers["Cache-Control"] = FRESH
    return dated(response, request.path)
