"""Replies by the hundred: gathered, then written in one statement. Counts are put right once, at the end."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update

from forum.access.models import Place
from forum.core.db import db
from forum.core.ids import new_id
from forum.discussions.actions.writing import Written
from forum.discussions.models import Post, PostKind, Topic
from forum.discussions.queries.quotes import note_quotes_of
from forum.discussions.threads import path_of


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a post stands: what an answer to it needs to know."""

    id: int
    path: bytes


class Replies:
    """Replies that wait to be written. What changes anything else in between calls `write_down` first."""

    def __init__(self) -> None:
        self._rows: list[dict[str, Any]] = []
        self._seqs: dict[int, int] = {}

    def add(self, topic: Topic, *, author_id: int, written: Written, above: Spot, at: datetime) -> Spot:
        number = topic.last_number + 1
        spot = Spot(new_id(), path_of(above.path, number))
        seq = self._next_seq(topic.place_id)
        self._rows.append(
            {
                "id": spot.id,
                "topic_id": topic.id,
                "number": number,
                "parent_id": above.id,
                "path": spot.path,
                "seq": seq,
                "kind": PostKind.POST,
                "author_id": author_id,
                "body": written.body,
                "body_html": written.html,
                "renderer": written.renderer,
                "created_at": at,
            }
        )
        topic.last_number, topic.last_seq, topic.last_post_at = number, seq, at
        topic.last_post_id, topic.last_post_author_id = spot.id, author_id
        topic.post_count += 1
        return spot

    def write_down(self) -> None:
        if not self._rows:
            return
        db.session.execute(insert(Post), self._rows)
        note_quotes_of({row["id"]: row["body_html"] for row in self._rows})
        for place_id, seq in self._seqs.items():
            db.session.execute(
                update(Place)
                .where(Place.id == place_id)
                .values(last_seq=seq)
                .execution_options(synchronize_session=False)
            )
        self._rows, self._seqs = [], {}

    def _next_seq(self, place_id: int) -> int:
        if place_id not in self._seqs:
            with db.session.no_autoflush:
                self._seqs[place_id] = db.session.scalars(
                    select(Place.last_seq).where(Place.id == place_id)
                ).one()
        self._seqs[place_id] += 1
        return self._seqs[place_id]
