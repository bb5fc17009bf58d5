"""Messages written as posts, many at a time: topics, posts and every count in one short transaction."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, insert, select, update

from forum.access.models import Audience, Place
from forum.access.places import lock_place
from forum.boards.actions import CategoryPlan, create_category
from forum.boards.queries import all_categories
from forum.core.db import db
from forum.core.ids import id_at
from forum.core.slugs import slugify
from forum.discussions import counting
from forum.discussions.models import Post, PostKind, Topic
from forum.discussions.models.tags import TopicTag
from forum.discussions.threads import path_of
from forum.importers import senders
from forum.importers.archive import Step
from forum.importers.mail.identity import message_key
from forum.importers.models import ImportedMessage, pack_keys
from forum.importers.rendering import GAP, Rendered

UNTITLED = "No subject"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_INSERT_TOPICS = insert(Topic)
_INSERT_POSTS = insert(Post)
_INSERT_MESSAGES = insert(ImportedMessage)
_INSERT_TAGS = insert(TopicTag)
_UPDATE_TOPICS = (
    update(Topic)
    .where(Topic.id == bindparam("topic_id"))
    .values(
        last_number=bindparam("number"),
        post_count=bindparam("posts"),
        last_seq=bindparam("seq"),
        last_post_at=bindparam("at"),
        last_post_id=bindparam("post_id"),
        last_post_author_id=bindparam("author"),
        version=Topic.version + 1,
    )
)
_UPDATE_PLACE = update(Place).where(Place.id == bindparam("place_id")).values(version=Place.version + 1)
_AUDIENCE = select(Audience.id).where(Audience.place_id == bindparam("place_id"), Audience.inherits.is_(True))

# What may be said of a topic or a post beside its text; not of mail.
_TOPIC_STATE: dict[str, Any] = {
    "locked_at": None,
    "locked_by_id": None,
    "deleted_at": None,
    "deleted_by_id": None,
    "view_count": 0,
    "tag_ids": [],
}
_POST_STATE: dict[str, Any] = {
    "edited_at": None,
    "edited_by_id": None,
    "deleted_at": None,
    "deleted_by_id": None,
    "score": None,
    "origin": None,
}


def seq_at(moment: datetime) -> int:
    """The place in the order of a category for what was said elsewhere: by its date, before all that was said here.

    It is below zero, as no floor is: an archive that is imported is unread for nobody.
    """
    return (moment - _EPOCH) // timedelta(milliseconds=1) - 2**52


def make_place(slug: str, *, for_questions: bool = False) -> int:
    """The category that an import names and that is not there yet, for members; its place."""
    name = slug.replace("-", " ").strip().capitalize() or slug
    plan = CategoryPlan(name=name, slug=slug, position=len(all_categories()), for_questions=for_questions)
    return create_category(plan, actor=None).place_id


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a post stands: all that is needed to answer it."""

    post_id: int
    topic_id: int
    path: bytes


@dataclass(slots=True)
class Line:
    """What changes of a topic when posts come to it."""

    id: int
    place_id: int
    audience_id: int
    is_visible: bool
    last_number: int = 0
    post_count: int = 0
    last_seq: int = 0
    last_post_at: datetime = _EPOCH
    last_post_id: int | None = None
    last_post_author_id: int | None = None
    new: dict[str, Any] | None = None  # the columns that never change, of a topic that is not written yet
    is_changed: bool = False


class NotWritten(LookupError):
    """A message that is known, and yet stands nowhere: it could not be read when its turn came."""


