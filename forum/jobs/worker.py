"""Huey behind the outbox: a file beside the database, or Redis. Runs inside `serve`, or by itself as `forum worker`."""

import logging
from typing import Any

from flask import Flask

from forum.config import Config
from forum.core import signals
from forum.jobs import outbox, schedules

log = logging.getLogger(__name__)

SWEEP_SECONDS = 15


class Worker:
    """The queue of one application and, once started, its consumer."""

    def __init__(self, app: Flask, config: Config) -> None:
        from huey import RedisHuey, SqliteHuey  # half a second: not before somebody queues or works

        from forum.jobs.messages import DeliverySerializer

        self.app = app
        queue = f"forum-{config.installation}"  # others may share this Redis
        how: dict[str, Any] = {"results": False, "serializer": DeliverySerializer()}
        if config.redis_url:
            self.huey: Any = RedisHuey(queue, url=config.redis_url, **how)
        else:
            config.instance_path.mkdir(parents=True, exist_ok=True)
            self.huey = SqliteHuey(queue, filename=str(config.instance_path / "jobs.db"), fsync=False, **how)
        self.consumer: Any = None
        self.deliver = self.huey.task(name="deliver")(self._deliver)

    def _deliver(self, row_id: int) -> None:
        with self.app.app_context():
            outbox.deliver(row_id)

    def tend(self) -> None:
        """Deliver what was left behind, and do what is due by schedule."""
        with self.app.app_context():
            outbox.sweep()
            schedules.run_due()

    def start(self, workers: int = 2) -> None:
        """Begin to work in this process (greenlets under gevent, threads without)."""
        self.consumer = self.huey.create_consumer(
            workers=workers, periodic=False, initial_delay=0.05, backoff=1.3, max_delay=1.0
        )
        self.consumer._set_signal_handlers = lambda: None  # the server has its own
        self.consumer.start()

    def stop(self) -> None:
        if self.consumer is not None:
            self.consumer.stop(graceful=True)
            self.consumer = None


def init_jobs(app: Flask, config: Config) -> None:
    signals.use_outbox(outbox.store)
    if not config.testing:
        outbox.use_queue(lambda row_id: worker_of(app).deliver(row_id))


def worker_of(app: Flask) -> Worker:
    """The worker of an application, made when it is first needed."""
    if "forum_worker" not in app.extensions:
        app.extensions["forum_worker"] = Worker(app, app.extensions["forum_config"])
    worker: Worker = app.extensions["forum_worker"]
    return worker
