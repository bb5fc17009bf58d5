"""Who follows a topic, when posts come to stand in it that were written elsewhere; and as before, when they go back.

What was chosen, before or since, is never touched. What comes of it is plain values that the log can keep.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, select, update

from forum.core.db import db
from forum.core.transactions import transactional
from forum.core.upserts import insert_or_ignore
from forum.notifications.actions.watching import raise_level
from forum.notifications.models import MailStop, TopicWatch, WatchLevel, WatchReason
from forum.notifications.queries.preferences import THE_USUAL, preferences_of_all

MOST_NOTED = 5000  # of those who came along with a topic; with more, they go on following both
_Watch = tuple[WatchLevel, WatchReason, datetime]


@transactional
def copy_choices(source_id: int, target_id: int, user_ids: Collection[int] | None = None) -> dict[str, Any]:
    """What holds for people in one topic holds for them in the other, where they have nothing for that: all that came about, or
    what was chosen and what these people have. Answers whom it concerns."""
    these = (
        ()
        if user_ids is None
        else ((TopicWatch.reason == WatchReason.CHOSEN) | TopicWatch.user_id.in_(user_ids),)
    )
    came = {
        "watching": _copy(TopicWatch, source_id, target_id, *these),
        "unmailed": _copy(MailStop, source_id, target_id),
    }
    return {name: [str(i) for i in ids] for name, ids in came.items() if 0 < len(ids) <= MOST_NOTED}


@transactional
def raise_by_posts(author_ids: Collection[int], topic_id: int) -> dict[str, Any]:
    """Posts of these people stand in a topic by now: they follow it as if they had written there. Answers for whom that changed
    anything, and from what to what."""
    before, wishes = _watches(author_ids, topic_id), preferences_of_all(author_ids)
    by_level: defaultdict[WatchLevel, list[int]] = defaultdict(list)
    for user_id in author_ids:
        by_level[wishes.get(user_id, THE_USUAL).posting].append(user_id)
    for level, user_ids in sorted(by_level.items()):
        raise_level(user_ids, topic_id, level, WatchReason.POSTED)
    after = _watches(author_ids, topic_id)
    raised = [(i, before.get(i), now) for i, now in sorted(after.items()) if before.get(i) != now]
    return {"raised": [[str(i), _plain(was), _plain(now)] for i, was, now in raised]} if raised else {}


@transactional
def take_back(source_id: int, target_id: int, kept: dict[str, Any]) -> None:
    """Undo both, for those for whom nothing has changed since."""
    for user_id, was, now in kept.get("raised", ()):
        row = TopicWatch.user_id == int(user_id), TopicWatch.topic_id == target_id
        level, reason, changed_at = _read(now)
        same = TopicWatch.level == level, TopicWatch.reason == reason, TopicWatch.changed_at == changed_at
        if was is None:
            db.session.execute(delete(TopicWatch).where(*row, *same))
            continue
        level, reason, changed_at = _read(was)
        values = {"level": level, "reason": reason, "changed_at": changed_at}
        db.session.execute(update(TopicWatch).where(*row, *same).values(values))
    for model, name in ((TopicWatch, "watching"), (MailStop, "unmailed")):
        ids = [int(i) for i in kept.get(name, ())]
        if ids:
            copied = model.user_id.in_(ids), _is_as_there(model, source_id)
            db.session.execute(
                delete(model).where(model.topic_id == target_id, *copied),
                execution_options={"synchronize_session": False},
            )


def _copy(
    model: type[TopicWatch | MailStop], source_id: int, target_id: int, *criteria: ColumnElement[bool]
) -> list[int]:
    has = select(model.user_id).where(model.topic_id == target_id)
    of_source = select(*model.__table__.columns).where(
        model.topic_id == source_id, model.user_id.not_in(has), *criteria
    )
    rows = db.session.execute(of_source.order_by(model.user_id)).mappings().all()
    insert_or_ignore(model, [{**row, "topic_id": target_id} for row in rows])
    return [row["user_id"] for row in rows]


def _is_as_there(model: type[TopicWatch | MailStop], topic_id: int) -> ColumnElement[bool]:
    """The criterion for rows that say what the other topic's row of the same person says."""
    there: Any = model.__table__.alias()
    mine: Any = model.__table__
    values = [c.name for c in mine.columns if c.name not in ("user_id", "topic_id")]
    same = and_(*(there.c[name] == mine.c[name] for name in values))
    return (
        select(there.c.user_id)
        .where(there.c.topic_id == topic_id, there.c.user_id == mine.c.user_id, same)
        .correlate(mine)
        .exists()
    )


def _watches(user_ids: Collection[int], topic_id: int) -> dict[int, _Watch]:
    rows = db.session.execute(
        select(TopicWatch.user_id, TopicWatch.level, TopicWatch.reason, TopicWatch.changed_at).where(
            TopicWatch.topic_id == topic_id, TopicWatch.user_id.in_(sorted(user_ids))
        )
    )
    return {row.user_id: (row.level, row.reason, row.changed_at) for row in rows}


def _plain(watch: _Watch | None) -> list[str] | None:
    if watch is None:
        return None
    level, reason, changed_at = watch
    return [str(level), str(reason), changed_at.isoformat()]


def _read(plain: Sequence[str]) -> _Watch:
    level, reason, changed_at = plain
    return WatchLevel(level), WatchReason(reason), datetime.fromisoformat(changed_at)
