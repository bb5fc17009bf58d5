"""Several processes with PostgreSQL and Redis: what is said in one is heard in all, and a right that ends ends in all."""

import contextlib
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
import sqlalchemy as sa
from flask import Flask
from websockets.sync.client import ClientConnection

from forum.accounts.actions import suspend_user
from forum.accounts.bearers import end_personal_tokens
from forum.accounts.models import Session, User
from forum.accounts.sessions import end_sessions, token_hash
from forum.app import create_app
from forum.core import clock, migrations
from forum.core.db import db
from forum.core.transactions import transaction
from forum.groups.actions import remove_people
from tests.cast import Cast, make_cast
from tests.conftest import make_config, postgresql_url
from tests.elsewhere import needs_programs
from tests.factories import make_post, make_token, make_topic
from tests.serving import Served, serving

pytestmark = [
    needs_programs("redis-server"),
    pytest.mark.skipif(postgresql_url() is None, reason="for whoever runs PostgreSQL: TEST_DATABASE_URL"),
]


class Tab:
    """A line of somebody, and what came on it."""

    def __init__(self, server: Served, cookie: str = "", token: str = "") -> None:
        headers = {"Cookie": f"sid={cookie}"} if cookie else {}
        self._open = contextlib.ExitStack()
        self.socket: ClientConnection = self._open.enter_context(
            server.websocket(origin=server.address, additional_headers=headers)
        )
        self.number = 0
        self.heard: list[tuple[str, Any]] = []
        assert self.socket.recv(timeout=10).startswith("0{")  # type: ignore[arg-type]
        self.socket.send("40" + (orjson.dumps({"token": token}).decode() if token else ""))
        assert self.socket.recv(timeout=10).startswith("40{"), "refused"  # type: ignore[arg-type]

    def close(self) -> None:
        self._open.close()

    def ask(self, event: str, sent: dict[str, Any]) -> dict[str, Any]:
        self.number += 1
        self.socket.send(f"42{self.number}{orjson.dumps([event, sent]).decode()}")
        while True:
            frame = str(self.socket.recv(timeout=10))
            if frame.startswith(f"43{self.number}["):
                told: dict[str, Any] = orjson.loads(frame[frame.index("[") :])[0]
                return told
            self._take(frame)

    def wait_for(self, name: str, seconds: float = 5) -> Any:
        """The payload of the next broadcast of that name."""
        until = time.monotonic() + seconds
        while True:
            for number, (heard, payload) in enumerate(self.heard):
                if heard == name:
                    del self.heard[: number + 1]
                    return payload
            self._take(str(self.socket.recv(timeout=max(0.01, until - time.monotonic()))))

    def listen(self, seconds: float) -> list[str]:
        """The names of what comes within so long, or until the line ends."""
        until = time.monotonic() + seconds
        with contextlib.suppress(TimeoutError, Exception):
            while time.monotonic() < until:
                self._take(str(self.socket.recv(timeout=max(0.01, until - time.monotonic()))))
        names, self.heard = [name for name, _payload in self.heard], []
        return names

    def _take(self, frame: str) -> None:
        if frame == "2":
            self.socket.send("3")
        elif frame.startswith("42["):
            name, payload = orjson.loads(frame[2:])
            self.heard.append((name, payload))


class Stand:
    """Two servers over one database and one Redis, and people."""

    def __init__(self, app: Flask, cast: Cast, servers: list[Served], redis: "Redis") -> None:
        self.app, self.cast, self.servers, self.redis = app, cast, servers, redis
        self.tabs: list[Tab] = []
        self.environ: dict[str, Any] = {}

    def tab_of(self, user: User, server: int) -> Tab:
        cookie = os.urandom(16).hex()
        with self.app.app_context(), transaction():
            now = clock.now()
            db.session.add(
                Session(
                    token_hash=token_hash(cookie),
                    user_id=user.id,
                    created_at=now,
                    used_at=now,
                    proved_at=now,
                    expires_at=now.replace(year=now.year + 1),
                )
            )
        return self.tab(server, cookie=cookie)

    def tab(self, server: int, **how: str) -> Tab:
        self.tabs.append(Tab(self.servers[server], **how))
        return self.tabs[-1]


