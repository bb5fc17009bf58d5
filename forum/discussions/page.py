"""A topic's page: everything its template needs, gathered in a handful of statements."""

import secrets
from collections import Counter
from collections.abc import Callable, Collection, Hashable, Sequence
from typing import Any

from flask import g

from forum.access.audience import may_read
from forum.access.permissions import Permission
from forum.access.rules import judge
from forum.access.rules.discussions import moderates
from forum.access.rules.taking_part import may_react_in
from forum.access.viewer import Viewer
from forum.core import clock, settings
from forum.discussions import heads, places
from forum.discussions.models import Draft, Post, Topic, TopicEvent
from forum.discussions.params import PageParams, asked_draft
from forum.discussions.queries import posts as post_queries
from forum.discussions.queries import unread
from forum.discussions.queries.drafts import draft_for, values_of
from forum.discussions.queries.paging import View
from forum.discussions.queries.personal import Personal, personal_of
from forum.discussions.queries.polls import poll_views
from forum.discussions.queries.posts import PostView
from forum.discussions.queries.quotes import quote_of
from forum.discussions.queries.shared import shared_page
from forum.discussions.queries.topics import audience_sentence, default_audience, readable_topics
from forum.discussions.reactions import counted_reactions, reaction_kinds
from forum.markup import QuoteSource, mentions, quoted_posts
from forum.web.templating import ago_turn


def view_for(viewer: Viewer, asked: str) -> View:
    """Flat or threaded: what the address says, else the person's choice, else the society's."""
    chosen = asked or (viewer.user.topic_view if viewer.user else "") or settings.current().default_view
    return "threaded" if chosen == "threaded" else "flat"


def topic_page(
    viewer: Viewer,
    topic: Topic,
    params: PageParams,
    *,
    around: int | None = None,
    values: dict[str, Any] | None = None,
    errors: dict[str, str] | None = None,
) -> dict[str, Any]:
    """The context of discussions/topic.html."""
    view = view_for(viewer, params.view)
    shared = shared_page(
        topic,
        view=view,
        limit=1 if params.part in {"head", "post"} else settings.current().posts_per_page,
        after=params.after,
        before=params.before,
        around=around,
        folded=params.folded,
    )
    state = unread.unread_of_topics(viewer, [topic.id]).get(topic.id, unread.NONE)
    mine = personal_of(viewer, topic, [post.id for post in shared.page.posts])
    verdict = judge(Permission.REPLY, viewer, topic)
    may_react = viewer.user is not None and bool(may_react_in(viewer, topic))
    kinds = reaction_kinds()
    draft = _draft(viewer, topic, params) if verdict and values is None else None
    reply_number = params.reply or (_number(draft.fields.get("reply_to", "")) if draft else None)
    answered = post_queries.find_numbered(topic, reply_number) if reply_number else None
    views = [post_queries.view_of(viewer, topic, post) for post in shared.page.posts]
    posts = post_queries.with_sources(viewer, topic, views)
    place_open = _place_is_open(viewer, topic)
    canonical, robots = heads.one_address(topic, view, params, around, posts)
    # What is wrong in a form comes before the post that it answers.
    target = None if errors or params.part else around
    parents = {i: post_queries.view_of(viewer, topic, post) for i, post in shared.parents.items()}
    answer = _answer(viewer, topic, shared.answer)
    may_accept = viewer.user is not None and bool(judge(Permission.ACCEPT_ANSWER, viewer, topic))
    first_unread = state.first or None
    fresh = {
        post.number
        for post in shared.page.posts
        if not viewer.is_visitor and state.has_unread(post, viewer.id, mine.ignored - shared.marks.keys())
    }
    return {
        "topic": topic,
        "category": places.label_of(topic.place_id),
        "place_open": place_open,
        "posts": posts,
        "parents": parents,
        "events": shared.events,
        "links": linked_topics(viewer, shared.events),
        "folds": shared.folds,
        "fold": params.fold,
        "goes_on": shared.page.goes_on,
        "below": _below(posts, shared.page.goes_on) if view == "threaded" else {},
        "view": view,
        "part": params.part,
        "number": around,
        "before": shared.page.before,
        "after": shared.page.after,
        "target": target,
        "sentence": audience_sentence(viewer, topic),
        "people_count": shared.people_count,
        "participants": shared.participants,
        "lock_reason": shared.lock_reason,
        "may_reply": bool(verdict),
        "polls": poll_views(viewer, posts, mine, shared.polls) if shared.polls else {},
        "answer": answer,
        "may_accept": may_accept,
        "reply_denied": verdict.reason,
        "moderates": moderates(viewer, topic),
        "pinned": topic.is_pinned(clock.now()),
        "marks": shared.marks,
        "first_unread": first_unread,
        "fresh": fresh,
        "personal": mine,
        "may_react": may_react,
        "reactions": {
            each.id: counted_reactions(each.reaction_counts, kinds) for each in posts if each.reaction_counts
        },
        "reaction_kinds": kinds,
        "fragment_key": _fragment_keys(
            viewer,
            topic,
            view,
            target,
            fresh,
            mine,
            (bool(verdict), may_react, may_accept),
            shared.marks,
            parents,
        ),
        "unread_count": state.count,
        "watch": state.watch,
        "read_to": state.read_to,
        "generation": state.generation,
        "reply_to": post_queries.view_of(viewer, topic, answered) if answered else None,
        "values": values or _begun(viewer, topic, draft, params.quote if verdict else None),
        "draft": draft,
        "errors": errors or {},
        "client_id": secrets.token_urlsafe(12),
        "canonical": canonical,
        "robots": robots,
        "head": heads.head_of(
            viewer, topic, places.label_of(topic.place_id), place_open, posts, canonical, answer
        ),
        "feed": (f"/feeds/t/{topic.id}.atom", topic.title) if heads.is_public(topic) else None,
    }


