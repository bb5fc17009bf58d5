"""Topics that go with a topic: by the words of the titles and the tags, those of the same place first.

A word that many titles share says little, in whatever language: it weighs less the more there are.
"""

import math
from collections import Counter
from collections.abc import Sequence

from sqlalchemy import select

from forum.access.audience import readable_by
from forum.access.viewer import Viewer
from forum.accounts.ignored import ignored_by
from forum.core.db import db
from forum.discussions.counting import visible_topics
from forum.discussions.models import Topic
from forum.discussions.queries.similar import LOOKED_THROUGH, MOST, pieces_of
from forum.discussions.queries.topics import with_authors

ENOUGH = 0.3  # of what both titles say, by weight
SHARED = 2  # words, at least; or a tag
TAG = "#"
TAG_WEIGHS = 4


def related_topics(viewer: Viewer, topic: Topic) -> list[Topic]:
    """At most five, of those that the viewer may read, those of the same place first, then the likest; two statements, or one where there are none."""
    found = select(Topic.id, Topic.title, Topic.tag_ids, Topic.place_id).where(
        Topic.id != topic.id, visible_topics(), readable_by(viewer, Topic.audience_id)
    )
    if viewer.user is not None:
        found = found.where(Topic.author_id.not_in(ignored_by(viewer)))
    newest = found.order_by(Topic.last_post_at.desc(), Topic.id.desc()).limit(LOOKED_THROUGH)
    rows = [(row, _pieces(row.title, row.tag_ids)) for row in db.session.execute(newest)]
    wanted = _pieces(topic.title, topic.tag_ids)
    known = Counter(piece for _row, pieces in rows for piece in pieces)

    def weight(pieces: set[str]) -> float:
        return sum(
            math.log(1 + len(rows) / max(known[piece], 1)) * (TAG_WEIGHS if piece.startswith(TAG) else 1)
            for piece in pieces
        )

    scored = []
    for row, pieces in rows:
        shared = wanted & pieces
        if len(shared) < SHARED and not any(piece.startswith(TAG) for piece in shared):
            continue
        score = 2 * weight(shared) / (weight(wanted) + weight(pieces))
        if score >= ENOUGH:
            scored.append((row.place_id == topic.place_id, score, row.id))
    best = sorted(scored, reverse=True)[:MOST]
    return with_authors([topic_id for _same_place, _score, topic_id in best])


def _pieces(title: str, tag_ids: Sequence[int]) -> set[str]:
    return pieces_of(title) | {f"{TAG}{tag_id}" for tag_id in tag_ids}