class Redis:
    """One of our own, to be stopped and started."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.folder = folder
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen(
            ["redis-server", "--port", str(self.port), "--save", "", "--bind", "127.0.0.1"],
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
        )
        until = time.monotonic() + 10
        while time.monotonic() < until:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
                return
            time.sleep(0.02)

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(10)


@pytest.fixture(scope="module")
def stand(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    folder = tmp_path_factory.mktemp("processes")
    base = sa.make_url(str(postgresql_url()))
    name = f"forum_live_{os.getpid()}"
    engine = sa.create_engine(base, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text(f'CREATE DATABASE "{name}"'))
    url = base.set(database=name).render_as_string(hide_password=False)
    redis = Redis(folder)
    try:
        app = create_app(make_config(url, folder, redis_url=redis.url))
        with app.app_context():
            migrations.upgrade()
            with transaction():
                cast = make_cast()
        with (
            serving(url, folder, REDIS_URL=redis.url) as one,
            serving(url, folder, REDIS_URL=redis.url) as two,
        ):
            for server in (one, two):
                until_ready(server, 200)
            stand = Stand(app, cast, [one, two], redis)
            stand.environ = {"database_url": url, "folder": folder, "REDIS_URL": redis.url}
            yield stand
            for tab in stand.tabs:
                tab.close()
            with app.app_context():
                db.engine.dispose()
        assert "Traceback" not in "".join([*one.said, *two.said])
    finally:
        redis.stop()
        with engine.connect() as connection:
            connection.execute(sa.text(f'DROP DATABASE "{name}" WITH (FORCE)'))
        engine.dispose()


def until_ready(server: Served, status: int, seconds: float = 30, fault: str = "") -> None:
    until = time.monotonic() + seconds
    while (found := readiness(server))[0] != status or fault not in found[1]:
        assert time.monotonic() < until, found
        time.sleep(0.1)


def readiness(server: Served) -> tuple[int, str]:
    try:
        answer = urllib.request.urlopen(f"{server.address}/readyz")
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()
    return answer.status, answer.read().decode()


def test_what_is_done_in_one_process_is_heard_in_the_other(stand: Stand) -> None:
    with stand.app.app_context():
        topic = make_topic(stand.cast.lounge, stand.cast.other)
    reader = stand.tab_of(stand.cast.member, 1)
    assert reader.ask("topic:join", {"topic_id": str(topic.id)})["ok"]
    with stand.app.app_context():  # a command, say, beside both
        post = make_post(topic, stand.cast.other)
    assert reader.wait_for("post:new") == {"topic_id": str(topic.id), "number": 2, "id": str(post.id)}


Revoke = Callable[[Stand], None]


def signed_out(stand: Stand) -> None:
    with transaction():
        end_sessions(db.session.get_one(User, stand.cast.grace.id), reason="ended")


def suspended(stand: Stand) -> None:
    staff = db.session.get_one(User, stand.cast.staff.id)
    suspend_user(db.session.get_one(User, stand.cast.moderator.id), reason="Spam.", until=None, actor=staff)


@pytest.mark.parametrize(("who", "revoke"), [("grace", signed_out), ("moderator", suspended)])
def test_whose_sign_in_ends_is_hung_up_on_in_every_process(stand: Stand, who: str, revoke: Revoke) -> None:
    tabs = [stand.tab_of(getattr(stand.cast, who), server) for server in (0, 1)]
    with stand.app.app_context():
        revoke(stand)
    began = time.monotonic()
    for tab in tabs:
        assert tab.wait_for("session:ended", 2)["reason"]
    assert time.monotonic() - began < 2


def test_a_right_that_ends_is_heard_of_no_more_in_the_other_process(stand: Stand) -> None:
    with stand.app.app_context():
        topic = make_topic(stand.cast.closed, stand.cast.insider)
    tab = stand.tab_of(stand.cast.insider, 1)
    assert tab.ask("topic:join", {"topic_id": str(topic.id)})["ok"]
    with stand.app.app_context():
        make_post(topic, stand.cast.insider)
        assert tab.wait_for("post:new")["number"] == 2
        remove_people(stand.cast.closed_group, [db.session.get_one(User, stand.cast.insider.id)])
        from forum.realtime import broadcast, room

        broadcast(room("topic", topic.id), "topic:changed", {"topic_id": str(topic.id)})
    assert tab.listen(1) == []
    assert tab.ask("topic:join", {"topic_id": str(topic.id)})["error"]["code"] == "not_found"


def test_without_redis_a_revocation_is_known_all_the_same_and_with_it_again_all_sync(stand: Stand) -> None:
    """Redis away: the other process finds out by itself within five seconds. Back: whoever stayed is told to sync."""
    with stand.app.app_context():
        token = make_token(stand.cast.other, "read")
    stays = stand.tab_of(stand.cast.staff, 1)
    program = stand.tab(1, token=token)
    stand.redis.stop()
    with stand.app.app_context(), transaction():
        end_personal_tokens(db.session.get_one(User, stand.cast.other.id), reason="revoked")
    began = time.monotonic()
    assert program.wait_for("session:ended", 6) == {"reason": "token_ended"}
    assert time.monotonic() - began < 5.5
    until_ready(stand.servers[1], 503)
    stand.redis.start()
    assert stays.wait_for("server:resync", 10) == {}
    for server in stand.servers:
        until_ready(server, 200)


def test_a_process_that_hears_nothing_says_that_it_is_deaf(stand: Stand) -> None:
    """Redis stands still: it is there, takes connections, and says nothing."""
    stays = stand.tab_of(stand.cast.staff, 0)
    stand.redis.process.send_signal(signal.SIGSTOP)
    try:
        until_ready(stand.servers[0], 503, 20, "live")
    finally:
        stand.redis.process.send_signal(signal.SIGCONT)
    assert stays.wait_for("server:resync", 15) == {}
    until_ready(stand.servers[0], 200)


def test_a_process_that_is_killed_is_started_again_and_all_stop_together(stand: Stand) -> None:
    """Two for the live lines alone, behind one address: whoever is in the other one notices nothing."""
    with stand.app.app_context():
        topic = make_topic(stand.cast.welcome, stand.cast.other)
    with serving(**stand.environ, words=("--only", "live", "--processes", "2")) as served:
        until_ready(served, 200)
        children = children_of(served)
        assert len(children) == 2
        for path, status in (("/", 404), ("/signin", 404), ("/socket.io/?EIO=4&transport=polling", 400)):
            assert status_of(served, path) == status, path
        tabs = [Tab(served) for _ in range(4)]
        for tab in tabs:
            assert tab.ask("topic:join", {"topic_id": str(topic.id)})["ok"]
        os.kill(children[0], signal.SIGKILL)
        until = time.monotonic() + 15
        while len(children_of(served)) < 2 or children_of(served) == children:
            assert time.monotonic() < until
            time.sleep(0.05)
        with stand.app.app_context():
            make_post(topic, stand.cast.other)
        heard = [tab.listen(0.3) for tab in tabs]
        assert [] in heard or ["post:new"] in heard
        assert all(names in ([], ["post:new"]) for names in heard)
        for tab in tabs:
            tab.close()
    assert served.process.returncode == 0
    assert not [pid for pid in children if Path(f"/proc/{pid}").exists()]
    assert "ended with -9" in "".join(served.said)


def test_more_than_one_process_needs_postgresql_and_redis(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/forum.db"
    with pytest.raises(AssertionError, match="more than one process needs PostgreSQL and Redis"):
        serving(url, tmp_path, words=("--processes", "2")).__enter__()


def children_of(served: Served) -> list[int]:
    pid = served.process.pid
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def status_of(served: Served, path: str) -> int:
    try:
        return int(urllib.request.urlopen(served.address + path).status)
    except urllib.error.HTTPError as error:
        return int(error.code)