def linked_topics(viewer: Viewer, events: dict[int, list[TopicEvent]]) -> dict[int, Topic]:
    """The topics that events lead to, as far as the viewer may read them; a statement only where there are any.

    Their titles have stamps of their own: a page that holds one is not kept.
    """
    told = [event for several in events.values() for event in several if "topic_id" in event.detail]
    found = readable_topics(viewer, {int(event.detail["topic_id"]) for event in told})
    if found:
        g.follows_others = True
    return found


def _fragment_keys(
    viewer: Viewer,
    topic: Topic,
    view: View,
    target: int | None,
    fresh: set[int],
    mine: Personal,
    may: Hashable,
    marks: dict[int, str],
    parents: dict[int, PostView],
) -> Callable[[PostView], Hashable]:
    """What a post looks like to this reader, as a key: all that components/post.html reads. None where it has tools of their own."""
    me, sees_all = viewer.id, moderates(viewer, topic)
    kind_of_reader = (viewer.is_visitor, viewer.may_act, viewer.is_member, viewer.moderates_anything)
    shared_by_all = ("post", topic.slug, view, may, kind_of_reader)

    def key(post: PostView) -> Hashable:
        if post.has_poll or sees_all or (me is not None and post.author_id == me) or _speaks_to(viewer, post):
            return None
        parent = parents.get(post.parent_id or 0) if view == "flat" or post.depth > 4 else None
        return (
            shared_by_all,
            post.id,
            post.version,
            post.number,
            post.is_concealed,
            _quoted(post),
            post.number == target,
            post.number in fresh,
            mine.on(post.id),
            post.id == places.answer_of(topic),
            post.author_id in mine.ignored,
            tuple(post.reaction_counts.items()),
            marks.get(post.author_id or 0),
            post.author is not None and bool(judge(Permission.READ_PROFILE, viewer, post.author)),
            ago_turn(post.created_at),
            ago_turn(post.edited_at) if post.edited_at else None,
            (parent.id, parent.version, parent.number, parent.is_visible) if parent else None,
        )

    return key


def _answer(viewer: Viewer, topic: Topic, post: Post | None) -> PostView | None:
    """The accepted answer as the viewer may see it."""
    view = post_queries.view_of(viewer, topic, post) if post is not None else None
    return view if view is not None and view.is_visible else None


def _begun(viewer: Viewer, topic: Topic, draft: Draft | None, quoted: int | None) -> dict[str, str]:
    """What stands in the composer to begin with: what was kept of it, and the post that is to be quoted."""
    values = values_of(draft) if draft else {}
    post = post_queries.find_numbered(topic, quoted) if quoted else None
    if post is not None and post.topic_id == topic.id and post.is_visible:
        begun = values.get("body", "").rstrip()
        quote = quote_of(viewer, post)
        values = {**values, "body": f"{begun}\n\n{quote}" if begun else quote}
    return values


def _below(posts: Sequence[PostView], goes_on: Collection[int]) -> dict[int, int]:
    """How many replies stand in each branch, of those that end on the page."""
    found: Counter[int] = Counter()
    above: list[PostView] = []
    for post in posts:
        above = [each for each in above if post.path.startswith(each.path)]
        found.update(each.number for each in above)
        above.append(post)
    return {number: count for number, count in found.items() if number not in goes_on}


def _speaks_to(viewer: Viewer, post: PostView) -> bool:
    return (
        viewer.user is not None
        and post.body_html is not None
        and mentions(post.body_html, viewer.user.username)
    )


def _quoted(post: PostView) -> tuple[tuple[int, QuoteSource], ...]:
    """What of the quotes in a post its reader is shown."""
    named = quoted_posts(post.body_html) if post.body_html is not None else ()
    return tuple(
        (each, post.sources[each]) for each in sorted(named) if post.sources and each in post.sources
    )


def _draft(viewer: Viewer, topic: Topic, params: PageParams) -> Draft | None:
    return draft_for(viewer, f"reply:{topic.id}", asked_draft(params.draft))


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 8 else None


def _place_is_open(viewer: Viewer, topic: Topic) -> bool:
    """Whether the place may be read too, or is only a name around a topic that was opened."""
    if topic.audience.inherits:
        return True
    return may_read(viewer, default_audience(topic))
