"""Transactions: the only caller of commit(). The outermost block commits; inner ones join it and doom it when they fail."""

import functools
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any, ParamSpec, TypeVar

from flask_babel import gettext as _
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm.exc import ObjectDeletedError

from forum.core import signals, versions
from forum.core.db import WRITES, db
from forum.core.errors import NotFound, Unavailable

P = ParamSpec("P")
R = TypeVar("R")

PATIENCE = 5.0  # seconds a writer waits for its turn before it answers "try again"

# Within one process writers take turns here (cooperatively, under gevent); beside it, other processes are waited for by retry.
_turn = threading.BoundedSemaphore(1)


class DoomedTransaction(RuntimeError):
    """An inner block failed and somebody swallowed its error: nothing may be committed."""


@dataclass
class Transaction:
    """What the running transaction has gathered: the signals to tell when it has been committed."""

    depth: int = 0
    doomed: bool = False
    ends_no_right: bool = False  # changes nothing of what anybody may do
    told: list[signals.Signal] = field(default_factory=list)
    after_commit: list[Callable[[], None]] = field(default_factory=list)


_commits = 0


def commits() -> int:
    """How many transactions of this process have been committed that may have changed what somebody may do."""
    return _commits


def current_transaction() -> Transaction | None:
    found: Transaction | None = db.session().info.get("transaction")
    return found


@contextmanager
def transaction() -> Iterator[Transaction]:
    """Change something. Everything loaded before is read anew inside, so that what is decided on is what is there."""
    running = current_transaction() or _begun_as_one()
    if running is not None:
        with _inner(running):
            yield running
        return
    with _outermost() as running:
        yield running


@contextmanager
def as_one(begin: Callable[[], None]) -> Iterator[None]:
    """Make all transactions of this block one, committed at its end. `begin` runs in it before anything else.

    What is slow may still be done before the first; what is read after the last is read before the commit.
    """
    session = db.session()
    if current_transaction() is not None or "as_one" in session.info:
        raise RuntimeError("as_one() inside a transaction")
    with ExitStack() as stack:
        session.info["as_one"] = (stack, begin)
        try:
            yield
        finally:
            session.info.pop("as_one")


def transactional(function: Callable[P, R]) -> Callable[P, R]:
    @functools.wraps(function)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
        with transaction():
            return function(*args, **kwargs)

    return wrapped


def let_go() -> None:
    """End the read transaction before something slow, so that no connection waits for it. An error while one writes."""
    if current_transaction() is not None:
        raise RuntimeError("something slow inside a transaction")
    db.session.rollback()


def publish(signal: signals.Signal) -> None:
    """Announce what has happened; heard after commit, never of a rollback."""
    running = current_transaction()
    if running is None:
        raise RuntimeError("publish() outside a transaction")
    running.told.append(signal)


def after_commit(call: Callable[[], None]) -> None:
    """Run once the outermost transaction has been committed, before the signals."""
    running = current_transaction()
    if running is None:
        raise RuntimeError("after_commit() outside a transaction")
    running.after_commit.append(call)


def _begun_as_one() -> Transaction | None:
    """The one transaction of a block of `as_one`, begun here."""
    stack, begin = db.session().info.get("as_one", (None, None))
    if stack is None:
        return None
    running: Transaction = stack.enter_context(_outermost())
    with _inner(running):
        begin()
    return running


@contextmanager
def _outermost() -> Iterator[Transaction]:
    session = db.session()
    running = Transaction()
    with _write_turn():
        session.info["transaction"] = running
        try:
            yield running
            if running.doomed:
                raise DoomedTransaction("an inner transaction failed")
            session.flush()
            signals.store_for_later(running.told)
            session.commit()
            if not running.ends_no_right:
                _count_commit()
        except ObjectDeletedError as gone:
            # Read outside, and no longer there inside: whoever asked comes too late.
            session.rollback()
            raise NotFound from gone
        except BaseException:
            session.rollback()
            raise
        finally:
            session.info.pop("transaction", None)
    for call in running.after_commit:
        call()
    signals.tell(running.told, after_failure=session.rollback)


def _count_commit() -> None:
    global _commits
    _commits += 1


@contextmanager
def _inner(running: Transaction) -> Iterator[None]:
    running.depth += 1
    try:
        yield
    except BaseException:
        running.doomed = True
        raise
    finally:
        running.depth -= 1


@contextmanager
def _write_turn() -> Iterator[None]:
    """End the read transaction and begin one that writes; on SQLite one writer at a time."""
    session = db.session()
    if session.new or session.dirty or session.deleted:
        raise RuntimeError("changes were made outside a transaction")
    session.rollback()
    session.expire_all()
    versions.forget()
    if db.engine.dialect.name != "sqlite":
        yield
        return
    deadline = time.monotonic() + PATIENCE
    if not _turn.acquire(timeout=PATIENCE):
        raise Unavailable(
            message=_("Many people are writing at this moment. What you wrote is kept: send it again.")
        )
    try:
        _begin_immediate(session, deadline)
        yield
    finally:
        _turn.release()


def _begin_immediate(session: Any, deadline: float) -> None:
    """BEGIN IMMEDIATE, waiting cooperatively for a writer in another process (SQLite's own wait would stop everybody)."""
    pause = 0.002
    while True:
        try:
            session.connection(execution_options={WRITES: True})
            return
        except OperationalError as error:
            session.rollback()
            if "locked" not in str(error.orig) or time.monotonic() > deadline:
                raise Unavailable(
                    message=_("The database is busy. What you wrote is kept: send it again.")
                ) from error
            time.sleep(pause * (1 + random.random()))  # noqa: S311 - spreads retries, guards nothing
            pause = min(pause * 1.5, 0.05)
