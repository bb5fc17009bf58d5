"""Posts of one topic: pages by time and by thread, each as quick deep inside as at the start."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Literal

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.attributes import set_committed_value

from forum.access.models import RoleAssignment, RoleName
from forum.access.rules.discussions import moderates
from forum.access.viewer import Viewer
from forum.accounts.models import User
from forum.core.db import db
from forum.core.errors import Malformed
from forum.discussions.counting import visible_posts
from forum.discussions.models import NUMBER_BYTES, Post, PostAlias, PostKind, Topic, TopicEvent
from forum.discussions.queries.topics import find_topic
from forum.discussions.threads import end_of_subtree
from forum.discussions.writing import in_words
from forum.markup import SafeHTML

View = Literal["flat", "threaded"]


@dataclass(frozen=True, slots=True)
class PostView:
    """A post as one viewer may see it. Of what is concealed from them only the number is left."""

    id: int
    topic_id: int
    number: int
    parent_id: int | None
    depth: int
    path: bytes
    kind: PostKind
    created_at: datetime
    version: int
    author_id: int | None = None
    author: User | None = None
    body: str = ""
    body_html: SafeHTML | None = None
    edited_at: datetime | None = None
    hidden_at: datetime | None = None
    hidden_reason: str = ""
    deleted_at: datetime | None = None
    deleted_by_id: int | None = None
    is_concealed: bool = False  # a tombstone for this viewer
    topic: Topic | None = field(default=None, repr=False)

    @property
    def is_gap(self) -> bool:
        return self.kind is PostKind.GAP

    @property
    def is_visible(self) -> bool:
        return not (self.is_concealed or self.is_gap or self.hidden_at or self.deleted_at)

    @property
    def html(self) -> SafeHTML | None:
        """The body with the few words it needs in the reader's language."""
        return in_words(self.body_html) if self.body_html is not None else None


@dataclass(frozen=True, slots=True)
class PostPage:
    """A page of posts; `before` and `after` are numbers for the neighboring pages, or None."""

    posts: Sequence[PostView]
    before: int | None = None
    after: int | None = None

    @property
    def first(self) -> int:
        return self.posts[0].number if self.posts else 0


def view_of(viewer: Viewer, topic: Topic, post: Post) -> PostView:
    """What of a post this viewer may see."""
    base: dict[str, Any] = {
        "id": post.id,
        "topic_id": post.topic_id,
        "number": post.number,
        "parent_id": post.parent_id,
        "depth": post.depth,
        "path": post.path,
        "kind": post.kind,
        "created_at": post.created_at,
        "version": post.version,
        "topic": topic,
    }
    concealed = post.hidden_at is not None or post.deleted_at is not None
    if post.kind is PostKind.GAP:
        return PostView(**base)
    if concealed and not (post.author_id == viewer.id or moderates(viewer, topic)):
        bare = {**base, "created_at": topic.created_at, "version": 0}
        return PostView(**bare, hidden_at=topic.created_at, is_concealed=True)
    return PostView(
        **base,
        author_id=post.author_id,
        author=post.author,
        body=post.body,
        body_html=post.body_html,
        edited_at=post.edited_at,
        hidden_at=post.hidden_at,
        hidden_reason=post.hidden_reason,
        deleted_at=post.deleted_at,
        deleted_by_id=post.deleted_by_id,
    )


def page_of_posts(
    viewer: Viewer,
    topic: Topic,
    *,
    view: View,
    limit: int,
    after: int | None = None,
    before: int | None = None,
    around: int | None = None,
) -> PostPage:
    """One page. `after` and `before` are post numbers; `around` is a number the page must show."""
    if view == "threaded":
        return _threaded(viewer, topic, limit, after, before, around)
    return _flat(viewer, topic, limit, after, before, around)


def _flat(
    viewer: Viewer, topic: Topic, limit: int, after: int | None, before: int | None, around: int | None
) -> PostPage:
    if around is not None:
        after = (around - 1) // limit * limit
    posts = select(Post).options(joinedload(Post.author)).where(Post.topic_id == topic.id)
    if before is not None:
        found = list(
            db.session.scalars(
                posts.where(Post.number < before).order_by(Post.number.desc()).limit(limit + 1)
            )
        )
        more, found = len(found) > limit, found[:limit][::-1]
        has_before, has_after = more, bool(found) and found[-1].number < topic.last_number
    else:
        found = list(
            db.session.scalars(posts.where(Post.number > (after or 0)).order_by(Post.number).limit(limit + 1))
        )
        has_after, found = len(found) > limit, found[:limit]
        has_before = bool(found) and found[0].number > 1
    return _page(viewer, topic, found, has_before, has_after)


