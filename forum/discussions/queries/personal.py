"""What of a topic's page is one reader's own, in one statement: what they reacted to, what they keep, whom they ignore.

A part is a SELECT of (kind, id, value), value as text; it may use `me`, `topic` and `posts` (the ids on the page). To join
yours, add it to `_PARTS` and a field to `Personal`.
"""

from collections import defaultdict
from collections.abc import Collection, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Select, String, bindparam, cast, literal, select, union_all

from forum.access.viewer import Viewer
from forum.accounts.models import Ignore
from forum.core import reading
from forum.discussions.models import Bookmark, Reaction, Topic
from forum.discussions.models.polls import PollBallot


@dataclass(frozen=True, slots=True)
class Personal:
    """One reader's own facts about one page."""

    reactions: dict[int, frozenset[str]] = field(default_factory=dict)  # post id: names they gave
    bookmarks: dict[int, str] = field(default_factory=dict)  # post id: id of the bookmark
    ignored: frozenset[int] = frozenset()  # user ids, of everybody they ignore
    ballots: dict[int, str] = field(default_factory=dict)  # post id: their vote in its poll

    def on(self, post_id: int) -> Hashable:
        """What of it changes how a post looks: part of the key of its fragment."""
        return self.reactions.get(post_id), self.bookmarks.get(post_id)


NOTHING = Personal()

_ME: Any = bindparam("me")
_TOPIC: Any = bindparam("topic")
_POSTS: Any = bindparam("posts", expanding=True)


def _part(kind: str, id_column: Any, value: Any, *criteria: Any) -> Select[Any]:
    return select(literal(kind).label("kind"), id_column.label("id"), value.label("value")).where(*criteria)


_PARTS = (
    _part("reaction", Reaction.post_id, Reaction.name, Reaction.user_id == _ME, Reaction.post_id.in_(_POSTS)),
    _part(
        "bookmark",
        Bookmark.post_id,
        cast(Bookmark.id, String),
        Bookmark.user_id == _ME,
        Bookmark.post_id.in_(_POSTS),
    ),
    _part(
        "ballot",
        PollBallot.post_id,
        PollBallot.vote,
        PollBallot.user_id == _ME,
        PollBallot.post_id.in_(_POSTS),
    ),
    _part("ignored", Ignore.ignored_id, literal(""), Ignore.user_id == _ME),
)
_OF_PAGE = union_all(*_PARTS)


def personal_of(viewer: Viewer, topic: Topic, post_ids: Collection[int]) -> Personal:
    """The viewer's own facts about a topic they may read and these posts of it; none for a visitor, or in a preview."""
    if viewer.user is None:
        return NOTHING
    found: defaultdict[str, list[tuple[int, str]]] = defaultdict(list)
    for kind, which, value in reading.rows(_OF_PAGE, me=viewer.id, topic=topic.id, posts=sorted(post_ids)):
        found[kind].append((which, value))
    return Personal(
        reactions=_gathered(found["reaction"]),
        bookmarks=dict(found["bookmark"]),
        ballots=dict(found["ballot"]),
        ignored=frozenset(which for which, _value in found["ignored"]),
    )


def _gathered(pairs: Sequence[tuple[int, str]]) -> dict[int, frozenset[str]]:
    """Every value that was said of an id."""
    found: defaultdict[int, set[str]] = defaultdict(set)
    for which, value in pairs:
        found[which].add(value)
    return {which: frozenset(values) for which, values in found.items()}
