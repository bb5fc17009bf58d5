"""What is the same for everybody on a page of a topic, kept in process under the topic's version and the site's.

Posts stand in it as they are stored: whoever shows them goes through `posts.view_of`, which conceals.
"""

import threading
from collections import OrderedDict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from forum.access.models import RoleAssignment, RoleName
from forum.accounts.models import User
from forum.core.db import Base, db, which_database
from forum.core.versions import site_version
from forum.discussions.counting import visible_posts
from forum.discussions.models import Post, Topic, TopicEvent
from forum.discussions.models.polls import Poll
from forum.discussions.places import answer_of
from forum.discussions.queries.paging import StoredPage, View, stored_page
from forum.discussions.threads import ancestors_of, end_of

MOST_PAGES = 400
MOST = 100  # replies counted no further: shown as 99+


@dataclass(frozen=True, slots=True)
class SharedPage:
    """Posts with authors, the posts they answer, what happened between them, who wrote in the topic."""

    page: StoredPage
    folds: dict[int, int]  # number of a post whose replies are left out: how many there are, counted to MOST
    parents: dict[int, Post]
    events: dict[int, list[TopicEvent]]
    marks: dict[int, str]  # author id: staff, moderator
    people_count: int
    participants: list[User]
    lock_reason: str
    answer: Post | None = None
    polls: dict[int, Poll] = field(default_factory=dict)  # by post


_guard = threading.Lock()
_kept: OrderedDict[Hashable, SharedPage] = OrderedDict()


def forget() -> None:
    """Drop what is kept; for tests that put another database in place of this one."""
    with _guard:
        _kept.clear()


def shared_page(
    topic: Topic,
    *,
    view: View,
    limit: int,
    after: int | None,
    before: int | None,
    around: int | None,
    folded: frozenset[int] = frozenset(),
) -> SharedPage:
    """The page, read anew only when the topic or what all pages share has changed."""
    asked = view, limit, after, before, around, folded
    key = (which_database(), topic.id, topic.version, site_version(), asked)
    kept = _kept.get(key)
    if kept is not None:
        return kept
    page = stored_page(
        topic, view=view, limit=limit, after=after, before=before, around=around, folded=folded
    )
    people_count, participants = people_in(topic)
    shared = SharedPage(
        page=page,
        folds=_folds_of(page, folded) if folded and view == "threaded" else {},
        parents=_parents_of(page.posts),
        events=_events_of(topic, page.posts),
        marks=_marks_of(page.posts, topic.place_id),
        people_count=people_count,
        participants=participants,
        lock_reason=_lock_reason(topic),
        answer=_answer_of(topic, page.posts),
        polls=load_polls([post.id for post in page.posts if post.has_poll]),
    )
    _set_free(shared)
    with _guard:
        _kept[key] = shared
        while len(_kept) > MOST_PAGES:
            _kept.popitem(last=False)
    return shared


def _set_free(shared: SharedPage) -> None:
    """Take everything out of the session, so that no later rollback empties it."""
    events = [event for several in shared.events.values() for event in several]
    posts = [*shared.page.posts, *shared.parents.values()]
    if shared.answer is not None:
        posts.append(shared.answer)
    people = [post.author for post in posts] + [event.actor for event in events]
    things: list[Base | None] = [*posts, *events, *people, *shared.participants, *shared.polls.values()]
    for thing in things:
        if thing is not None and thing in db.session:
            db.session.expunge(thing)


def _parents_of(posts: Sequence[Post]) -> dict[int, Post]:
    """The posts that those on a page answer; from the page itself where they stand on it."""
    there = {post.id: post for post in posts}
    wanted = {post.parent_id for post in posts if post.parent_id} - there.keys()
    if wanted:
        found = db.session.scalars(select(Post).options(joinedload(Post.author)).where(Post.id.in_(wanted)))
        there.update({post.id: post for post in found})
    return there


