"""What the head of a topic's page says: its one address, and for visitors a description and what kind of page it is: a discussion, or a question with its answers."""

from collections.abc import Sequence
from typing import Any

from forum.access.audience import may_read
from forum.access.viewer import VISITOR, Viewer
from forum.core import settings
from forum.discussions import addresses
from forum.discussions.models import Topic
from forum.discussions.params import PageParams
from forum.discussions.places import is_for_questions
from forum.discussions.queries.paging import View
from forum.discussions.queries.posts import PostView
from forum.discussions.queries.tags import tags_of
from forum.markup import first_picture, show_quotes, words_of
from forum.web.heads import NO_INDEX, Head
from forum.web.links import absolute

DESCRIBED = 200
QUOTED = 500
COMMENT = 80


def is_public(topic: Topic) -> bool:
    """Whether everybody may read it."""
    return topic.is_visible and may_read(VISITOR, topic.audience)


def one_address(
    topic: Topic, view: View, asked: PageParams, around: int | None, posts: Sequence[PostView]
) -> tuple[str, str]:
    """(the address of this page without its moods, what robots are told).

    The same posts have one address: that of the page in the society's own view, whose cuts are every twentieth post.
    Permalinks lead to the page that shows the post. A page that has no such address is not for search engines.
    """
    plain = addresses.of_topic(topic)
    first = posts[0].number if posts else 1
    if asked.fold:
        return plain, NO_INDEX
    own_view = settings.current().default_view
    if first == 1 and around is None:
        return plain, ""
    if view != own_view:
        return plain, NO_INDEX
    if view == "flat":
        if first == 1:
            return plain, ""
        is_cut = (first - 1) % settings.current().posts_per_page == 0
        return f"{plain}?after={first - 1}", "" if is_cut else NO_INDEX
    if around is None and asked.after and not asked.before:
        return f"{plain}?after={asked.after}", ""
    return plain, NO_INDEX


def head_of(
    viewer: Viewer,
    topic: Topic,
    category: Any,
    place_open: bool,
    posts: Sequence[PostView],
    path: str,
    answer: PostView | None = None,
) -> Head | None:
    """For visitors, who have been let in; None for everybody else, and so never of what is not public."""
    if not viewer.is_visitor or not is_public(topic):
        return None
    visible = [post for post in posts if post.is_visible and post.body_html is not None]
    begin = _words(visible[0], DESCRIBED) if visible else ""
    return Head(
        title=topic.title,
        path=path,
        description=begin,
        image=(visible and visible[0].body_html and first_picture(visible[0].body_html)) or "",
        kind="article",
        published=topic.created_at,
        modified=topic.last_post_at,
        data=_data(topic, category, place_open, visible, answer),
    )


def _data(
    topic: Topic, category: Any, place_open: bool, visible: Sequence[PostView], answer: PostView | None
) -> dict[str, Any] | None:
    """The first post and those after it on its page; on later pages the first post is not at hand, and nothing is said."""
    if not visible or visible[0].number != 1:
        return None
    made = _question if is_for_questions(topic.place_id) else _posting
    found = made(topic, visible[0], visible[1:], answer)
    if place_open:
        found["isPartOf"] = {
            "@type": "WebPage",
            "name": category.name,
            "url": absolute(f"/c/{category.slug}"),
        }
    return found


def _posting(
    topic: Topic, first: PostView, comments: Sequence[PostView], _answer: PostView | None
) -> dict[str, Any]:
    answers = max(topic.post_count - 1, 0)
    found: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "DiscussionForumPosting",
        "url": absolute(addresses.of_topic(topic)),
        "headline": topic.title,
        **_written(first),
        "text": _words(first, QUOTED),
        "commentCount": answers,
        "interactionStatistic": {
            "@type": "InteractionCounter",
            "interactionType": "https://schema.org/CommentAction",
            "userInteractionCount": answers,
        },
        **_keywords(topic),
    }
    if comments:
        found["comment"] = [_reply(topic, post, "Comment", COMMENT) for post in comments]
    return found


def _question(
    topic: Topic, first: PostView, replies: Sequence[PostView], answer: PostView | None
) -> dict[str, Any]:
    """A question with the reply that was accepted, which may stand on another page, and the others of this one."""
    question: dict[str, Any] = {
        "@type": "Question",
        "name": topic.title,
        **_written(first),
        "text": _words(first, QUOTED),
        "answerCount": max(topic.post_count - 1, 0),
        **_keywords(topic),
    }
    others = [post for post in replies if answer is None or post.id != answer.id]
    if answer is not None:
        question["acceptedAnswer"] = _reply(topic, answer, "Answer", QUOTED)
    if others:
        question["suggestedAnswer"] = [_reply(topic, post, "Answer", COMMENT) for post in others]
    return {
        "@context": "https://schema.org",
        "@type": "QAPage",
        "url": absolute(addresses.of_topic(topic)),
        "mainEntity": question,
    }


def _reply(topic: Topic, post: PostView, kind: str, length: int) -> dict[str, Any]:
    return {
        "@type": kind,
        "url": absolute(addresses.of_number(topic, post.number)),
        **_written(post),
        "text": _words(post, length),
    }


def _keywords(topic: Topic) -> dict[str, Any]:
    tags = tags_of(topic)
    return {"keywords": [tag.name for tag in tags]} if tags else {}


def _words(post: PostView, length: int) -> str:
    """The beginning of a post in its author's own words."""
    return words_of(show_quotes(post.body_html, {}, ""), length) if post.body_html else ""


def _written(post: PostView) -> dict[str, Any]:
    """Who wrote it and when. A profile is for members, so there is a name and no address."""
    found: dict[str, Any] = {"datePublished": post.created_at.isoformat(timespec="seconds")}
    if post.author is not None:
        found["author"] = {"@type": "Person", "name": post.author.name}
    if post.edited_at is not None:
        found["dateModified"] = post.edited_at.isoformat(timespec="seconds")
    return found
