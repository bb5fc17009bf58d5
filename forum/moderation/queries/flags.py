"""What was reported: the queue of one moderator, and what became of one's own reports."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, literal, or_, select, true, tuple_
from sqlalchemy.orm import joinedload

from forum.access.audience import readable_by
from forum.access.models import Place, RoleAssignment, RoleName
from forum.access.permissions import Permission
from forum.access.rules import judge
from forum.access.rules.discussions import moderates
from forum.access.viewer import SITE, Viewer
from forum.boards.models import Category
from forum.boards.queries import all_categories, categories_for
from forum.core.db import db
from forum.core.pages import Page, cut, decode_cursor, decode_moment, encode_cursor
from forum.discussions.models import Post, Topic
from forum.discussions.queries.posts import PostView, view_of
from forum.discussions.queries.quotes import sources_of
from forum.markup import words_of
from forum.moderation.kinds import ANSWERED, Outcome, Reaches, Sort
from forum.moderation.models import Flag, Review
from forum.moderation.queries.attending import attention_for

PER_PAGE = 20
EXCERPT = 360  # characters of a post in the queue
MOST_FLAGS = 50  # of one post, told one by one


@dataclass(frozen=True, slots=True)
class QueueItem:
    """A reported post in its context, as a moderator sees it."""

    review: Review
    post: PostView
    topic: Topic
    category: Category | None
    flags: Sequence[Flag]

    @property
    def excerpt(self) -> str:
        """How the post begins, as the moderator may read it."""
        return words_of(self.post.html, EXCERPT) if self.post.html is not None else ""


@dataclass(frozen=True, slots=True)
class OwnFlag:
    """A report of one's own. `post` is None where one may no longer read what was reported; `reaches` where it was judged.

    `answer` is what one is told beside the outcome.
    """

    flag: Flag
    post: Post | None
    reaches: Reaches | None
    answer: str = ""


def queue_of(
    viewer: Viewer,
    *,
    category: str = "",
    sort: Sort = Sort.OLDEST,
    after: str | None = None,
    limit: int = PER_PAGE,
) -> Page[QueueItem]:
    """What waits for the viewer to decide; three statements."""
    found = _reviews(viewer).where(Review.judged_at.is_(None))
    if category:
        places = [c.place_id for c in categories_for(viewer) if c.slug == category]
        found = found.where(Topic.place_id.in_(places))
    oldest = (Review.opened_at, Review.id)
    if sort is Sort.MOST:
        if after:
            count, moment, last_id = decode_cursor(after, [int, str, int])
            rest = and_(Review.flag_count == count, tuple_(*oldest) > _key(moment, last_id))
            found = found.where((Review.flag_count < count) | rest)
        found = found.order_by(Review.flag_count.desc(), *oldest)
    else:
        if after:
            moment, last_id = decode_cursor(after, [str, int])
            found = found.where(tuple_(*oldest) > _key(moment, last_id))
        found = found.order_by(*oldest)
    reviews, more = cut(list(db.session.scalars(found.limit(limit + 1))), limit)
    cursor = None
    if more:
        last = reviews[-1]
        key: list[int | str] = [last.opened_at.isoformat(), last.id]
        cursor = encode_cursor([last.flag_count, *key] if sort is Sort.MOST else key)
    return Page(_items(viewer, reviews), cursor)


def find_item(viewer: Viewer, review_id: int) -> QueueItem | None:
    """One reported post, open or judged, where the viewer may judge it."""
    review = find_review(viewer, review_id)
    return _items(viewer, [review])[0] if review is not None else None


def find_review(viewer: Viewer, review_id: int) -> Review | None:
    """The review with its post and topic; for whoever does not judge it, it is not there."""
    if not viewer.moderates_anything:
        return None
    found = _reviews(viewer).options(joinedload(Review.judged_by)).where(Review.id == review_id)
    review = db.session.scalar(found)
    return review if review is not None and judge(Permission.JUDGE_FLAGS, viewer, review) else None


def open_review_of(post_id: int) -> int:
    """The id of the review in which what is reported of this post now is judged; 0 where nothing waits."""
    found = select(Review.id).where(Review.post_id == post_id, Review.judged_at.is_(None))
    return db.session.scalar(found) or 0


def moderated_categories(viewer: Viewer) -> list[Category]:
    return [category for category in categories_for(viewer) if viewer.moderates(category.place_id)]


def own_flags(viewer: Viewer, *, after: str | None = None, limit: int = PER_PAGE) -> Page[OwnFlag]:
    """What the viewer has reported, newest first."""
    found = (
        select(Flag)
        .options(
            joinedload(Flag.review)
            .joinedload(Review.post)
            .joinedload(Post.topic)
            .options(joinedload(Topic.audience), joinedload(Topic.place))
        )
        .where(_mine(viewer))
        .order_by(Flag.id.desc())
        .limit(limit + 1)
    )
    if after:
        found = found.where(Flag.id < decode_cursor(after, [int])[0])
    flags, more = cut(list(db.session.scalars(found)), limit)
    return Page(_own(viewer, flags), encode_cursor([flags[-1].id]) if more else None)


def _own(viewer: Viewer, flags: Sequence[Flag]) -> list[OwnFlag]:
    posts = [flag.review.post for flag in flags if flag.review.is_open]
    attention = attention_for([(post.topic, {post.author_id or 0, viewer.id or 0}) for post in posts])
    reaches = {post.id: one.reaches for post, one in zip(posts, attention, strict=True)}
    return [
        OwnFlag(
            flag,
            flag.review.post if judge(Permission.READ_TOPIC, viewer, flag.review.post.topic) else None,
            reaches.get(flag.review.post_id) if flag.review.is_open else None,
            flag.review.reason if _may_know_why(viewer, flag.review) else "",
        )
        for flag in flags
    ]


def _may_know_why(viewer: Viewer, review: Review) -> bool:
    """What is said to those who reported they may know; why a topic was locked stands in it, why something was taken out of
    sight knows whoever may still read that."""
    topic = review.post.topic
    if review.outcome in ANSWERED:
        return True
    if not judge(Permission.READ_TOPIC, viewer, topic):
        return False
    return review.outcome is Outcome.TOPIC_LOCKED or moderates(viewer, topic)


def find_own_flag(viewer: Viewer, flag_id: int) -> OwnFlag | None:
    found = (
        select(Flag)
        .where(Flag.id == flag_id, _mine(viewer))
        .options(
            joinedload(Flag.review)
            .joinedload(Review.post)
            .joinedload(Post.topic)
            .options(joinedload(Topic.audience), joinedload(Topic.place))
        )
    )
    flag = db.session.scalar(found)
    return _own(viewer, [flag])[0] if flag is not None else None


@dataclass(frozen=True, slots=True)
class Waiting:
    """A post that waits, and who is to be told: whether they may read it is asked where they are."""

    post_id: int
    moderator_ids: Sequence[int]


def waiting_for(review_id: int) -> Waiting | None:
    """None where it has been judged meanwhile."""
    found = (
        select(Post)
        .join(Review, Review.post_id == Post.id)
        .options(
            joinedload(Post.topic, innerjoin=True).options(
                joinedload(Topic.audience), joinedload(Topic.place)
            )
        )
        .where(Review.id == review_id, Review.judged_at.is_(None))
    )
    post = db.session.scalar(found)
    if post is None:
        return None
    reporters = db.session.scalars(select(Flag.reporter_id).where(Flag.review_id == review_id))
    (attention,) = attention_for([(post.topic, {post.author_id or 0, *reporters})])
    return Waiting(post.id, attention.moderator_ids)


@dataclass(frozen=True, slots=True)
class Found:
    """What somebody finds who is named to look after a place: how many reported posts, by which naming."""

    role_id: int
    count: int


def found_by(user_id: int, role: str, place_id: int | None) -> Found | None:
    """What waited already when they were named and would be told to them; None where they are it no longer."""
    named = db.session.scalar(
        select(RoleAssignment).where(
            RoleAssignment.user_id == user_id,
            RoleAssignment.role == role,
            RoleAssignment.place_id.is_not_distinct_from(place_id),
        )
    )
    if named is None:
        return None
    found = (
        select(Post)
        .join(Review, Review.post_id == Post.id)
        .join(Topic, Topic.id == Post.topic_id)
        .join(Place, Place.id == Topic.place_id)
        .options(
            joinedload(Post.topic, innerjoin=True).options(
                joinedload(Topic.audience), joinedload(Topic.place)
            )
        )
        .where(Review.judged_at.is_(None), Review.opened_at <= named.granted_at)
    )
    if place_id is not None:
        found = found.where(or_(Place.id == place_id, Place.parent_id == place_id))
    posts = list(db.session.scalars(found))
    reported = select(Review.post_id).join(Flag, Flag.review_id == Review.id)
    mine = set(db.session.scalars(reported.where(Flag.reporter_id == user_id, Review.judged_at.is_(None))))
    attention = attention_for([(post.topic, {post.author_id or 0}) for post in posts if post.id not in mine])
    return Found(named.id, sum(user_id in one.moderator_ids for one in attention))


def verdict_of(review_id: int) -> tuple[str, str, list[int]]:
    """What came of a review, what there is to say to that, and whose reports it judged: for telling them, whoever they are."""
    review = db.session.get_one(Review, review_id)
    reporters = select(Flag.reporter_id).where(Flag.review_id == review_id)
    return str(review.outcome or ""), review.answer, list(db.session.scalars(reporters))


def _reviews(viewer: Viewer) -> Select[Review]:
    """Reviews of posts that the viewer may read, in places that they look after, by others than themselves."""
    in_context = joinedload(Review.post, innerjoin=True)
    return (
        select(Review)
        .join(Post, Post.id == Review.post_id)
        .join(Topic, Topic.id == Post.topic_id)
        .options(
            in_context.joinedload(Post.author),
            in_context.joinedload(Post.topic, innerjoin=True).options(
                joinedload(Topic.audience), joinedload(Topic.place), joinedload(Topic.author)
            ),
        )
        .where(
            _looks_after(viewer),
            readable_by(viewer, Topic.audience_id),
            Post.author_id.is_distinct_from(viewer.id),
        )
    )


def _mine(viewer: Viewer) -> ColumnElement[bool]:
    return Flag.reporter_id == viewer.id


def _looks_after(viewer: Viewer) -> ColumnElement[bool]:
    if viewer.has_role(RoleName.STAFF, SITE) or viewer.has_role(RoleName.MODERATOR, SITE):
        return true()
    return Topic.place_id.in_([c.place_id for c in all_categories() if viewer.moderates(c.place_id)])


def _items(viewer: Viewer, reviews: Sequence[Review]) -> list[QueueItem]:
    flags = _flags_of([review.id for review in reviews])
    sources = sources_of(viewer, [review.post.body_html for review in reviews])
    places = {category.place_id: category for category in all_categories()}
    return [
        QueueItem(
            review,
            replace(view_of(viewer, review.post.topic, review.post), sources=sources),
            review.post.topic,
            places.get(review.post.topic.place_id),
            flags[review.id],
        )
        for review in reviews
    ]


def _flags_of(review_ids: Sequence[int]) -> dict[int, list[Flag]]:
    """The first reports of each, with who made them."""
    found: dict[int, list[Flag]] = defaultdict(list)
    if not review_ids:
        return found
    rank = func.row_number().over(partition_by=Flag.review_id, order_by=Flag.id).label("rank")
    ranked = select(Flag.id, rank).where(Flag.review_id.in_(review_ids)).subquery()
    firsts = select(Flag).options(joinedload(Flag.reporter)).join(ranked, ranked.c.id == Flag.id)
    for flag in db.session.scalars(firsts.where(ranked.c.rank <= MOST_FLAGS).order_by(Flag.id)):
        found[flag.review_id].append(flag)
    return found


def _key(moment: str, last_id: int) -> Any:
    return tuple_(literal(decode_moment(moment), Review.opened_at.type), literal(last_id, Review.id.type))