def _threaded(
    viewer: Viewer, topic: Topic, limit: int, after: int | None, before: int | None, around: int | None
) -> PostPage:
    posts = select(Post).options(joinedload(Post.author)).where(Post.topic_id == topic.id)
    if before is not None:
        start = _path_of(topic, before)
        found = list(
            db.session.scalars(posts.where(Post.path < start).order_by(Post.path.desc()).limit(limit + 1))
        )
        has_before, found = len(found) > limit, found[:limit][::-1]
        return _page(viewer, topic, found, has_before, bool(found))
    if around is not None:
        # The page begins where the branch does, if the post is near enough to be seen on it; else at its parent.
        path = _path_of(topic, around)
        root = path[:NUMBER_BYTES]
        between = (
            select(Post.id)
            .where(Post.topic_id == topic.id, Post.path >= root, Post.path < path)
            .limit(limit)
            .subquery()
        )
        near = (db.session.scalar(select(func.count()).select_from(between)) or 0) < limit
        start, inclusive = (root, True) if near else (path[:-NUMBER_BYTES] or path, True)
        if near and root == (1).to_bytes(NUMBER_BYTES, "big"):
            start = b""
    else:
        start, inclusive = (_path_of(topic, after), False) if after else (b"", False)
    posts = posts.where(Post.path >= start if inclusive else Post.path > start)
    found = list(db.session.scalars(posts.order_by(Post.path).limit(limit + 1)))
    has_after, found = len(found) > limit, found[:limit]
    return _page(viewer, topic, found, bool(found) and found[0].number != 1, has_after)


def _page(viewer: Viewer, topic: Topic, found: Sequence[Post], has_before: bool, has_after: bool) -> PostPage:
    return PostPage(
        [view_of(viewer, topic, post) for post in found],
        before=found[0].number if found and has_before else None,
        after=found[-1].number if found and has_after else None,
    )


def _path_of(topic: Topic, number: int) -> bytes:
    path = db.session.scalar(select(Post.path).where(Post.topic_id == topic.id, Post.number == number))
    if path is None:
        raise Malformed(_("That page address is damaged. Start again from the first page."))
    return path


def after_branch(topic: Topic, number: int, limit: int = 1) -> Post | None:
    """The first post after a whole branch: where reading goes on when it is folded."""
    end = end_of_subtree(_path_of(topic, number))
    return db.session.scalar(
        select(Post).where(Post.topic_id == topic.id, Post.path > end).order_by(Post.path).limit(limit)
    )


def find_post(viewer: Viewer, post_id: int) -> Post | None:
    """The post with its topic, if the topic is there for this viewer."""
    post = db.session.scalar(select(Post).options(joinedload(Post.author)).where(Post.id == post_id))
    topic = find_topic(viewer, post.topic_id) if post is not None else None
    if post is None or topic is None:
        return None
    set_committed_value(post, "topic", topic)
    return post


def find_numbered(topic: Topic, number: int) -> Post | None:
    """The post with that number, or the one that used to have it in this topic."""
    post = db.session.scalar(
        select(Post).options(joinedload(Post.author)).where(Post.topic_id == topic.id, Post.number == number)
    )
    if post is not None:
        set_committed_value(post, "topic", topic)
        return post
    alias = select(PostAlias.post_id).where(PostAlias.topic_id == topic.id, PostAlias.number == number)
    return db.session.scalar(select(Post).where(Post.id == alias.scalar_subquery()))


def alias_of(topic_id: int, number: int) -> int | None:
    """The id of the post that used to stand at this number of a topic that may be gone."""
    return db.session.scalar(
        select(PostAlias.post_id).where(PostAlias.topic_id == topic_id, PostAlias.number == number)
    )


def number_at(topic: Topic, day: date) -> int:
    """The number of the first post on a day (in UTC) or after it; the last where nothing came after it."""
    moment = datetime(day.year, day.month, day.day, tzinfo=UTC)
    found = db.session.scalar(
        select(func.min(Post.number)).where(Post.topic_id == topic.id, Post.created_at >= moment)
    )
    return found or topic.last_number


def parents_of(viewer: Viewer, topic: Topic, posts: Sequence[PostView]) -> dict[int, PostView]:
    """The posts that those on a page answer; from the page itself where they stand on it."""
    there = {post.id: post for post in posts}
    wanted = {post.parent_id for post in posts if post.parent_id} - there.keys()
    if wanted:
        found = db.session.scalars(select(Post).options(joinedload(Post.author)).where(Post.id.in_(wanted)))
        there.update({post.id: view_of(viewer, topic, post) for post in found})
    return there


def events_of(topic: Topic, posts: Sequence[PostView]) -> dict[int, list[TopicEvent]]:
    """What was done to the topic, by the number after which it is told, for the posts of a page."""
    if not posts:
        return {}
    numbers = [post.number for post in posts]
    found: dict[int, list[TopicEvent]] = {}
    rows = db.session.scalars(
        select(TopicEvent)
        .options(joinedload(TopicEvent.actor))
        .where(TopicEvent.topic_id == topic.id, TopicEvent.after_number.between(min(numbers), max(numbers)))
        .order_by(TopicEvent.id)
    )
    for event in rows:
        shown = max(n for n in numbers if n <= event.after_number)
        found.setdefault(shown, []).append(event)
    return found


def marks_of(posts: Sequence[PostView], place_id: int) -> dict[int, str]:
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


def posts_by(user_id: int, *, before: int | None = None, limit: int = 20) -> list[Post]:
    """A person's own posts, newest first: for their own eyes."""
    found = (
        select(Post)
        .options(joinedload(Post.topic).joinedload(Topic.audience))
        .where(Post.author_id == user_id)
    )
    if before is not None:
        found = found.where(Post.id < before)
    return list(db.session.scalars(found.order_by(Post.id.desc()).limit(limit)))
