"""Transactions and signals: all or nothing, told after commit, never of a rollback."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from flask import Flask
from sqlalchemy import text

from forum.core import signals, transactions
from forum.core.db import WRITES, db
from forum.core.errors import NotFound, Unavailable
from forum.core.signals import Signal
from forum.core.transactions import DoomedTransaction, after_commit, publish, transaction
from forum.core.versions import Version
from forum.jobs import outbox
from forum.jobs.models import OutboxRow


@dataclass(frozen=True, slots=True)
class Happened(Signal):
    number: int


heard: list[int] = []
heard_later: list[int] = []
trouble: list[Exception] = []


def listen(signal: Happened) -> None:
    heard.append(signal.number)


def listen_later(signal: Happened) -> None:
    if trouble:
        raise trouble.pop()
    heard_later.append(signal.number)


@pytest.fixture(autouse=True)
def listeners(context: None) -> Iterator[None]:
    heard.clear(), heard_later.clear(), trouble.clear()
    signals.listens_to(Happened)(listen)
    signals.listens_to(Happened, later=True)(listen_later)
    yield
    signals._listeners.pop(Happened, None)
    signals._later.pop(Happened, None)


def put(name: str) -> None:
    db.session.add(Version(name=name, value=1))


def names() -> set[str]:
    return set(db.session.scalars(db.select(Version.name))) - {"site", "audit"}


def test_the_outermost_block_commits_and_then_signals_are_told() -> None:
    with transaction():
        put("a")
        with transaction():
            put("b")
            publish(Happened(1))
        assert heard == []
    assert heard == [1]
    assert names() == {"a", "b"}


def test_an_error_takes_everything_back_and_nobody_hears() -> None:
    with pytest.raises(ZeroDivisionError), transaction():
        put("a")
        publish(Happened(1))
        raise ZeroDivisionError
    assert names() == set()
    assert heard == []
    assert db.session.query(OutboxRow).count() == 0


def test_what_is_gone_by_the_time_it_is_changed_is_not_found() -> None:
    with transaction():
        db.session.add(Version(name="passing", value=1))
    found = db.session.get_one(Version, "passing")
    with db.engine.connect() as another:
        another.execute(text("DELETE FROM versions WHERE name = 'passing'"))
        another.commit()
    with pytest.raises(NotFound), transaction():
        found.value += 1


def test_an_inner_block_that_failed_dooms_the_outer_one_even_if_it_was_swallowed() -> None:
    with pytest.raises(DoomedTransaction), transaction():
        put("a")
        try:
            with transaction():
                raise ValueError
        except ValueError:
            pass
    assert names() == set()


def test_publishing_outside_a_transaction_is_an_error() -> None:
    with pytest.raises(RuntimeError):
        publish(Happened(1))
    with pytest.raises(RuntimeError):
        after_commit(lambda: None)


def test_changes_made_outside_a_transaction_are_not_slipped_in() -> None:
    put("stray")
    with pytest.raises(RuntimeError, match="outside a transaction"), transaction():
        pass
    db.session.rollback()


def test_a_listener_that_fails_stops_nobody(caplog: pytest.LogCaptureFixture) -> None:
    def fail(_signal: Happened) -> None:
        raise ValueError("listener")

    signals._listeners[Happened].insert(0, fail)
    with transaction():
        publish(Happened(1))
    assert heard == [1]


def test_a_listener_that_the_database_failed_leaves_it_to_others(caplog: pytest.LogCaptureFixture) -> None:
    def fail(_signal: Happened) -> None:
        db.session.execute(text("SELECT * FROM nowhere"))

    signals._listeners[Happened].insert(0, fail)
    with transaction():
        publish(Happened(1))
    assert "listener failed" in caplog.text
    assert db.session.scalar(text("SELECT 1")) == 1


def test_what_is_told_later_waits_in_the_outbox_until_its_listener_took_it() -> None:
    with transaction():
        publish(Happened(7))
    assert heard_later == []
    assert outbox.sweep() == 1
    assert heard_later == [7]
    assert outbox.sweep() == 0
    assert db.session.query(OutboxRow).count() == 0


def test_a_delivery_that_fails_comes_again_later_and_is_given_up_at_last(app: Flask) -> None:
    from datetime import timedelta

    from forum.core import clock

    trouble.extend(OSError(str(n)) for n in range(3))
    with transaction():
        publish(Happened(7))
    assert outbox.sweep() == 0
    assert outbox.sweep() == 0  # not due yet
    for _ in range(3):
        clock.advance(timedelta(hours=1))
        outbox.sweep()
    assert heard_later == [7]
    trouble.extend(OSError("always") for _ in range(outbox.MOST_ATTEMPTS))
    with transaction():
        publish(Happened(8))
    for _ in range(outbox.MOST_ATTEMPTS + 2):
        clock.advance(timedelta(hours=2))
        outbox.sweep()
    row = db.session.query(OutboxRow).one()
    assert row.due_at is None
    assert "always" in row.error


def test_two_workers_deliver_a_row_once() -> None:
    with transaction():
        publish(Happened(7))
    row_id = db.session.query(OutboxRow.id).scalar()
    db.session.rollback()
    assert outbox.deliver(row_id)
    assert not outbox.deliver(row_id)
    assert heard_later == [7]


def test_a_write_begins_immediately_and_a_writer_that_waits_too_long_is_told_so(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    if db.engine.dialect.name != "sqlite":
        with transaction():
            assert not db.session.connection().get_execution_options().get(WRITES)
        return
    monkeypatch.setattr(transactions, "PATIENCE", 0.3)
    holding, release = threading.Event(), threading.Event()

    def hold() -> None:
        with app.app_context(), transaction():
            holding.set()
            release.wait(5)

    thread = threading.Thread(target=hold)
    thread.start()
    holding.wait(5)
    with pytest.raises(Unavailable), transaction():
        put("late")
    release.set()
    thread.join()
    with transaction():
        put("now")
    assert names() == {"now"}


def test_another_process_that_writes_is_waited_for(app: Flask) -> None:
    if db.engine.dialect.name != "sqlite":
        return
    import sqlite3

    path = str(db.engine.url.database)
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    timer = threading.Timer(0.3, lambda: other.execute("ROLLBACK"))
    timer.start()
    with transaction():
        put("after")
    timer.join()
    other.close()
    assert names() == {"after"}


@pytest.mark.durable
def test_the_database_is_as_durable_as_we_say() -> None:
    if db.engine.dialect.name == "sqlite":
        assert db.session.scalar(text("PRAGMA synchronous")) == 2
        assert db.session.scalar(text("PRAGMA journal_mode")) == "wal"
        assert db.session.scalar(text("PRAGMA foreign_keys")) == 1
    else:
        assert db.session.scalar(text("SHOW synchronous_commit")) == "on"
        assert db.session.scalar(text("SHOW statement_timeout")) == "5s"
