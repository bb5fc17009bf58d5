"""An import beside people who write: nobody's words are lost, nothing is counted wrong, nobody waits for ever."""

import threading
from pathlib import Path

from flask import Flask
from sqlalchemy import func, select

from forum.accounts.models import User
from forum.core.db import db
from forum.core.errors import NotFound, Unavailable
from forum.discussions.actions.writing import reply
from forum.discussions.models import Post, Topic
from tests.cast import Cast
from tests.factories import written
from tests.importers.mailbox_worlds import Mail, check_soundness, import_now, state, write_mbox

THREADS = 15


def test_people_answer_while_threads_grow_together(app: Flask, cast: Cast, tmp_path: Path) -> None:
    late = [Mail(f"a{n}") for n in range(THREADS)]
    answers = [Mail(f"{who}{n}", (f"a{n}",), minute=1) for n in range(THREADS) for who in "bcd"]
    with app.app_context():
        import_now(write_mbox(tmp_path / "1.mbox", answers))
        ids = list(db.session.scalars(select(Topic.id).order_by(Topic.id)))
        db.session.rollback()
    stop = threading.Event()
    given: list[int] = []
    faults: list[Exception] = []

    def answer(person_id: int, offset: int) -> None:
        at = offset
        with app.app_context():
            while not stop.is_set():
                at += 1
                topic = db.session.get(Topic, ids[at * 7 % len(ids)], populate_existing=True)
                if topic is None:
                    continue
                try:
                    given.append(
                        reply(
                            topic,
                            author=db.session.get_one(User, person_id),
                            written=written(f"Answer {at}."),
                        ).id
                    )
                except (NotFound, Unavailable):
                    continue  # gone to another topic meanwhile, or too busy: as a page would say
                except Exception as fault:  # noqa: BLE001 - whatever it is, the test tells
                    faults.append(fault)
                    return

    people = [
        threading.Thread(target=answer, args=(person.id, n))
        for n, person in enumerate((cast.member, cast.other))
    ]
    for person in people:
        person.start()
    with app.app_context():
        report = import_now(write_mbox(tmp_path / "2.mbox", late))
        stop.set()
        for person in people:
            person.join(30)
        assert faults == []
        assert (report.posts, report.skipped) == (THREADS, [])
        kept = db.session.scalar(
            select(func.count()).where(Post.author_id.in_([cast.member.id, cast.other.id]))
        )
        assert kept == len(given) > 0
        found = state()
        assert all(
            found[f"{who}{n}@archive.example"][0] == f"a{n}@archive.example"
            for n in range(THREADS)
            for who in "bcd"
        )
        assert db.session.scalar(select(func.count()).select_from(Topic)) == THREADS
        check_soundness()
