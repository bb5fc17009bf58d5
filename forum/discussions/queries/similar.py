"""Topics that a title sounds like, so that nobody asks what has been asked."""

import re
import unicodedata
from collections.abc import Iterable

from sqlalchemy import select

from forum.access.audience import readable_by
from forum.access.viewer import Viewer
from forum.core.db import db
from forum.discussions.counting import visible_topics
from forum.discussions.models import Topic
from forum.discussions.queries.topics import with_authors

LOOKED_THROUGH = 1000  # the newest topics of the place
MOST = 5
ENOUGH = 0.34  # of what both titles say
SHORTEST = 3  # letters of a word that says something; scripts without spaces are cut into pairs
_WORD = re.compile(r"\w+")


def similar_topics(viewer: Viewer, place_id: int, title: str) -> list[Topic]:
    """Topics of the place that the viewer may read and whose titles share most with this one, the likest first."""
    wanted = pieces_of(title)
    if len(wanted) < 2:
        return []
    rows = db.session.execute(
        select(Topic.id, Topic.title)
        .where(Topic.place_id == place_id, visible_topics(), readable_by(viewer, Topic.audience_id))
        .order_by(Topic.last_seq.desc())
        .limit(LOOKED_THROUGH)
    )
    scored = [(_likeness(wanted, pieces_of(row.title)), row.id) for row in rows]
    best = sorted((score for score in scored if score[0] >= ENOUGH), reverse=True)[:MOST]
    return with_authors([topic_id for _score, topic_id in best])


def _likeness(one: set[str], other: set[str]) -> float:
    """0 to 1: the share of the shorter title that the other one says too, less what it says beside."""
    shared = len(one & other)
    if shared < 2 and one != other:
        return 0.0
    return 2 * shared / (len(one) + len(other))


def pieces_of(title: str) -> set[str]:
    folded = unicodedata.normalize("NFKD", title.casefold())
    folded = "".join(c for c in folded if not unicodedata.combining(c))
    return {piece for word in _WORD.findall(folded) for piece in _cut(word)}


def _cut(word: str) -> Iterable[str]:
    """A word by its stem (so that plurals meet); without spaces between words, every two characters."""
    if any("\u3040" <= c <= "\u9fff" or "\uac00" <= c <= "\ud7af" for c in word):
        return [word[i : i + 2] for i in range(max(1, len(word) - 1))]
    return [word[:5]] if len(word) >= SHORTEST else []
