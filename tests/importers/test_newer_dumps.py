"""A newer dump of the same site: what was edited, closed, deleted or accepted there since comes over; what was changed here stays."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from forum.access.models import RoleName
from forum.core import clock
from forum.core.db import db
from forum.core.transactions import transaction
from forum.discussions import counting
from forum.discussions.actions.tagging import TagPlan, create_tag, delete_tag, merge_tag, put_tag_ids
from forum.discussions.models import Revision, TopicEvent
from forum.discussions.queries.tags import vocabulary
from forum.importers.models import ImportedMessage
from forum.importers.report import Report
from forum.importers.stackexchange import renewing
from forum.importers.stackexchange.importing import import_stackexchange
from tests.factories import grant, make_user
from tests.importers.dumps import answer, comment, history, import_dump, question, write
from tests.importers.test_importing_stackexchange import post_named, topic_of

LATER = "2016-03-01T10:{:02}:00.000"


def first(folder: Path) -> Path:
    return write(
        folder,
        Posts=[
            question(1),
            answer(2, 1, 5),
            answer(3, 1, 6),
            question(10, AcceptedAnswerId=11),
            answer(11, 10),
            answer(12, 10, 4),
            question(20),
            answer(21, 20),
        ],
        Comments=[comment(1, 2, 7)],
        PostHistory=[history(1, 2, 2, 5, "Answer 2.")],
    )


def later(folder: Path) -> Path:
    edit = {"LastEditDate": LATER.format(0), "LastEditorUserId": 3}
    return write(
        folder,
        Posts=[
            question(
                1,
                Body="<p>Better.</p>",
                Title="Better",
                AcceptedAnswerId=2,
                ClosedDate=LATER.format(9),
                **edit,
            ),
            answer(2, 1, 5, Body="<p>Answer 2, better.</p>", **edit),
            answer(3, 1, 6, Body="<p>Answer 3, better.</p>", **edit),
            question(10, AcceptedAnswerId=13, ClosedDate=LATER.format(9)),
            answer(11, 10),
            answer(12, 10, 4, DeletionDate=LATER.format(9)),
            answer(13, 10, 8),
            question(20, DeletionDate=LATER.format(9)),
            answer(21, 20),
        ],
        Comments=[comment(1, 2, 7, "A comment, better.")],
        PostHistory=[
            history(1, 2, 2, 5, "Answer 2."),
            history(2, 5, 2, 50, "Answer 2, better.", UserId=3, Comment="Clearer."),
        ],
    )


def state() -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in (
        "question 1",
        "answer 2",
        "answer 3",
        "question 10",
        "answer 12",
        "question 20",
        "comment 1",
    ):
        post = post_named(name)
        found[name] = (post.body, post.edited_at, post.deleted_at, post.version)
    for name in ("question 1", "question 10", "question 20"):
        topic = topic_of(name)
        found[f"topic of {name}"] = (
            topic.title,
            topic.locked_at,
            topic.deleted_at,
            topic.answer_id,
            topic.post_count,
        )
    found["revisions"] = db.session.scalar(select(func.count()).select_from(Revision))
    found["events"] = db.session.scalar(select(func.count()).select_from(TopicEvent))
    return found


def both(folder: Path) -> Report:
    """A dry run, and then in earnest: they say the same."""
    before = state()
    foretold = import_dump(folder, dry_run=True)
    assert state() == before
    report = import_dump(folder)
    assert report.as_json() == foretold.as_json()
    assert counting.counted() == counting.stored()
    return report


@pytest.mark.usefixtures("context")
def test_what_changed_there_comes_over_and_what_changed_here_stays(tmp_path: Path) -> None:
    import_dump(first(tmp_path / "d"))
    assert import_dump(tmp_path / "d").as_json()["created"]["posts"] == 0
    with transaction():
        here = post_named("answer 3")
        here.body, here.version = "Written here.", here.version + 1
        locked = topic_of("question 10")
        locked.locked_at, locked.locked_by_id = clock.now(), locked.author_id
    locked_at = topic_of("question 10").locked_at
    report = both(later(tmp_path / "d"))
    assert report.renewed == {"edits": 3, "closings": 1, "deletions": 2, "answers": 2}
    assert report.posts == 1
    assert "Edits taken over" in report.as_table()
    assert [post_named(name).body for name in ("question 1", "answer 2", "answer 3", "comment 1")] == [
        "Better.",
        "Answer 2, better.",
        "Written here.",
        "A comment, better.",
    ]
    one, ten, twenty = (topic_of(f"question {number}") for number in (1, 10, 20))
    assert (one.title, one.slug, one.answer_id) == ("Better", "better", post_named("answer 2").id)
    assert one.locked_at is not None
    assert (ten.locked_at, ten.answer_id) == (locked_at, post_named("answer 13").id)
    assert post_named("answer 12").deleted_at is not None
    assert (ten.post_count, twenty.deleted_at is not None) == (3, True)
    kept = select(Revision.body, Revision.reason).where(Revision.post_id == post_named("answer 2").id)
    assert [tuple(row) for row in db.session.execute(kept)] == [("Answer 2.", "Clearer.")]
    kept = select(Revision.body, Revision.title).where(Revision.post_id == post_named("question 1").id)
    assert [tuple(row) for row in db.session.execute(kept)] == [("Question 1.", "Title 1")]
    events = select(TopicEvent.kind).where(TopicEvent.topic_id == one.id)
    assert list(db.session.scalars(events)) == ["locked"]

    after = state()
    assert both(tmp_path / "d").renewed == {}
    assert state() == after

    back = both(first(tmp_path / "d"))  # all of it undone there
    assert back.renewed == {"edits": 3, "closings": 1, "deletions": 2, "answers": 2}
    one = topic_of("question 1")
    assert (one.title, one.locked_at, one.answer_id) == ("Title 1", None, None)
    assert (topic_of("question 20").deleted_at, post_named("answer 12").deleted_at) == (None, None)
    assert post_named("answer 3").body == "Written here."
    assert topic_of("question 10").locked_at == locked_at


@pytest.mark.usefixtures("context")
def test_what_was_interrupted_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import_dump(first(tmp_path / "d"))
    later(tmp_path / "d")
    monkeypatch.setattr(renewing, "LOT", 2)
    before, rounds = renewing._take_over, []

    def stops(*work: Any) -> Any:
        if len(rounds) == 2:
            raise KeyboardInterrupt
        rounds.append(work)
        return before(*work)

    with monkeypatch.context() as patch:
        patch.setattr(renewing, "_take_over", stops)
        report, interrupted = renewing_run(tmp_path / "d")
    assert interrupted
    rest = import_dump(tmp_path / "d")
    assert Counter(report.renewed) + Counter(rest.renewed) == {
        "edits": 4,
        "closings": 2,
        "deletions": 2,
        "answers": 2,
    }
    assert counting.counted() == counting.stored()


def renewing_run(folder: Path) -> tuple[Report, bool]:
    return import_stackexchange(folder, category_slug="archive", processes=0)


@pytest.mark.usefixtures("context")
def test_tags_scores_and_views_come_over_where_nothing_was_changed_here(tmp_path: Path) -> None:
    def dump(**more: Any) -> None:
        posts = [
            question(1, Tags=more.get("tags", "<soil><rain>"), ViewCount=more.get("views", 40)),
            answer(2, 1, Score=more.get("score", 5)),
            question(10, Tags=more.get("tags", "<soil><rain>")),
            question(20, Tags=more.get("tags", "<soil><rain>")),
        ]
        write(tmp_path / "d", Posts=posts, Comments=[comment(1, 2, Score=more.get("score", 0))])

    def told() -> list[Any]:
        topics = [topic_of(f"question {number}") for number in (1, 10, 20)]
        db.session.rollback()
        names = [[tag.name for tag in vocabulary().of(topic.tag_ids)] for topic in topics]
        return [*names, topics[0].view_count, post_named("answer 2").score, post_named("comment 1").score]

    dump()
    import_dump(tmp_path / "d")
    staff = make_user("stella", name="Stella")
    grant(staff, RoleName.STAFF)
    with transaction():
        topic_of("question 1").view_count += 7  # of people here
        put_tag_ids(topic_of("question 10"), [vocabulary().by_key["soil"].id])
    merge_tag(vocabulary().by_key["rain"].id, create_tag(TagPlan("Water"), actor=None).id, actor=staff)
    assert told() == [["soil", "Water"], ["soil"], ["soil", "Water"], 47, 5, 0]

    dump(tags="<rain><wind><soil>", views=60, score=-2)
    foretold = import_dump(tmp_path / "d", dry_run=True).as_json()
    report = import_dump(tmp_path / "d")
    assert report.as_json() == foretold
    assert report.renewed == {"tags": 2, "scores": 2, "views": 1}
    assert (report.more["tags"], counting.counted() == counting.stored()) == (1, True)
    wanted = ["Water", "wind", "soil"]
    assert told() == [wanted, ["soil"], wanted, 67, -2, -2]
    assert import_dump(tmp_path / "d").renewed == {}

    delete_tag(vocabulary().by_key["wind"].id, actor=staff)
    dump(tags="<wind><soil>", views=10, score=None)
    assert import_dump(tmp_path / "d").renewed == {"tags": 2, "scores": 2, "views": 1}
    assert told() == [["soil"], ["soil"], ["soil"], 17, None, None]
    assert "wind" not in vocabulary().by_key

    with transaction():  # as an import kept it that was not yet told of them
        for row in db.session.scalars(select(ImportedMessage)):
            known = json.loads(row.told or "{}")
            row.told = json.dumps({key: known[key] for key in known if key not in {"tags", "views", "score"}})
    dump(tags="<rain>", views=90, score=9)
    assert import_dump(tmp_path / "d").renewed == {"scores": 2, "views": 1}
    assert told() == [["soil"], ["soil"], ["soil"], 90, 9, 9]
    assert counting.counted() == counting.stored()