def _folds_of(page: StoredPage, folded: frozenset[int]) -> dict[int, int]:
    """How many visible posts were left out below each folded post of a page; those that have none are not among them."""
    shown = {post.path for post in page.posts}
    inside = {path for post in page.posts for path in ancestors_of(post.path)}
    heads = [post for post in page.posts if post.number in folded and post.number > 1]
    counts = {}
    for post in heads:
        if post.path in inside & shown:
            continue
        below = Post.topic_id == post.topic_id, Post.path > post.path, Post.path < end_of(post.path)
        counts[post.number] = (
            select(func.count())
            .select_from(select(Post.id).where(*below, visible_posts()).limit(MOST).subquery())
            .scalar_subquery()
        )
    if not counts:
        return {}
    found = db.session.execute(select(*counts.values())).one()
    return {number: count for number, count in zip(counts, found, strict=True) if count}


def _events_of(topic: Topic, posts: Sequence[Post]) -> dict[int, list[TopicEvent]]:
    """What was done to the topic, by the number of the post after which it is told, for the posts of a page.

    Every event names a post of its topic, and every post stands on one page of a view: so each is told once in it.
    """
    found: dict[int, list[TopicEvent]] = {}
    if not posts:
        return found
    told = select(TopicEvent).options(joinedload(TopicEvent.actor)).order_by(TopicEvent.id)
    here = TopicEvent.after_number.in_([post.number for post in posts])
    for event in db.session.scalars(told.where(TopicEvent.topic_id == topic.id, here)):
        found.setdefault(event.after_number, []).append(event)
    return found


def _marks_of(posts: Sequence[Post], place_id: int) -> dict[int, str]:
    """Who on this page is staff, or moderates here."""
    authors = {post.author_id for post in posts if post.author_id}
    if not authors:
        return {}
    rows = db.session.execute(
        select(RoleAssignment.user_id, RoleAssignment.role).where(
            RoleAssignment.user_id.in_(authors),
            RoleAssignment.role.in_([RoleName.STAFF, RoleName.MODERATOR]),
            RoleAssignment.place_id.is_(None) | (RoleAssignment.place_id == place_id),
        )
    )
    marks: dict[int, str] = {}
    for user_id, role in rows:
        if marks.get(user_id) != "staff":
            marks[user_id] = str(role)
    return marks


def people_in(topic: Topic, limit: int = 3) -> tuple[int, list[User]]:
    """How many wrote in a topic, and the few who wrote most; of visible posts."""
    rows = db.session.execute(
        select(Post.author_id, func.count())
        .where(Post.topic_id == topic.id, visible_posts(), Post.author_id.is_not(None))
        .group_by(Post.author_id)
        .order_by(func.count().desc(), Post.author_id)
    ).all()
    top = [author_id for author_id, _n in rows[:limit]]
    users = {user.id: user for user in db.session.scalars(select(User).where(User.id.in_(top)))}
    return len(rows), [users[i] for i in top if i in users]


def _answer_of(topic: Topic, posts: Sequence[Post]) -> Post | None:
    """The accepted answer, for the page that begins with the question."""
    wanted = answer_of(topic) if posts and posts[0].number == 1 else None
    if wanted is None:
        return None
    found = select(Post).options(joinedload(Post.author)).where(Post.id == wanted, Post.topic_id == topic.id)
    there = (post for post in posts if post.id == wanted)
    return next(there, None) or db.session.scalar(found.where(visible_posts()))


def load_polls(post_ids: Sequence[int]) -> dict[int, Poll]:
    """By post; one statement, and none where there is nothing to look for."""
    if not post_ids:
        return {}
    return {poll.post_id: poll for poll in db.session.scalars(select(Poll).where(Poll.post_id.in_(post_ids)))}


def _lock_reason(topic: Topic) -> str:
    if not topic.is_locked:
        return ""
    told = select(TopicEvent.reason).where(TopicEvent.topic_id == topic.id, TopicEvent.kind == "locked")
    return db.session.scalar(told.order_by(TopicEvent.id.desc()).limit(1)) or ""
