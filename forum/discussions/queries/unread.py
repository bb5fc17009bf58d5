"""What is unread and what is new, for topics and for places: every count shown anywhere comes from here.

A post is unread for somebody when it is visible, by another whom they do not ignore, above the marker, outside the ranges read
ahead, and above the floor of its place (unless the topic was marked unread on that floor). A topic is new when it was never opened and
was begun above the floor. Nothing is unread in a topic that is kept as an archive; places and lists of what is unread
leave out topics that the person has muted. Exact to 99; `MOST` means more.

The statements are built once; what differs by viewer comes as `me` and `scopes`.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    Select,
    String,
    and_,
    bindparam,
    case,
    cast,
    column,
    exists,
    false,
    func,
    literal,
    or_,
    select,
    table,
    true,
    tuple_,
    union_all,
)
from sqlalchemy.orm import aliased

from forum.access.audience import SCOPES, allows_reading
from forum.access.models import Audience, Place, RoleAssignment, RoleName
from forum.access.viewer import Viewer
from forum.accounts.models import Ignore
from forum.core import reading
from forum.discussions.models import BELOW_ALL, Post, PostKind, ReadAhead, ReadFloor, ReadMarker, Topic
from forum.discussions.queries.unread_states import MOST, NONE, PlaceUnread, Unread
from forum.notifications.private import unread_messages_in_any
from forum.notifications.queries.listing import unseen
from forum.notifications.queries.watching import (
    is_followed,
    is_not_muted,
    own_level,
    place_levels,
    watch_of,
    watch_of_place,
)


def unread_of_topics(viewer: Viewer, topic_ids: Sequence[int]) -> dict[int, Unread]:
    """For topics the viewer may read (the caller has seen to that); one statement. Nothing is unread for a
    visitor, or in a preview."""
    if viewer.is_visitor or not topic_ids:
        return {}
    found = reading.rows(_OF_TOPICS, me=viewer.id, topics=list(topic_ids))
    return {
        topic_id: Unread(
            count,
            bool(is_new and count),
            read_to,
            lowest or 0,
            generation,
            floor,
            _ranges(ahead),
            bool(is_ignored),
            watch_of(*levels),
        )
        for topic_id, count, lowest, is_new, read_to, generation, floor, ahead, is_ignored, *levels in found
    }


def _ranges(text: str | None) -> tuple[tuple[int, int], ...]:
    """“5-7,9-9” as numbers."""
    pairs = (part.split("-") for part in (text or "").split(",") if part)
    return tuple((int(first), int(last)) for first, last in pairs)


def unread_of_places(viewer: Viewer, place_ids: Sequence[int]) -> dict[int, PlaceUnread]:
    """Topics with something unread, and new ones, in each place, among those the viewer may read; one statement."""
    return news_of_places(viewer, place_ids)[0]


def news_of_places(
    viewer: Viewer, place_ids: Sequence[int]
) -> tuple[dict[int, PlaceUnread], int, int | None]:
    """The same, and how many notifications have not been seen and messages not been read (None: in no conversation): what
    stands around every page, in one statement."""
    if viewer.is_visitor:
        return {}, 0, None
    if not place_ids:
        return {}, *reading.first(_OF_NO_PLACE, me=viewer.id, scopes=sorted(viewer.scopes))
    statement = _OF_PLACES_MODERATED if viewer.moderates_anything else _OF_PLACES
    found = reading.rows(statement, me=viewer.id, scopes=sorted(viewer.scopes), places=list(place_ids))
    states = {
        place: PlaceUnread(min(above + marked, MOST), new, sum(waiting), watch_of_place(own, around))
        for place, above, marked, new, _told, _said, own, around, *waiting in found
    }
    return states, found[0][4] if found else 0, found[0][5] if found else None


def followed_unread_of_places(viewer: Viewer, place_ids: Sequence[int]) -> dict[int, int]:
    """In each place, how many topics with something unread the viewer follows: watches or tracks; one statement."""
    if viewer.is_visitor or not place_ids:
        return {}
    found = reading.rows(_FOLLOWED, me=viewer.id, scopes=sorted(viewer.scopes), places=list(place_ids))
    return {place: min(above + marked, MOST) for place, above, marked in found if above + marked}


def unread_topics(
    viewer: Viewer,
    place_ids: Sequence[int],
    limit: int,
    *,
    after: tuple[datetime, int] | None = None,
    only_followed: bool = False,
) -> list[int]:
    """Ids of topics with something unread in these places, newest activity first; `after` is the last of a page before."""
    if viewer.is_visitor or not place_ids:
        return []
    values: dict[str, Any] = {f"place{i}": place_id for i, place_id in enumerate(place_ids)}
    if after is not None:
        values["after_at"], values["after_id"] = after
    statement = _newest_unread(len(place_ids), after is not None, only_followed)
    scopes = sorted(viewer.scopes)
    found = reading.rows(
        statement, me=viewer.id, scopes=scopes, places=list(place_ids), limit=limit, **values
    )
    return [row.id for row in found]


_ME: Any = bindparam("me")
_reviews = table("reviews", column("post_id"), column("judged_at"))  # of a slice above


_IGNORED = select(Ignore.ignored_id).where(Ignore.user_id == _ME).correlate(None)


def _is_not_ignored(author_id: Any, place_id: Any) -> Any:
    """What somebody begins or writes is unread to nobody who ignores them; but for where they are staff or moderate, and are
    read all the same."""
    role = aliased(RoleAssignment)
    speaks = exists(
        select(literal(1)).where(
            role.user_id == author_id,
            # Not IN, which is put together anew each time.
            or_(role.role == RoleName.STAFF, role.role == RoleName.MODERATOR),
            or_(role.place_id.is_(None), role.place_id == place_id),
        )
    )
    return or_(author_id.is_(None), author_id.not_in(_IGNORED), speaks)


def _floor(marker: Any, floor: Any) -> Any:
    """The floor that holds for a topic: none where it was marked unread on this very floor."""
    seq = func.coalesce(floor.seq, 0)
    return case((seq > func.coalesce(marker.above_floor, -1), seq), else_=BELOW_ALL)


def _unread_posts(post: Any, topic: Any, marker: Any, floor: Any) -> Any:
    """The criterion over one row of posts of a topic."""
    ahead = aliased(ReadAhead)
    return and_(
        post.topic_id == topic.id,
        post.number > func.coalesce(marker.number, 0),
        post.seq > _floor(marker, floor),
        post.hidden_at.is_(None),
        post.deleted_at.is_(None),
        post.kind == PostKind.POST,
        or_(post.author_id.is_(None), post.author_id != _ME),
        _is_not_ignored(post.author_id, topic.place_id),
        ~exists(
            select(literal(1)).where(
                ahead.user_id == _ME,
                ahead.topic_id == post.topic_id,
                post.number.between(ahead.first, ahead.last),
            )
        ),
    )


def _has_unread(topic: Any, marker: Any, floor: Any) -> Any:
    """Whether a topic above its floor has an unread post. Most need no look at posts: all is read up to the last number;
    or nothing ever was, and the last visible post is by somebody else whom they do not ignore."""
    post = aliased(Post)
    return case(
        (marker.number >= topic.last_number, false()),
        (
            and_(
                marker.user_id.is_(None),
                topic.last_post_id.is_not(None),
                topic.last_post_author_id != _ME,
                _is_not_ignored(topic.last_post_author_id, topic.place_id),
            ),
            true(),
        ),
        else_=exists(select(literal(1)).where(_unread_posts(post, topic, marker, floor))),
    )


def _topics(topic: Any, marker: Any, floor: Any, *columns: Any, marked: bool = False) -> Select[Any]:
    """Visible topics that the viewer may read, with the marker and the floor that hold for them; `marked`: only those with one."""
    is_mine = and_(marker.user_id == _ME, marker.topic_id == topic.id)
    return (
        select(*columns)
        .select_from(topic)
        .join(marker, is_mine, isouter=not marked)
        .outerjoin(floor, and_(floor.user_id == _ME, floor.place_id == topic.place_id))
        .where(
            topic.hidden_at.is_(None),
            topic.deleted_at.is_(None),
            topic.archived_at.is_(None),
            _is_not_ignored(topic.author_id, topic.place_id),
            _readable(topic),
            is_not_muted(_ME, topic.id, topic.place_id),
        )
    )


def _readable(topic: Any) -> Any:
    audience = aliased(Audience)
    return exists(
        select(literal(1)).where(audience.id == topic.audience_id, allows_reading(SCOPES, audience))
    )


def _above_floor(
    place_id: Any, *columns: str, only_new: bool = False, only_followed: bool = False
) -> Select[Any]:
    """Topics of a place with unread posts above its floor, newest first so that whoever reads may stop early."""
    topic, marker, floor = aliased(Topic), aliased(ReadMarker), aliased(ReadFloor)
    seq = select(ReadFloor.seq).where(ReadFloor.user_id == _ME, ReadFloor.place_id == place_id)
    found = (
        _topics(topic, marker, floor, *(getattr(topic, name) for name in ("id", *columns)))
        .where(
            topic.place_id == place_id,
            topic.last_seq > func.coalesce(seq.correlate_except(ReadFloor).scalar_subquery(), 0),
            _has_unread(topic, marker, floor),
        )
        .order_by(topic.last_seq.desc())
    )
    if only_new:
        is_new = (marker.user_id.is_(None), topic.created_seq > func.coalesce(floor.seq, 0))
        found = found.where(*is_new, topic.author_id != _ME)
    return found.where(is_followed(_ME, topic.id, topic.place_id)) if only_followed else found


def _marked_unread(of_place: Any, *columns: str, only_followed: bool = False) -> Select[Any]:
    """Topics below the floor that the person has marked unread on it. `of_place` is the criterion over their place."""
    topic, marker, floor = aliased(Topic), aliased(ReadMarker), aliased(ReadFloor)
    found = _topics(topic, marker, floor, *(getattr(topic, name) for name in ("id", *columns)), marked=True)
    if only_followed:
        found = found.where(is_followed(_ME, topic.id, topic.place_id))
    return found.where(
        marker.above_floor >= 0,
        of_place(topic.place_id),
        topic.last_seq <= func.coalesce(floor.seq, 0),
        _has_unread(topic, marker, floor),
    )


def _capped(inner: Select[Any], *outer: Any) -> Any:
    """How many rows `inner` has, counted to MOST."""
    return select(func.count()).select_from(inner.correlate(*outer).limit(MOST).subquery()).scalar_subquery()


def _of_topics() -> Select[Any]:
    marker, floor, post, first = (
        aliased(ReadMarker),
        aliased(ReadFloor),
        aliased(Post),
        aliased(Post),
    )
    ahead = aliased(ReadAhead)
    outer = (Topic, marker, floor)
    return (
        select(
            Topic.id,
            _capped(select(post.id).where(_unread_posts(post, Topic, marker, floor)), *outer),
            select(first.number)
            .where(_unread_posts(first, Topic, marker, floor))
            .order_by(first.number)
            .limit(1)
            .correlate(*outer)
            .scalar_subquery(),
            and_(
                marker.user_id.is_(None),
                Topic.created_seq > func.coalesce(floor.seq, 0),
                Topic.author_id != _ME,
            ),
            func.coalesce(marker.number, 0),
            func.coalesce(marker.generation, 0),
            _floor(marker, floor),
            select(
                func.aggregate_strings(
                    cast(ahead.first, String) + literal("-") + cast(ahead.last, String), ","
                )
            )
            .where(ahead.user_id == _ME, ahead.topic_id == Topic.id)
            .correlate(Topic)
            .scalar_subquery(),
            ~_is_not_ignored(Topic.author_id, Topic.place_id),
            *own_level(_ME, Topic.id),
            *place_levels(_ME, Topic.place_id),
        )
        .select_from(Topic)
        .outerjoin(marker, and_(marker.user_id == _ME, marker.topic_id == Topic.id))
        .outerjoin(floor, and_(floor.user_id == _ME, floor.place_id == Topic.place_id))
        .where(Topic.id.in_(bindparam("topics", expanding=True)), Topic.archived_at.is_(None))
    )


def _of_places() -> Select[Any]:
    return select(
        Place.id,
        _capped(_above_floor(Place.id), Place),
        _capped(_marked_unread(lambda place_id: place_id == Place.id), Place),
        _capped(_above_floor(Place.id, only_new=True), Place),
        unseen(),
        unread_messages_in_any(),
        *place_levels(_ME, Place.id),
    ).where(Place.id.in_(bindparam("places", expanding=True)))


def _followed() -> Select[Any]:
    return select(
        Place.id,
        _capped(_above_floor(Place.id, only_followed=True), Place),
        _capped(_marked_unread(lambda place_id: place_id == Place.id, only_followed=True), Place),
    ).where(Place.id.in_(bindparam("places", expanding=True)))


@cache
def _newest_unread(places: int, continued: bool, only_followed: bool) -> Select[Any]:
    """Each place is read along its own index, and only as far as needed; then the newest of all are taken."""
    columns = ("last_post_at",)
    which = {"only_followed": only_followed}
    found = [_above_floor(bindparam(f"place{i}"), *columns, **which) for i in range(places)]
    of_places: Any = bindparam("places", expanding=True)
    found.append(_marked_unread(lambda place_id: place_id.in_(of_places), *columns, **which))
    if continued:
        before = tuple_(bindparam("after_at", type_=Topic.last_post_at.type), bindparam("after_id"))
        found = [
            branch.where(tuple_(branch.selected_columns.last_post_at, branch.selected_columns.id) < before)
            for branch in found
        ]
    branches = [select(branch.limit(bindparam("limit")).subquery()) for branch in found]
    together = union_all(*branches).subquery()
    return (
        select(together.c.id)
        .order_by(together.c.last_post_at.desc(), together.c.id.desc())
        .limit(bindparam("limit"))
    )


def _waiting(place_id: Any) -> Select[Any]:
    """Reported posts by others that nobody has judged, in topics that the viewer may read."""
    topic, post = aliased(Topic), aliased(Post)
    return (
        select(_reviews.c.post_id)
        .join(post, post.id == _reviews.c.post_id)
        .join(topic, topic.id == post.topic_id)
        .where(
            _reviews.c.judged_at.is_(None),
            topic.place_id == place_id,
            _readable(topic),
            or_(post.author_id.is_(None), post.author_id != _ME),
        )
    )


_OF_TOPICS = _of_topics()
_OF_PLACES = _of_places()
_OF_NO_PLACE = select(unseen(), unread_messages_in_any())
_FOLLOWED = _followed()
_OF_PLACES_MODERATED = _OF_PLACES.add_columns(_capped(_waiting(Place.id), Place))

__all__ = [
    "MOST",
    "NONE",
    "PlaceUnread",
    "Unread",
    "followed_unread_of_places",
    "news_of_places",
    "unread_of_places",
    "unread_of_topics",
    "unread_topics",
]