class Batch:
    """The writing of one transaction. Everything is gathered; `flush` sends it."""

    def __init__(self, place_id: int, authors: dict[str, int]) -> None:
        self.place_id = place_id
        self.audience_id: int = db.session.execute(_AUDIENCE, {"place_id": place_id}).scalar_one()
        self.authors = authors
        self.topics: dict[int, Line] = {}
        self.spots: dict[int, Spot] = {}
        self.created_topics = self.created_posts = self.joined_topics = 0
        self._tags: list[dict[str, int]] = []
        self._posts: list[dict[str, Any]] = []
        self._messages: list[dict[str, Any]] = []
        self._ids: set[int] = set()
        self._topic_counts: Counter[tuple[str, int, int]] = Counter()
        self._post_counts: Counter[tuple[str, int, int]] = Counter()
        self._names: Counter[tuple[str, str]] = Counter()
        self._audiences: set[tuple[int, int]] = set()

    def lock(self, keys: set[int], posts: set[int]) -> None:
        """Lock the topics in which these messages and posts stand, then their places: the order in which everybody does.

        Where they stand is read anew under the lock: somebody may have moved them while it was waited for.
        """
        while True:
            self.spots.clear()
            self._find_spots(keys)
            ids = {spot.topic_id for spot in self.spots.values()}
            ids |= (
                set(db.session.scalars(select(Post.topic_id).where(Post.id.in_(posts)))) if posts else set()
            )
            if ids <= self.topics.keys():
                break
            self.load_topics(ids)
        for place_id in sorted({self.place_id} | {line.place_id for line in self.topics.values()}):
            lock_place(place_id)

    def spot(self, key: int) -> Spot:
        """Where a message stands."""
        if key not in self.spots:
            self.flush_rows()
            self._find_spots({key})
        if key not in self.spots:
            raise NotWritten(key)
        return self.spots[key]

    def line(self, topic_id: int) -> Line:
        """A topic, new or locked before."""
        if topic_id not in self.topics:
            self.load_topics({topic_id})
        return self.topics[topic_id]

    def load_topics(self, ids: set[int]) -> None:
        """Topics that are there already, locked in a steady order."""
        columns = [getattr(Topic, name) for name in Line.__slots__ if name in Topic.__table__.columns]
        rows = db.session.execute(
            select(*columns, Topic.hidden_at, Topic.deleted_at)
            .where(Topic.id.in_(sorted(ids - self.topics.keys())))
            .order_by(Topic.id)
            .with_for_update()
        )
        for row in rows:
            values = dict(row._mapping)
            hidden, deleted = values.pop("hidden_at"), values.pop("deleted_at")
            self.topics[row.id] = Line(is_visible=hidden is None and deleted is None, **values)

    def _find_spots(self, keys: set[int]) -> None:
        """Look up, in one statement, where the messages stand that earlier batches or runs have written."""
        if keys:
            rows = db.session.execute(
                select(ImportedMessage.key, Post.id, Post.topic_id, Post.path)
                .join(Post, Post.id == ImportedMessage.post_id)
                .where(ImportedMessage.place_id == self.place_id, ImportedMessage.key.in_(keys))
            )
            self.spots.update({row.key: Spot(row.id, row.topic_id, row.path) for row in rows})

    def start_topic(
        self, step: Step, author_id: int, *, topic_id: int = 0, state: dict[str, Any] | None = None
    ) -> Line:
        """A new topic of the place, in this state; with an id that was chosen for it, if one was."""
        title = step.title or UNTITLED
        state = {**_TOPIC_STATE, **(state or {})}
        visible = state["deleted_at"] is None
        line = Line(
            topic_id or self._id_at(step.sent_at), self.place_id, self.audience_id, is_visible=visible
        )
        line.new = {
            "author_id": author_id,
            "title": title,
            "slug": slugify(title),
            "created_at": step.sent_at,
            "created_seq": seq_at(step.sent_at),
            **state,
        }
        line.last_seq, line.last_post_at = seq_at(step.sent_at), step.sent_at
        self.topics[line.id] = line
        self.created_topics += 1
        self.count(line, author_id, topics=1)
        return line

    def tag_topic(self, line: Line, tag_ids: list[int]) -> None:
        """A new topic has these tags; `tag_ids` of its state says the same."""
        self._tags += [{"topic_id": line.id, "tag_id": tag_id} for tag_id in tag_ids]
        for tag_id in tag_ids if line.is_visible else ():
            self._topic_counts[counting.TAG, tag_id, line.audience_id] += 1

    def add_gap(self, line: Line, at: datetime) -> Spot:
        """The place of a message that the archive does not have: a number, and nothing else."""
        return self._add_row(line, None, at, kind=PostKind.GAP, author_id=None, text=GAP)

    def add_post(
        self,
        step: Step,
        text: Rendered,
        line: Line,
        above: Spot | None,
        *,
        post_id: int = 0,
        state: dict[str, Any] | None = None,
    ) -> Spot:
        """A new post, in this state; with an id that was chosen for it, if one was."""
        author_id = self.authors[text.author.key]
        spot = self._add_row(
            line,
            above,
            step.sent_at,
            kind=PostKind.POST,
            author_id=author_id,
            text=text,
            post_id=post_id,
            state=state,
        )
        if state is None or state.get("deleted_at") is None:
            self.note_post(line, spot.post_id, author_id, step.sent_at)
        else:
            self.created_posts += 1
        self.note_message(step, text, spot)
        return spot

    def note_post(self, line: Line, post_id: int, author_id: int, at: datetime) -> None:
        """A post has appeared in a topic: count it, and see whether it is the newest."""
        self.created_posts += 1
        line.post_count += 1
        line.is_changed = True
        seq = seq_at(at)
        if line.last_post_id is None or seq >= line.last_seq:
            line.last_seq, line.last_post_at = seq, at
            line.last_post_id, line.last_post_author_id = post_id, author_id
        self.count(line, author_id, posts=1)

    def note_message(self, step: Step, text: Rendered, spot: Spot) -> None:
        self.spots[step.key] = spot
        self._names[text.author.key, text.author.name] += 1
        self._messages.append(
            {
                "place_id": self.place_id,
                "key": step.key,
                "message_id": text.message_id,
                "source": text.source,
                "title": step.title,
                "references": pack_keys([message_key(name) for name in text.references]),
                "in_reply_to": pack_keys([message_key(name) for name in text.in_reply_to]),
                "parent_key": step.parent,
                "body_key": text.body_key,
                "post_id": spot.post_id,
                "told": text.told,
            }
        )

    def count(self, line: Line, author_id: int, *, topics: int = 0, posts: int = 0) -> None:
        """Put down what the counts of the place and the author change by, where the topic counts at all."""
        self._audiences.add((line.place_id, line.audience_id))
        if not line.is_visible:
            return
        for kind, subject_id in ((counting.PLACE, line.place_id), (counting.USER, author_id)):
            self._topic_counts[kind, subject_id, line.audience_id] += topics
            self._post_counts[kind, subject_id, line.audience_id] += posts

    def flush(self) -> None:
        """Send everything to the database."""
        self.flush_rows()
        counts = sorted(self._topic_counts.keys() | self._post_counts.keys())
        counting.add_all([(*key, self._topic_counts[key], self._post_counts[key]) for key in counts])
        senders.count_names(self._names)
        for place_id, audience_id in sorted(self._audiences):
            counting.refill_last(place_id, audience_id)
        db.session.connection().execute(_UPDATE_PLACE, {"place_id": self.place_id})

    def _id_at(self, moment: datetime) -> int:
        """An id that was not given yet: an archive may have many messages of one second, of which some are told the next."""
        tries = 0
        while (chosen := id_at(moment + timedelta(seconds=tries // 16))) in self._ids:
            tries += 1
        self._ids.add(chosen)
        return chosen

    def flush_rows(self) -> None:
        """Send topics, posts and messages, so that statements find them."""
        db.session.flush()
        changed = [line for line in self.topics.values() if line.is_changed]
        new = [{**line.new, **_new_row(line)} for line in changed if line.new]
        old = [_changed_row(line) for line in changed if not line.new]
        connection = db.session.connection()
        for statement, rows in (
            (_INSERT_TOPICS, new),
            (_UPDATE_TOPICS, old),
            (_INSERT_POSTS, self._posts),
            (_INSERT_MESSAGES, self._messages),
            (_INSERT_TAGS, self._tags),
        ):
            if rows:
                connection.execute(statement, rows)
        self._posts.clear()
        self._messages.clear()
        self._tags.clear()
        for line in changed:
            line.is_changed, line.new = False, None

    def _add_row(
        self,
        line: Line,
        above: Spot | None,
        at: datetime,
        *,
        kind: PostKind,
        author_id: int | None,
        text: Rendered,
        post_id: int = 0,
        state: dict[str, Any] | None = None,
    ) -> Spot:
        line.last_number += 1
        line.is_changed = True
        spot = Spot(
            post_id or self._id_at(at), line.id, path_of(above.path if above else None, line.last_number)
        )
        self._posts.append(
            {
                "id": spot.post_id,
                "topic_id": line.id,
                "number": line.last_number,
                "parent_id": above.post_id if above else None,
                "path": spot.path,
                "seq": seq_at(at),
                "kind": kind,
                "author_id": author_id,
                "body": text.body,
                "body_html": text.html,
                "renderer": text.renderer,
                "created_at": at,
                **_POST_STATE,
                **(state or {}),
            }
        )
        return spot


def _new_row(line: Line) -> dict[str, Any]:
    names = ("id", "place_id", "audience_id", "last_number", "post_count", "last_seq")
    last = ("last_post_at", "last_post_id", "last_post_author_id")
    return {name: getattr(line, name) for name in (*names, *last)}


def _changed_row(line: Line) -> dict[str, Any]:
    return {
        "topic_id": line.id,
        "number": line.last_number,
        "posts": line.post_count,
        "seq": line.last_seq,
        "at": line.last_post_at,
        "post_id": line.last_post_id,
        "author": line.last_post_author_id,
    }
