"""Two people at once, on PostgreSQL: one holds still inside a transaction until the other waits for a lock."""

import threading
import time
from collections.abc import Callable
from typing import Any

from flask import Flask
from sqlalchemy import create_engine, text

PATIENCE = 10.0


class Race:
    """`first` calls `pause()` somewhere inside its transaction; there it waits until `second` waits for it in the database."""

    def __init__(self, app: Flask, url: str) -> None:
        self.app, self.url = app, url
        self.paused = threading.Event()
        self.outcome: dict[str, Any] = {}

    def run(self, first: Callable[[Callable[[], None]], Any], second: Callable[[], Any]) -> tuple[Any, Any]:
        """What both answered: a value, or the error that was raised."""
        threads = [
            threading.Thread(target=self._do, args=("first", lambda: first(self._pause))),
            threading.Thread(target=self._do, args=("second", lambda: self._after_pause(second))),
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(PATIENCE * 3)
        return self.outcome.get("first"), self.outcome.get("second")

    def _do(self, name: str, act: Callable[[], Any]) -> None:
        with self.app.app_context():
            try:
                self.outcome[name] = act()
            except Exception as error:  # noqa: BLE001 - whatever it is, the test looks at it
                self.outcome[name] = error

    def _after_pause(self, second: Callable[[], Any]) -> Any:
        assert self.paused.wait(PATIENCE)
        return second()

    def _pause(self) -> None:
        self.paused.set()
        engine = create_engine(self.url)
        waiting = text(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        deadline = time.monotonic() + PATIENCE
        with engine.connect() as connection:
            while not connection.scalar(waiting) and time.monotonic() < deadline:
                connection.rollback()
                time.sleep(0.01)
        engine.dispose()
