"""From process to process, through one channel of Redis; without Redis there is one process, and nothing to do.

What is said while Redis is away is lost, and known to be: whoever hears again tells its clients to sync. Nothing that
ends a right depends on it: every process asks the database at each delivery, and looks at all sign-ins by itself.
"""

import logging
import secrets
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any

import orjson

from forum.config import Config

log = logging.getLogger(__name__)

DEAF_SECONDS = 6.0  # without hearing one's own beat
MOST_UNSENT = 5000
SOCKET_SECONDS = 2.0
LONGEST_PAUSE = 1.0

Deliver = Callable[[dict[str, Any]], None]


class Bus:
    """The channel as one process has it."""

    def __init__(self, config: Config, deliver: Deliver, resync: Callable[[], None]) -> None:
        self.url = config.redis_url
        self.channel = f"forum-{config.installation}:live"
        self.name = secrets.token_hex(6)  # of this process
        self._deliver, self._resync = deliver, resync
        self._unsent: deque[dict[str, Any]] = deque()
        self._there = threading.Event()
        self._lost = False
        self._redis: Any = None
        self.heard_at: float | None = None  # one's own beat; None before the first
        self._listens = False

    @property
    def is_deaf(self) -> bool:
        """Whether this process, which should, does not hear what the others say."""
        if not self._listens:
            return False
        return self.heard_at is None or time.monotonic() - self.heard_at > DEAF_SECONDS

    def publish(self, message: dict[str, Any]) -> None:
        """To the other processes, in turn; never waits for Redis in a process that serves, never raises."""
        if self.url is None:
            return
        if len(self._unsent) >= MOST_UNSENT:
            self._unsent.clear()
            self._lost = True
        self._unsent.append(message | {"from": self.name})
        self._there.set()
        if not self._listens:
            self._send_waiting()

    def beat(self) -> None:
        self.publish({"beat": True})

    def start(self, spawn: Callable[..., Any], sleep: Callable[[float], None]) -> None:
        """Listen, and send from a greenlet of its own; in a process that serves."""
        if self.url is None or self._listens:
            return
        self._listens = True
        spawn(self._go_on, self._listen, sleep)
        spawn(self._go_on, self._send, sleep)

    def stop(self) -> None:
        self._listens = False

    def connection(self) -> Any:
        """Redis, for whoever keeps something there. Raises where it does not answer."""
        if self._redis is None:
            from redis import Redis
            from redis.backoff import NoBackoff
            from redis.retry import Retry

            self._redis = Redis.from_url(
                str(self.url),
                socket_timeout=SOCKET_SECONDS,
                socket_connect_timeout=SOCKET_SECONDS,
                retry=Retry(NoBackoff(), 0),
                health_check_interval=0,
            )
        return self._redis

    def _go_on(self, work: Callable[[], None], sleep: Callable[[float], None]) -> None:
        pause = 0.1
        while self._listens:
            began = time.monotonic()
            try:
                work()
            except Exception as error:  # noqa: BLE001 - it is gone on with, whatever it was
                log.warning("live: Redis does not answer: %s", type(error).__name__)
            pause = 0.1 if time.monotonic() - began > 5 else min(pause * 2, LONGEST_PAUSE)
            sleep(pause)

    def _listen(self) -> None:
        pubsub = self.connection().pubsub(ignore_subscribe_messages=False)
        try:
            pubsub.subscribe(self.channel)
            began = time.monotonic()
            while self._listens:
                got = pubsub.get_message(timeout=1.0)
                if time.monotonic() - max(began, self.heard_at or 0) > DEAF_SECONDS:
                    raise TimeoutError("one's own beat does not come back")
                if got is None:
                    continue
                if got["type"] == "subscribe":
                    self.beat()
                    if self.heard_at is not None:
                        self._resync()
                elif got["type"] == "message":
                    self._take(orjson.loads(got["data"]))
        finally:
            pubsub.close()

    def _take(self, message: dict[str, Any]) -> None:
        if message["from"] != self.name:
            if message.get("resync"):
                self._resync()
            elif "beat" not in message:
                self._deliver(message)
        elif "beat" in message:
            was_deaf, self.heard_at = self.heard_at is not None and self.is_deaf, time.monotonic()
            if was_deaf:
                self._resync()

    def _send(self) -> None:
        while self._listens:
            if self._there.wait(1.0):
                self._there.clear()
                self._send_waiting(raises=True)

    def _send_waiting(self, *, raises: bool = False) -> None:
        """All that waits, in one round trip."""
        taken: list[dict[str, Any]] = []
        try:
            if not self._unsent:
                return
            while self._unsent:
                taken.append(self._unsent.popleft())
            if self._lost:
                taken.append({"resync": True, "from": self.name})
            pipeline = self.connection().pipeline(transaction=False)
            for message in taken:
                pipeline.publish(self.channel, orjson.dumps(message))
            pipeline.execute()
            self._lost = False
        except Exception as error:
            self._lost = self._lost or any("beat" not in message for message in taken)
            if raises:
                raise
            log.warning("live: Redis does not answer: %s", type(error).__name__)
