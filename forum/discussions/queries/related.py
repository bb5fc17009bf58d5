"""Topics that go with a topic: by the words of the titles, those of the same place first."""

from sqlalchemy import select

from forum.access.audience import readable_by
from forum.access.viewer import Viewer
from forum.accounts.ignored import ignored_by
from forum.core.db import db
from forum.discussions.counting import visible_topics
from forum.discussions.models import Topic
from forum.discussions.queries.similar import LOOKED_THROUGH, MOST, likeness, pieces_of
from forum.discussions.queries.topics import with_authors

ENOUGH = 0.2  # of what both titles say


def related_topics(viewer: Viewer, topic: Topic) -> list[Topic]:
    """At most five, of those that the viewer may read, those of the same place first, then the likest; two statements, or one where there are none."""
    wanted = pieces_of(topic.title)
    found = select(Topic.id, Topic.title, Topic.place_id).where(
        Topic.id != topic.id, visible_topics(), readable_by(viewer, Topic.audience_id)
    )
    if viewer.user is not None:
        found = found.where(Topic.author_id.not_in(ignored_by(viewer)))
    newest = found.order_by(Topic.last_post_at.desc(), Topic.id.desc()).limit(LOOKED_THROUGH)
    scored = []
    for topic_id, title, place_id in db.session.execute(newest):
        score = likeness(wanted, pieces_of(title))
        if score >= ENOUGH:
            scored.append((place_id == topic.place_id, score, topic_id))
    return with_authors([topic_id for _same_place, _score, topic_id in sorted(scored, reverse=True)[:MOST]])
