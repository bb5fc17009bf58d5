"""Known-bad changes, planted one by one: the leak tests must see each of them."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from forum.access import viewer as viewers
from forum.access.permissions import Permission
from forum.access.rules import RULES, taking_part
from forum.access.verdicts import ALLOWED
from forum.admin import matrix
from forum.boards import queries as board_queries
from forum.boards import rows as board_rows
from forum.discussions import heads
from forum.discussions import page as topic_page
from forum.discussions.api import topics as topics_api
from forum.discussions.models import Draft, Post, Topic
from forum.discussions.models.polls import Poll
from forum.discussions.queries import attachments as attachment_queries
from forum.discussions.queries import bookmarks as bookmark_queries
from forum.discussions.queries import polls as poll_queries
from forum.discussions.queries import posts as post_queries
from forum.discussions.queries import quotes as quote_queries
from forum.discussions.queries import tags as tag_queries
from forum.discussions.queries import topics as topic_queries
from forum.discussions.queries import unread
from forum.discussions.queries import writings as writing_queries
from forum.discussions.routes import printing
from forum.discussions.routes import topic as topic_routes
from forum.feeds import queries as feed_queries
from forum.feeds import routes as feed_routes
from forum.media.models import Upload
from forum.media.uses import Reach
from forum.messaging import uploads as message_uploads
from forum.messaging.queries import conversations as conversation_queries
from forum.messaging.queries import finding
from forum.messaging.queries import messages as message_queries
from forum.moderation.models import Review
from forum.moderation.queries import flags as flag_queries
from forum.moderation.queries import log as log_queries
from forum.notifications.kinds import NotificationKind
from forum.notifications.queries import followed, listing
from forum.web import keeping
from tests.conftest import databases
from tests.leaks.harvest import SignIn, browser_of, everything, masked
from tests.leaks.test_leaks import differences, lists_only
from tests.leaks.twins import twin
from tests.leaks.world import World

pytestmark = pytest.mark.one_database

Patch = pytest.MonkeyPatch
Only = Callable[[str], bool]


def everything_readable(*_args: Any) -> Any:
    return sa.true()


def any_topic(_viewer: Any, topic_id: int) -> Topic | None:
    return topic_queries.db.session.scalar(
        sa.select(Topic)
        .options(*(topic_queries.joinedload(part) for part in (Topic.author, Topic.audience, Topic.place)))
        .where(Topic.id == topic_id)
    )


def list_without_the_rule(patch: Patch) -> None:
    patch.setattr(topic_queries, "readable_by", everything_readable)


def category_list_over_all_audiences(patch: Patch) -> None:
    patch.setattr(topic_queries, "allows_reading", everything_readable)


def every_place_for_everybody(patch: Patch) -> None:
    for module in (board_queries, board_rows):
        patch.setattr(module, "categories_for", lambda _viewer: board_queries.all_categories())


def a_redirect_that_names_the_topic(patch: Patch) -> None:
    patch.setattr(topic_routes, "find_topic", any_topic)


def an_api_that_forgot_the_viewer(patch: Patch) -> None:
    for name, value in vars(topics_api).items():
        if name == "find_topic":
            patch.setattr(topics_api, name, any_topic)
            assert value
    patch.setattr("forum.discussions.api.posts.find_topic", any_topic, raising=False)


def hidden_posts_shown_to_all(patch: Patch) -> None:
    patch.setattr(post_queries, "moderates", lambda _viewer, _topic: True)
    patch.setattr(topic_page, "moderates", lambda _viewer, _topic: True)


def a_tombstone_with_text(patch: Patch) -> None:
    before = post_queries.view_of

    def view_of(viewer: Any, topic: Topic, post: Post) -> Any:
        seen = before(viewer, topic, post)
        return (
            replace(seen, hidden_at=None, body=post.body, body_html=post.body_html)
            if seen.is_concealed
            else seen
        )

    patch.setattr(post_queries, "view_of", view_of)


def unread_over_all_audiences(patch: Patch) -> None:
    patch.setattr(
        unread,
        "unread_topics",
        lambda _viewer, _places, _limit, **_page: list(topic_queries.db.session.scalars(sa.select(Topic.id))),
    )


def a_log_for_every_moderator(patch: Patch) -> None:
    patch.setattr(log_queries, "_for", everything_readable)
    patch.setattr(log_queries, "readable_by", everything_readable)


def rights_that_never_fade(patch: Patch) -> None:
    patch.setattr(viewers, "rights_of", lambda _person, **_how: viewers.Rights(
        scopes=frozenset(range(1, 6)), is_confirmed=True, is_member=True
    ))  # fmt: skip


def hidden_topics_listed(patch: Patch) -> None:
    patch.setattr(topic_queries, "visible_topics", everything_readable)


def links_to_whatever_was_split_off(patch: Patch) -> None:
    patch.setattr(topic_queries, "readable_by", everything_readable)
    patch.setattr(topic_page, "readable_topics", lambda _viewer, ids: {
        topic.id: topic for topic in topic_queries.db.session.scalars(sa.select(Topic).where(Topic.id.in_(ids)))
    })  # fmt: skip


def old_addresses_that_lead_anybody_on(patch: Patch) -> None:
    def find_post(_viewer: Any, post_id: int) -> Post:
        post = topic_queries.db.session.get(Post, post_id)
        sa.orm.attributes.set_committed_value(post, "topic", any_topic(None, post.topic_id))
        return post

    patch.setattr(topic_routes.post_queries, "find_post", find_post)


def drafts_of_anybody(patch: Patch) -> None:
    def any_draft(_viewer: Any, draft_id: int) -> Draft | None:
        return topic_queries.db.session.get(Draft, draft_id)

    patch.setattr("forum.discussions.api.drafts.find_draft", any_draft)


def hidden_versions_shown_to_their_author(patch: Patch) -> None:
    patch.setattr("forum.discussions.queries.revisions.moderates", lambda _viewer, _topic: True)


def a_feed_without_the_rule(patch: Patch) -> None:
    patch.setattr(topic_queries, "readable_by", everything_readable)
    patch.setattr(topic_queries, "allows_reading", everything_readable)


def a_feed_of_a_person_without_the_rule(patch: Patch) -> None:
    patch.setattr(feed_queries, "readable_by", everything_readable)


def a_feed_of_any_topic(patch: Patch) -> None:
    patch.setattr(topic_queries, "find_topic", any_topic)
    patch.setattr("forum.access.audience.may_read", lambda _viewer, _audience: True)  # the door asks again


def hidden_posts_in_feeds(patch: Patch) -> None:
    patch.setattr(feed_queries, "visible_posts", everything_readable)
    patch.setattr(post_queries, "moderates", lambda _viewer, _topic: True)
    patch.setattr("forum.discussions.queries.posts.PostView.is_visible", True)


def a_feed_token_that_makes_staff(patch: Patch) -> None:
    staff = viewers.Rights(scopes=frozenset(range(1, 100)), is_confirmed=True, is_member=True)
    patch.setattr(feed_routes, "viewer_of", lambda person: viewers.Viewer(person, staff))


def a_feed_for_who_is_suspended(patch: Patch) -> None:
    member = viewers.Rights(scopes=frozenset(range(1, 4)), is_confirmed=True, is_member=True)
    patch.setattr(feed_routes, "viewer_of", lambda person: viewers.Viewer(person, member))


def a_sitemap_without_the_rule(patch: Patch) -> None:
    patch.setattr(feed_queries, "readable_by", everything_readable)


def a_sitemap_of_hidden_topics(patch: Patch) -> None:
    patch.setattr(feed_queries, "visible_topics", everything_readable)
    patch.setattr(feed_queries, "readable_by", everything_readable)


def a_print_of_any_topic(patch: Patch) -> None:
    patch.setattr(printing, "find_topic", any_topic)


def a_print_with_hidden_posts(patch: Patch) -> None:
    patch.setattr(post_queries, "moderates", lambda _viewer, _topic: True)
    patch.setattr("forum.discussions.queries.posts.PostView.is_visible", True)


def a_head_from_posts_as_they_are_stored(patch: Patch) -> None:
    before = heads.head_of

    def head_of(
        viewer: Any, topic: Topic, category: Any, place_open: bool, posts: Any, path: str, answer: Any
    ) -> Any:
        stored = topic_queries.db.session.scalars(
            sa.select(Post).where(Post.topic_id == topic.id).order_by(Post.number)
        )
        bare = [
            replace(p, hidden_at=None, is_concealed=False, body_html=s.body_html)
            for p, s in zip(posts, stored, strict=False)
        ]
        return before(viewer, topic, category, place_open, bare, path, answer)

    patch.setattr(heads, "head_of", head_of)


def an_answer_that_is_hidden(patch: Patch) -> None:
    def answer(_viewer: Any, topic: Topic, _post: Any) -> Any:
        found = sa.select(Post).options(topic_queries.joinedload(Post.author))
        found = found.where(Post.topic_id == topic.id, Post.hidden_at.is_not(None))
        post = topic_queries.db.session.scalars(found).first()
        staff = viewers.Viewer(post.author, viewers.Rights()) if post else None
        return post_queries.view_of(staff, topic, post) if post and staff else None

    patch.setattr(topic_page, "_answer", answer)


def a_poll_of_any_post(patch: Patch) -> None:
    def any_post(_viewer: Any, post_id: int) -> Any:
        post = topic_queries.db.session.get(Post, post_id)
        if post is not None:
            sa.orm.attributes.set_committed_value(post, "topic", any_topic(None, post.topic_id))
        return post

    patch.setattr(poll_queries, "find_post", any_post)


def forms_of_any_place(patch: Patch) -> None:
    patch.setattr("forum.boards.routes.categories_for", lambda _viewer: board_queries.all_categories())
    patch.setattr("forum.boards.routes.judge", lambda *_asked: ALLOWED)


def a_head_that_names_the_place(patch: Patch) -> None:
    """Of a topic opened to everybody, in a place that is not: what the place is about."""
    before = heads.head_of

    def head_of(viewer: Any, topic: Topic, category: Any, *rest: Any) -> Any:
        head = before(viewer, topic, category, *rest)
        return head and replace(head, description=category.description)

    patch.setattr(heads, "head_of", head_of)


def pages_kept_for_anybody(patch: Patch) -> None:
    """What was made for somebody signed in is kept, and answered to the next who asks."""
    patch.setattr(keeping, "_is_anonymous", lambda _asked: True)


def a_fragment_without_its_reader(patch: Patch) -> None:
    patch.setattr(topic_page, "_fragment_keys", lambda *_all: lambda post: ("post", post.id))


def opened_topics_of_everybody(patch: Patch) -> None:
    """The list forgets to ask who reads."""
    before = topic_queries.allows_reading

    def only_places(held: Any, audience: Any = topic_queries.Audience) -> Any:
        return sa.or_(audience.inherits.is_(False), before(held, audience))

    patch.setattr(topic_queries, "allows_reading", only_places)


def hidden_topics_among_the_opened(patch: Patch) -> None:
    before = topic_queries.opened_topics

    def opened(viewer: Any, **how: Any) -> Any:
        with patch.context() as inside:
            inside.setattr(topic_queries, "visible_topics", everything_readable)
            return before(viewer, **how)

    patch.setattr(topic_queries, "opened_topics", opened)


def a_log_that_names_closed_topics(patch: Patch) -> None:
    patch.setattr(log_queries, "_is_known_to", everything_readable)
    patch.setattr(log_queries, "readable_by", everything_readable)


def quotes_of_anything(patch: Patch) -> None:
    for name in ("readable_by", "visible_posts", "visible_topics"):
        patch.setattr(quote_queries, name, everything_readable)


def bodies_as_they_are_stored(patch: Patch) -> None:
    patch.setattr("forum.discussions.queries.posts.PostView.text", property(lambda view: view.body))


def a_history_with_every_quote(patch: Patch) -> None:
    patch.setattr("forum.discussions.queries.revisions.without_quotes", lambda body, _quotes: body)
    patch.setattr("forum.discussions.shapes.without_quotes", lambda body, _quotes: body)


def a_form_with_every_quote(patch: Patch) -> None:
    patch.setattr("forum.discussions.routes.acting.text_for", lambda _viewer, body: body)


def a_head_with_quotes(patch: Patch) -> None:
    patch.setattr(heads, "show_quotes", lambda html, _sources, _hidden: html)


def reactions_to_any_post(patch: Patch) -> None:
    patch.setattr(post_queries, "find_topic", any_topic)
    patch.setattr(taking_part, "may_act_in", lambda _viewer, _topic: ALLOWED)


def a_queue_for_every_moderator(patch: Patch) -> None:
    patch.setattr(flag_queries, "_looks_after", everything_readable)


def a_queue_without_the_rule(patch: Patch) -> None:
    patch.setattr(flag_queries, "readable_by", everything_readable)


def a_reported_post_for_whoever_moderates_anything(patch: Patch) -> None:
    patch.setattr(flag_queries, "_looks_after", everything_readable)
    patch.setattr("forum.access.rules.flags.moderates", lambda *_args: True)


def reports_of_everybody(patch: Patch) -> None:
    patch.setattr(flag_queries, "_mine", everything_readable)


def a_report_answered_with_the_reason_for_hiding(patch: Patch) -> None:
    patch.setattr("forum.moderation.queries.flags._may_know_why", lambda _viewer, _review: True)


def bookmarks_that_show_what_was_lost(patch: Patch) -> None:
    patch.setattr(bookmark_queries, "judge", lambda *_asked: True)


def bookmarks_of_anybody(patch: Patch) -> None:
    before = bookmark_queries._as_read_by
    everybodys = bookmark_queries._with_posts
    patch.setattr(
        bookmark_queries,
        "_as_read_by",
        lambda viewer, _mine: before(viewer, bookmark_queries.db.session.scalars(everybodys()).all()),
    )


def uploads_for_anybody(patch: Patch) -> None:
    patch.setattr("forum.media.uses.reach_of", lambda _viewer, _id: Reach.VIEWER)


def uploads_without_the_rule(patch: Patch) -> None:
    patch.setattr(attachment_queries, "readable_by", everything_readable)


def uploads_of_hidden_posts(patch: Patch) -> None:
    patch.setattr(attachment_queries, "visible_posts", everything_readable)


def uploads_of_others_described(patch: Patch) -> None:
    patch.setattr("forum.media.queries.find_own", lambda _viewer, i: topic_queries.db.session.get(Upload, i))


def a_bell_without_the_rule(patch: Patch) -> None:
    patch.setattr(listing, "allows_reading", everything_readable)
    patch.setattr(listing, "_lines", listing._lines.__wrapped__)


def related_topics_of_everybody(patch: Patch) -> None:
    patch.setattr("forum.discussions.queries.related.readable_by", everything_readable)


def tags_without_the_rule(patch: Patch) -> None:
    patch.setattr(tag_queries, "allows_reading", everything_readable)


def a_tag_over_all_topics(patch: Patch) -> None:
    patch.setattr(tag_queries, "readable_by", everything_readable)


def a_form_that_suggests_every_tag(patch: Patch) -> None:
    before = tag_queries.tag_field
    patch.setattr(
        "forum.boards.routes.tag_field",
        lambda place: before(place) | {"tag_words": [tag.name for tag in tag_queries.vocabulary().tags]},
    )


def what_one_follows_without_the_rule(patch: Patch) -> None:
    patch.setattr(followed, "readable_by", everything_readable)


def conversations_of_everybody(patch: Patch) -> None:
    patch.setattr(conversation_queries, "is_open_to", everything_readable)


def a_search_in_all_conversations(patch: Patch) -> None:
    patch.setattr(finding, "is_open_to", everything_readable)


def files_of_all_conversations(patch: Patch) -> None:
    patch.setattr(message_uploads, "is_open_to", everything_readable)


def messages_that_a_block_does_not_stop(patch: Patch) -> None:
    patch.setattr(message_queries, "reaches", everything_readable)
    patch.setattr(message_queries, "_withheld", lambda _user_id, _ids: {})


def reported_messages_for_every_moderator(patch: Patch) -> None:
    patch.setitem(RULES, Permission.READ_MESSAGE_FLAGS, lambda viewer, _=None: ALLOWED)


PLANTED: list[tuple[Callable[[Patch], None], list[str], Only]] = [
    (conversations_of_everybody, ["staff"], lambda a: a == "/api/v1/conversations"),
    (a_search_in_all_conversations, ["staff"], lambda a: a.startswith("/api/v1/messages?q")),
    (files_of_all_conversations, ["member"], lambda a: a.startswith("/uploads/")),
    (messages_that_a_block_does_not_stop, ["insider"], lambda a: a.startswith("/api/v1/conversations/")),
    (reported_messages_for_every_moderator, ["moderator"], lambda a: a == "/api/v1/moderation/messages"),
    (list_without_the_rule, ["visitor", "guest"], lambda a: a == "/"),
    (category_list_over_all_audiences, ["member"], lambda a: a.startswith("/c/")),
    (every_place_for_everybody, ["visitor"], lambda a: a in {"/", "/c"}),
    (a_redirect_that_names_the_topic, ["guest"], lambda a: a.startswith("/t/")),
    (an_api_that_forgot_the_viewer, ["guest"], lambda a: a.startswith("/api/v1/topics/")),
    (hidden_posts_shown_to_all, ["member"], lambda a: "?view" not in a and a.startswith("/t/")),
    (a_tombstone_with_text, ["grace"], lambda a: a.startswith("/t/")),
    (unread_over_all_audiences, ["member", "guest"], lambda a: a in {"/", "/unread"}),
    (a_log_for_every_moderator, ["moderator"], lambda a: a.startswith("/moderation/log")),
    (rights_that_never_fade, ["unconfirmed", "suspended"], lambda a: a.startswith("/t/")),
    (hidden_topics_listed, ["member"], lambda a: a in {"/", "/c/lounge"}),
    (hidden_versions_shown_to_their_author, ["author"], lambda a: a.endswith("/history")),
    (pages_kept_for_anybody, ["staff", "visitor"], lambda a: a in {"/", "/c"}),
    (a_fragment_without_its_reader, ["moderator", "grace"], lambda a: a.startswith("/t/") and "?" not in a),
    (opened_topics_of_everybody, ["guest"], lambda a: a.startswith(("/open", "/api/v1/open"))),
    (hidden_topics_among_the_opened, ["guest"], lambda a: a == "/open"),
    (a_log_that_names_closed_topics, ["moderator"], lambda a: a.startswith("/moderation/log")),
    (drafts_of_anybody, ["staff"], lambda a: a.startswith("/api/v1/drafts")),
    (a_feed_without_the_rule, ["visitor"], lambda a: a == "/feeds/site.atom"),
    (a_feed_without_the_rule, ["guest", "member"], lambda a: a.startswith("/feeds/site.atom?token")),
    (a_feed_without_the_rule, ["member"], lambda a: a.startswith("/feeds/c/lounge.atom?token")),
    (a_feed_of_a_person_without_the_rule, ["member"], lambda a: a.startswith("/feeds/people/")),
    (links_to_whatever_was_split_off, ["visitor"], lambda a: a.startswith("/t/")),
    (old_addresses_that_lead_anybody_on, ["member"], lambda a: a.startswith("/t/")),
    (a_feed_of_any_topic, ["visitor"], lambda a: a.startswith("/feeds/t/") and "token" not in a),
    (a_feed_of_any_topic, ["guest"], lambda a: a.startswith("/feeds/t/") and "token" in a),
    (hidden_posts_in_feeds, ["visitor"], lambda a: a in {"/feeds/site.atom", "/feeds/c/welcome.atom"}),
    (hidden_posts_in_feeds, ["grace"], lambda a: a.startswith("/feeds/t/") and "token" in a),
    (a_feed_token_that_makes_staff, ["guest"], lambda a: a.startswith("/feeds/") and "token" in a),
    (a_feed_for_who_is_suspended, ["suspended"], lambda a: a.startswith("/feeds/") and "token" in a),
    (a_print_of_any_topic, ["visitor", "guest"], lambda a: a.endswith("/print")),
    (a_print_with_hidden_posts, ["member"], lambda a: a.endswith("/print")),
    (a_head_from_posts_as_they_are_stored, ["visitor"], lambda a: a.startswith("/t/") and "print" not in a),
    (an_answer_that_is_hidden, ["member"], lambda a: a.startswith("/t/") and "?" not in a),
    (a_poll_of_any_post, ["guest"], lambda a: a.endswith("/poll")),
    (forms_of_any_place, ["guest"], lambda a: a.startswith("/new?category")),
    (a_head_that_names_the_place, ["visitor"], lambda a: a.startswith("/t/")),
    (a_sitemap_without_the_rule, ["visitor", "member"], lambda a: a.startswith("/sitemap")),
    (a_sitemap_of_hidden_topics, ["staff"], lambda a: a.startswith("/sitemap")),
    (quotes_of_anything, ["visitor"], lambda a: a.startswith("/t/") and "?" not in a),
    (quotes_of_anything, ["guest"], lambda a: a.startswith("/feeds/t/") and "token" in a),
    (quotes_of_anything, ["staff"], lambda a: a.endswith("/print")),
    (quotes_of_anything, ["author"], lambda a: a == "/settings/posts"),
    (bodies_as_they_are_stored, ["visitor"], lambda a: a.startswith("/api/v1/topics/")),
    (a_history_with_every_quote, ["author"], lambda a: a.endswith("/history")),
    (a_history_with_every_quote, ["staff"], lambda a: a.endswith("/revisions")),
    (a_form_with_every_quote, ["author"], lambda a: a.endswith("/edit")),
    (related_topics_of_everybody, ["visitor", "guest", "staff"], lambda a: "/related" in a),
    (bookmarks_that_show_what_was_lost, ["invited"], lambda a: "/bookmarks" in a),
    (bookmarks_of_anybody, ["staff"], lambda a: a == "/api/v1/bookmarks"),
    (reactions_to_any_post, ["visitor", "guest"], lambda a: a.endswith("/reactions")),
    (uploads_for_anybody, ["visitor"], lambda a: a.startswith("/uploads/")),
    (uploads_without_the_rule, ["guest"], lambda a: a.startswith("/uploads/")),
    (uploads_of_hidden_posts, ["member"], lambda a: a.startswith("/uploads/")),
    (uploads_of_others_described, ["staff"], lambda a: a.startswith("/api/v1/uploads/")),
    (a_bell_without_the_rule, ["member"], lambda a: a.startswith("/notifications")),
    (a_bell_without_the_rule, ["grace"], lambda a: a.startswith("/api/v1/notifications")),
    (tags_without_the_rule, ["visitor", "guest"], lambda a: a == "/tags"),
    (tags_without_the_rule, ["site_moderator"], lambda a: a.startswith("/api/v1/tags")),
    (a_tag_over_all_topics, ["visitor", "moderator"], lambda a: a.startswith(("/tags/", "/api/v1/tags/"))),
    (a_form_that_suggests_every_tag, ["member"], lambda a: a == "/new"),
    (what_one_follows_without_the_rule, ["guest"], lambda a: a == "/settings/watching"),
    (a_head_with_quotes, ["visitor"], lambda a: a.startswith("/t/") and "?" not in a),
    (a_queue_for_every_moderator, ["moderator"], lambda a: a == "/moderation"),
    (a_queue_without_the_rule, ["site_moderator"], lambda a: a == "/api/v1/moderation/queue"),
    (
        a_reported_post_for_whoever_moderates_anything,
        ["moderator"],
        lambda a: a.startswith("/moderation/queue/"),
    ),
    (reports_of_everybody, ["member"], lambda a: a == "/flags"),
    (a_report_answered_with_the_reason_for_hiding, ["grace"], lambda a: a == "/api/v1/flags"),
]


@pytest.mark.parametrize(
    ("plant", "names", "only"), PLANTED, ids=[f"{plant.__name__}-{n[0]}" for plant, n, _o in PLANTED]
)
def test_a_planted_leak_is_seen(
    app: Flask,
    world: World,
    sign_in: SignIn,
    monkeypatch: Patch,
    plant: Callable[[Patch], None],
    names: list[str],
    only: Only,
) -> None:
    """That nothing is seen in this world without them, test_leaks shows: of each principal, at each address."""
    plant(monkeypatch)
    assert any(line.startswith("LEAK") for line in differences(app, world, sign_in, names, only=only))


def counts_over_all_audiences(patch: Patch) -> None:
    patch.setattr(topic_queries, "allows_reading", everything_readable)


def unread_places_over_all(patch: Patch) -> None:
    before = unread.news_of_places

    def states(viewer: Any, place_ids: Any) -> Any:
        rows = topic_queries.db.session.execute(
            sa.select(Topic.place_id, sa.func.count()).group_by(Topic.place_id)
        )
        there = {place: count for place, count in rows}  # noqa: C416
        found, *told = before(viewer, place_ids)
        return {p: unread.PlaceUnread(there.get(p, 0), s.new) for p, s in found.items()}, *told

    patch.setattr(unread, "news_of_places", states)


def profiles_over_all_audiences(patch: Patch) -> None:
    patch.setattr(writing_queries, "allows_reading", everything_readable)


def a_matrix_over_all_audiences(patch: Patch) -> None:
    patch.setattr(matrix, "allows_reading", everything_readable)


def a_log_with_gaps(patch: Patch) -> None:
    """What is closed has no line, but its place on the page."""
    patch.setattr(log_queries, "_is_known_to", everything_readable)
    patch.setattr(log_queries, "PER_PAGE", 3)


def reports_counted_over_all_audiences(patch: Patch) -> None:
    patch.setattr(unread, "_OF_PLACES_MODERATED", unread._OF_PLACES.add_columns(
        sa.select(sa.func.count()).select_from(Review).where(Review.judged_at.is_(None)).scalar_subquery()
    ))  # fmt: skip


def a_bell_that_counts_what_is_hidden(patch: Patch) -> None:
    patch.setattr(listing, "TOLD_ANYWAY", tuple(NotificationKind))
    patch.setattr(unread, "_OF_PLACES", unread._of_places())


TWINS: list[tuple[Callable[[Patch], None], str, str, set[str]]] = [
    (counts_over_all_audiences, "member", "with_hidden_things", {"/", "/c", "/c/lounge"}),
    (unread_places_over_all, "member", "with_hidden_things", {"/", "/c", "/api/v1/categories"}),
    (profiles_over_all_audiences, "member", "with_hidden_things", {"/people/ada"}),
    (a_matrix_over_all_audiences, "staff", "with_closed_things", {"/staff/audiences"}),
    (a_bell_that_counts_what_is_hidden, "member", "with_hidden_things", {"/c"}),
    (tags_without_the_rule, "member", "with_hidden_things", {"/tags", "/api/v1/tags"}),
    (a_log_with_gaps, "site_moderator", "with_closed_things", {"/moderation/log"}),
    (reports_counted_over_all_audiences, "site_moderator", "with_closed_things", {"/c"}),
]


@pytest.mark.parametrize(("plant", "name", "left_out", "where"), TWINS, ids=[t[0].__name__ for t in TWINS])
def test_a_planted_count_is_seen_by_the_twin(
    app: Flask,
    database: str,
    sign_in: SignIn,
    tmp_path: Path,
    monkeypatch: Patch,
    plant: Callable[[Patch], None],
    name: str,
    left_out: str,
    where: set[str],
) -> None:
    twins = []
    for there in (True, False):
        with (
            twin(app, database, tmp_path, monkeypatch, **{left_out: there}) as world,
            monkeypatch.context() as patch,
        ):
            plant(patch)
            browser = browser_of(app, world, name, sign_in)
            answers = everything(app, world, browser, only=lambda a: lists_only(a) and a in where)
            twins.append({address: masked(text) for address, (_s, text) in answers.items()})
    assert twins[0] != twins[1]


def nothing(_patch: Patch) -> None:
    """What the others are held against."""


def results_before_their_time(patch: Patch) -> None:
    patch.setattr(Poll, "shows_results", lambda *_args, **_how: True)


def secret_votes_with_names(patch: Patch) -> None:
    before = poll_queries.poll_view
    patch.setattr(poll_queries, "poll_view", lambda *asked: replace(before(*asked), may_read_ballots=True))


@pytest.mark.parametrize("plant", [nothing, results_before_their_time, secret_votes_with_names])
def test_what_others_voted_is_seen_by_the_twin_where_it_is_told(
    app: Flask,
    database: str,
    sign_in: SignIn,
    tmp_path: Path,
    monkeypatch: Patch,
    plant: Callable[[Patch], None],
) -> None:
    """Who votes otherwise in a poll whose results wait, and whose vote it is in a secret one, changes nothing for a member."""
    twins = []
    for usual in (True, False):
        with (
            twin(app, database, tmp_path, monkeypatch, votes_as_usual=usual) as world,
            monkeypatch.context() as patch,
        ):
            plant(patch)
            answers = everything(
                app, world, browser_of(app, world, "member", sign_in), only=lambda a: "/poll" in a
            )
            twins.append({address: (status, masked(text)) for address, (status, text) in answers.items()})
    assert {status for status, _text in twins[0].values()} >= {200}
    assert (twins[0] != twins[1]) == (plant is not nothing)


def test_ten_and_more_are_planted() -> None:
    assert len(PLANTED) >= 10
    assert databases()
