"""The queue between a request and the worker: what stands in it, and whose it is."""

import json
import pickle
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from redis import Redis

from forum.core.errors import TooManyRequests
from forum.jobs.messages import UnreadableMessage
from forum.jobs.worker import Worker
from forum.web.limits import Limiter
from tests.conftest import redis_url
from tests.elsewhere import needs_redis

RAN: list[str] = []


class Trap:
    """Runs code in whoever reads it as a pickle."""

    def __reduce__(self) -> Any:
        return RAN.append, ("ran",)


@pytest.fixture(params=["file", "redis"])
def worker(request: pytest.FixtureRequest, app: Flask, tmp_path: Path) -> Iterator[Worker]:
    url = needs_redis(redis_url()) if request.param == "redis" else None
    config = replace(app.extensions["forum_config"], instance_path=tmp_path, redis_url=url)
    made = Worker(app, config)
    made.huey.flush()
    yield made
    made.huey.flush()


def test_a_delivery_goes_through_the_queue_as_plain_json(worker: Worker) -> None:
    row_id = 2**62 + 12345
    worker.deliver(row_id)
    (waiting,) = worker.huey.storage.enqueued_items()
    assert json.loads(waiting).keys() == {"id", "name", "row_id"}
    task = worker.huey.dequeue()
    assert task.args == (row_id,)
    assert worker.huey.execute(task) is None, "there is no such row, and that is no fault"
    assert worker.huey.dequeue() is None


@pytest.mark.parametrize(
    "planted",
    [
        pickle.dumps(Trap()),
        b"",
        b"null",
        b"[1]",
        b"{}",
        b'{"id": "x", "name": "deliver", "row_id": "1"}',
        b'{"id": "x", "name": "deliver", "row_id": true}',
        b"[" * 100_000,
    ],
    ids=["pickle", "nothing", "null", "a list", "no fields", "text", "truth", "deep"],
)
def test_what_is_no_message_of_ours_is_refused_and_runs_nothing(worker: Worker, planted: bytes) -> None:
    worker.huey.storage.enqueue(planted)
    with pytest.raises(UnreadableMessage):
        worker.huey.dequeue()
    assert RAN == []


def test_two_installations_on_one_redis_share_neither_queue_nor_limits(app: Flask, tmp_path: Path) -> None:
    url = needs_redis(redis_url())
    config = replace(app.extensions["forum_config"], redis_url=url, rate_limits=True)
    configs = [
        replace(config, database_url=f"sqlite:///{tmp_path}/{name}.db", instance_path=tmp_path / name)
        for name in ("one", "two")
    ]
    first, second = (Worker(app, each) for each in configs)
    limits = [Limiter(each) for each in configs]
    try:
        first.deliver(1)
        assert second.huey.dequeue() is None
        assert first.huey.dequeue().args == (1,)
        for _ in range(3):
            limits[0].hit("reset:address", "somebody")
        limits[1].hit("reset:address", "somebody")
        with pytest.raises(TooManyRequests):
            limits[0].hit("reset:address", "somebody")
    finally:
        connection = Redis.from_url(url)
        for each in configs:
            for key in connection.scan_iter(f"*forum*{each.installation}*"):
                connection.delete(key)
