"""Writing the data: every post in order of time, in batches, with the counts that the program itself would have kept."""

import heapq
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import Table, bindparam, insert, update

from forum.access.models import Audience, Place
from forum.cli.dataset import words
from forum.cli.dataset.people import People
from forum.cli.dataset.plan import Size, TopicPlan, plan_topics
from forum.core.db import Base, db
from forum.core.ids import EPOCH, RANDOM_BITS
from forum.core.slugs import slugify
from forum.core.transactions import transaction
from forum.discussions.actions.writing import Written
from forum.discussions.counting import PLACE, USER
from forum.discussions.models import (
    AudienceCount,
    Post,
    PostKind,
    ReadAhead,
    ReadFloor,
    ReadMarker,
    Topic,
    TopicEvent,
)
from forum.discussions.threads import path_of

BATCH = 2000  # posts a transaction; the database was empty, so nobody waits for it
YEAR = timedelta(days=365)
WINDOW = 40  # posts of a topic that a reply may answer
DEEPEST = 12
ANSWERS_NOBODY, ANSWERS_FIRST = 0.25, 0.1
EDITED, HIDDEN, DELETED = 0.02, 0.004, 0.003
MOST_ABOVE_FLOOR, SHARE_ABOVE_FLOOR = (
    20_000,
    0.2,
)  # posts that are newer than what the readers have marked as read
READ_ALL, READ_PART, READ_AHEAD = 0.55, 0.15, 0.1
YOUNGEST = timedelta(hours=1)


@dataclass(slots=True)
class Growing:
    """A topic while its posts are being made."""

    plan: TopicPlan
    row: dict[str, Any]
    is_stored: bool = False
    window: list[tuple[int, bytes]] = field(default_factory=list)
    first: int = 0
    read_to: dict[int, int] = field(default_factory=dict)  # author: number of the last post


@dataclass(slots=True)
class Batch:
    topics: list[dict[str, Any]] = field(default_factory=list)
    posts: list[dict[str, Any]] = field(default_factory=list)
    finished: list[dict[str, Any]] = field(default_factory=list)
    markers: list[dict[str, Any]] = field(default_factory=list)
    ahead: list[dict[str, Any]] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)


