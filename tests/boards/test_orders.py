"""The orders of a category's list: each reads as far as its page goes, wherever the page stands."""

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from forum.access.viewer import viewer_of
from forum.core.db import db
from forum.core.ids import new_id
from forum.core.transactions import transaction
from forum.discussions.actions.concealing import hide_post
from forum.discussions.models import Topic
from forum.discussions.queries.topics import Sort, topics_of
from tests.cast import Cast
from tests.factories import make_post, make_topic

INDEXES: dict[Sort, str] = {
    "latest": "ix_topics_audience_last",
    "new": "ix_topics_audience_created",
    "top": "ix_topics_audience_top",
    "unanswered": "ix_topics_audience_top",
}


def plan_of(ask: Callable[[], Any]) -> str:
    """How the database finds the ids of a page."""
    sent: list[tuple[str, Any]] = []

    def note(_c: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        sent.append((statement, parameters))

    sa.event.listen(db.engine, "before_cursor_execute", note)
    try:
        ask()
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", note)
    statement, parameters = next(one for one in sent if "LIMIT" in one[0])
    explain = "EXPLAIN QUERY PLAN " if db.engine.dialect.name == "sqlite" else "EXPLAIN "
    rows = db.session.connection().exec_driver_sql(explain + statement, parameters)
    return "\n".join(str(row[-1]) for row in rows)


@pytest.mark.parametrize("sort", INDEXES)
def test_a_page_is_read_along_an_index(app: Flask, cast: Cast, sort: Sort) -> None:
    with app.app_context():
        first = make_topic(cast.lounge, cast.member)
        shared = {c.name: getattr(first, c.name) for c in Topic.__table__.columns}
        rows = [
            {**shared, "id": new_id(), "created_seq": n, "last_seq": n, "post_count": 1 + (n % 50 > 0)}
            for n in range(2, 4000)
        ]
        with transaction():
            db.session.execute(sa.insert(Topic), rows)
        with transaction():
            db.session.execute(sa.text("ANALYZE topics"))
        viewer = viewer_of(cast.member)
        page = topics_of(viewer, cast.lounge.place_id, sort=sort, limit=10)
        assert page.after
        plan = plan_of(lambda: topics_of(viewer, cast.lounge.place_id, sort=sort, after=page.after, limit=10))
        assert INDEXES[sort] in plan, plan
        assert "Sort" not in plan
        assert "TEMP B-TREE" not in plan


def test_unanswered_is_what_has_one_post_that_can_be_seen(app: Flask, cast: Cast) -> None:
    with app.app_context():
        answered, alone, hidden, older = (make_topic(cast.lounge, cast.member) for _n in range(4))
        make_post(answered, cast.other)
        hide_post(make_post(hidden, cast.other), actor=cast.staff, reason="Off the subject.")
        viewer = viewer_of(cast.member)
        found = [topic.id for topic in topics_of(viewer, cast.lounge.place_id, sort="unanswered").items]
        assert found == [older.id, hidden.id, alone.id]
        pages, after = [], None
        for _n in range(3):
            page = topics_of(viewer, cast.lounge.place_id, sort="unanswered", after=after, limit=1)
            pages += [topic.id for topic in page.items]
            after = page.after
        assert pages == found
        assert after is None