class Loader:
    """`audiences` holds, for each category, the audience of each kind; `bodies` the rendered pool."""

    def __init__(
        self,
        rng: random.Random,
        size: Size,
        *,
        places: Sequence[Place],
        audiences: Sequence[dict[Any, Audience]],
        people: People,
        bodies: Sequence[Written],
        now: datetime,
    ) -> None:
        self.rng, self.size, self.people, self.bodies = rng, size, people, bodies
        self.places = [place.id for place in places]
        self.audiences = [{kind: a.id for kind, a in of.items()} for of in audiences]
        self.end, self.span = now - YOUNGEST, YEAR
        self.seqs = [place.last_seq for place in places]
        self.floors: list[int] | None = None
        self.counts: dict[tuple[str, int, int], list[int]] = {}
        self.batch = Batch()
        self.moderator = people.known["bench-moderator"]
        self.last_id = 0

    def load(self, progress: Callable[[int], None]) -> None:
        """Write everything; `progress` hears how many posts each batch had."""
        plans = list(plan_topics(self.rng, self.size))
        due = [(plan.begins, plan.number) for plan in plans]
        heapq.heapify(due)
        growing: dict[int, Growing] = {}
        made, floor_after = 0, self.size.posts - self._above_floor()
        while due:
            at, number = due[0]
            topic = growing.get(number)
            if topic is None:
                topic = growing[number] = self._begin(plans[number], at)
            self._add_post(topic, at)
            left = topic.plan.size - topic.row["last_number"]
            if left:
                heapq.heapreplace(due, (self._next(at, topic.plan.ends, left), number))
            else:
                heapq.heappop(due)
                self._finish(growing.pop(number))
            made += 1
            if made == floor_after:
                self.floors = list(self.seqs)
            if len(self.batch.posts) >= BATCH:
                progress(self._write(growing))
        progress(self._write(growing))
        self._write_counts()

    def _above_floor(self) -> int:
        return min(MOST_ABOVE_FLOOR, int(self.size.posts * SHARE_ABOVE_FLOOR))

    def _next(self, at: float, end: float, left: int) -> float:
        """The next of `left` moments spread evenly by chance between now and the end."""
        step: float = self.rng.random() ** (1.0 / left)
        return end - (end - at) * step

    def _moment(self, at: float) -> datetime:
        return self.end - self.span * (1.0 - at)

    def _id_at(self, moment: datetime) -> int:
        """Ids as they would have been at the time, from the seed."""
        milliseconds = int((moment - EPOCH).total_seconds() * 1000)
        fresh = milliseconds << RANDOM_BITS | self.rng.getrandbits(RANDOM_BITS)
        self.last_id = max(fresh, self.last_id + 1)
        return self.last_id

    def _begin(self, plan: TopicPlan, at: float) -> Growing:
        rng, moment = self.rng, self._moment(at)
        title = words.title(rng)
        row: dict[str, Any] = {
            "id": self._id_at(moment),
            "place_id": self.places[plan.category],
            "audience_id": self.audiences[plan.category][plan.read],
            "author_id": self.people.author(rng, member=plan.read == "members"),
            "title": title,
            "slug": slugify(title),
            "created_at": moment,
            "created_seq": self.seqs[plan.category] + 1,
            "last_number": 0,
            "post_count": 0,
            "locked_at": None,
            "locked_by_id": None,
            "hidden_at": moment if plan.is_hidden else None,
            "hidden_by_id": self.moderator if plan.is_hidden else None,
            "version": 0,
        }
        if not plan.is_hidden:
            self._count(PLACE, row["place_id"], row["audience_id"])[0] += 1
            self._count(USER, row["author_id"], row["audience_id"])[0] += 1
        self.batch.topics.append(row)
        return Growing(plan, row)

    def _add_post(self, topic: Growing, at: float) -> None:
        rng, row, plan = self.rng, topic.row, topic.plan
        moment = self._moment(at)
        number = row["last_number"] + 1
        seq = self.seqs[plan.category] = self.seqs[plan.category] + 1
        author = self.people.author(rng, member=plan.read == "members") if number > 1 else row["author_id"]
        post_id = self._id_at(moment)
        parent_id, path = self._stand(topic, number)
        body = rng.choice(self.bodies)
        luck = rng.random() if 1 < number < plan.size else 1.0
        hidden, deleted = luck < HIDDEN, HIDDEN <= luck < HIDDEN + DELETED
        edited = 1 - EDITED < luck < 1
        self.batch.posts.append(
            {
                "id": post_id,
                "topic_id": row["id"],
                "number": number,
                "parent_id": parent_id,
                "path": path,
                "seq": seq,
                "kind": PostKind.POST,
                "author_id": author,
                "body": body.body,
                "body_html": body.html,
                "renderer": body.renderer,
                "created_at": moment,
                "edited_at": moment if edited else None,
                "edited_by_id": author if edited else None,
                "hidden_at": moment if hidden else None,
                "hidden_by_id": self.moderator if hidden else None,
                "hidden_reason": "",
                "deleted_at": moment if deleted else None,
                "deleted_by_id": author if deleted else None,
                "version": 0,
            }
        )
        self._remember(topic, number, post_id, path)
        topic.read_to[author] = number
        row["last_number"] = number
        if hidden or deleted:
            return
        row["post_count"] += 1
        row["last_seq"], row["last_post_at"] = seq, moment
        row["last_post_id"], row["last_post_author_id"] = post_id, author
        if not plan.is_hidden:
            self._count(PLACE, row["place_id"], row["audience_id"])[1] += 1
            self._count(USER, author, row["audience_id"])[1] += 1

    def _stand(self, topic: Growing, number: int) -> tuple[int | None, bytes]:
        """Whom a post answers: nobody, the first post, or one of those remembered, late ones rather than early ones."""
        luck = self.rng.random()
        if number == 1 or luck < ANSWERS_NOBODY:
            return None, path_of(None, number)
        if luck < ANSWERS_NOBODY + ANSWERS_FIRST:
            return topic.first, path_of(path_of(None, 1), number)
        place = int((1 - self.rng.random() ** 2) * len(topic.window))
        parent_id, path = topic.window[min(place, len(topic.window) - 1)]
        if len(path) >= DEEPEST * 3:
            return None, path_of(None, number)
        return parent_id, path_of(path, number)

    def _remember(self, topic: Growing, number: int, post_id: int, path: bytes) -> None:
        if number == 1:
            topic.first = post_id
        if len(topic.window) >= WINDOW:
            del topic.window[self.rng.randrange(WINDOW)]
        topic.window.append((post_id, path))

    def _count(self, kind: str, subject: int, audience: int) -> list[int]:
        """Topics, posts, last topic, last seq."""
        return self.counts.setdefault((kind, subject, audience), [0, 0, 0, 0])

    def _finish(self, topic: Growing) -> None:
        row, plan, read_at = topic.row, topic.plan, topic.row["last_post_at"]
        if plan.is_locked:
            row["locked_at"], row["locked_by_id"] = read_at, self.moderator
            self.batch.events.append(
                {
                    "id": self._id_at(read_at),
                    "topic_id": row["id"],
                    "after_number": plan.size,
                    "kind": "locked",
                    "actor_id": self.moderator,
                    "created_at": read_at,
                }
            )
        if topic.is_stored:
            self.batch.finished.append({"key": row["id"], **{name: row[name] for name in _FINISHED}})
        if not plan.is_hidden:
            count = self._count(PLACE, row["place_id"], row["audience_id"])
            if row["last_seq"] > count[3]:
                count[2:] = [row["id"], row["last_seq"]]
        if self.floors is not None:
            self._read(topic)
        for user_id, number in topic.read_to.items():
            self.batch.markers.append(
                {"user_id": user_id, "topic_id": row["id"], "number": number, "read_at": read_at}
            )

    def _read(self, topic: Growing) -> None:
        """What the readers have been shown of a topic: all, a part, a page far ahead, or nothing."""
        size = topic.plan.size
        for user_id, is_member in self.people.readers.items():
            luck = self.rng.random()
            if topic.plan.read == "members" and not is_member:
                continue
            if luck < READ_ALL:
                topic.read_to[user_id] = size
            elif luck < READ_ALL + READ_PART:
                topic.read_to[user_id] = self.rng.randint(1, size)
            elif luck < READ_ALL + READ_PART + READ_AHEAD and size > 4:
                number = topic.read_to[user_id] = self.rng.randint(1, size - 3)
                first = self.rng.randint(number + 2, size)
                last = min(size, first + 19)
                self.batch.ahead.append(
                    {"user_id": user_id, "topic_id": topic.row["id"], "first": first, "last": last}
                )

    def _write(self, growing: dict[int, Growing]) -> int:
        batch, self.batch = self.batch, Batch()
        tables = (
            (Topic, batch.topics),
            (Post, batch.posts),
            (ReadMarker, batch.markers),
            (ReadAhead, batch.ahead),
            (TopicEvent, batch.events),
        )
        with transaction():
            connection = db.session.connection()
            for model, rows in tables:
                if rows:
                    connection.execute(insert(_table(model)), rows)
            if batch.finished:
                connection.execute(_FINISH, batch.finished)
        begun = {row["id"] for row in batch.topics}
        for topic in growing.values():
            if topic.row["id"] in begun:
                topic.is_stored = True
        return len(batch.posts)

    def _write_counts(self) -> None:
        names = ("subject_kind", "subject_id", "audience_id", "topic_count", "post_count", "last_seq")
        rows = [
            {**dict(zip(names, (*key, topics, posts, seq), strict=True)), "last_topic_id": last or None}
            for key, (topics, posts, last, seq) in sorted(self.counts.items())
        ]
        floors = [
            {"user_id": user_id, "place_id": place_id, "seq": seq}
            for user_id in self.people.readers
            for place_id, seq in zip(self.places, self.floors or [], strict=False)
        ]
        for start in range(0, len(rows), BATCH):
            with transaction():
                db.session.execute(insert(_table(AudienceCount)), rows[start : start + BATCH])
        with transaction():
            if floors:
                db.session.execute(insert(_table(ReadFloor)), floors)
            for place_id, seq in zip(self.places, self.seqs, strict=True):
                db.session.execute(
                    update(Place).where(Place.id == place_id).values(last_seq=seq, version=Place.version + 1)
                )


def _table(model: type[Base]) -> Table:
    """For statements without the ORM, which does much for each row that nothing here needs."""
    return cast(Table, model.__table__)


_LAST = ("last_seq", "last_post_at", "last_post_id", "last_post_author_id")
_FINISHED = ("last_number", "post_count", "locked_at", "locked_by_id", *_LAST)
_FINISH = (
    update(_table(Topic))
    .where(_table(Topic).c.id == bindparam("key"))
    .values({name: bindparam(name) for name in _FINISHED})
)
