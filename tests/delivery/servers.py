"""What the proof runs against: `forum serve` as people run it, a database of its own, a Redis of its own. All can be killed."""

import contextlib
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa

from forum.app import create_app
from forum.core import migrations
from forum.core.db import db
from tests.conftest import KEY, make_config, postgresql_url
from tests.delivery.checker import Stored
from tests.delivery.history import History
from tests.factories import make_token, make_user

ROOT = Path(__file__).parents[2]
PATIENCE = 30.0
ROWS = sa.text(
    "SELECT m.conversation_id, m.seq, m.rev, m.id, u.username, m.client_id, m.body"
    " FROM messages m JOIN users u ON u.id = m.author_id WHERE m.conversation_id = :conversation ORDER BY m.seq"
)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class World:
    """People with a token each, and one conversation that they share."""

    url: str
    folder: Path
    tokens: dict[str, str]
    conversation: str = ""

    def stored(self) -> list[Stored]:
        """The rows of the conversation, read past the program."""
        engine = sa.create_engine(self.url)
        with engine.connect() as connection:
            rows = connection.execute(ROWS, {"conversation": int(self.conversation)}).all()
        engine.dispose()
        return [
            Stored(
                str(r.conversation_id), r.seq, r.rev, str(r.id), r.username, r.client_id or "", r.body or ""
            )
            for r in rows
        ]

    def begin(self, address: str, history: History) -> None:
        """Have the first of them begin the conversation with the others, through the door for programs."""
        first, *others = self.tokens
        given = {
            "participants": others,
            "name": "All of us",
            "client_id": "the-first",
            "body": "Are all here?",
        }
        self.conversation = call("POST", f"{address}/api/v1/conversations", self.tokens[first], given)["id"]
        history.note(f"{first}/door", "sent", self.conversation, client_id="the-first", body="Are all here?")


def call(method: str, address: str, token: str, given: object = None) -> dict[str, str]:
    request = urllib.request.Request(
        address,
        method=method,
        data=json.dumps(given).encode() if given is not None else None,
        headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
        found: dict[str, str] = json.load(answer)
        return found


@contextlib.contextmanager
def world(kind: str, folder: Path, people: int) -> Iterator[World]:
    """A new database of that kind with so many members, dropped afterwards."""
    with _database(kind, folder) as url:
        app = create_app(make_config(url, folder))
        tokens = {}
        with app.app_context():
            migrations.upgrade()
            for number in range(people):
                user = make_user(f"sender{number:03}")
                tokens[user.username] = make_token(user, "read", "write", "messages")
            db.session.remove()
            db.engine.dispose()
        yield World(url, folder, tokens)


@contextlib.contextmanager
def _database(kind: str, folder: Path) -> Iterator[str]:
    if kind == "sqlite":
        yield f"sqlite:///{folder}/forum.db"
        return
    where = sa.make_url(str(postgresql_url()))
    name = f"forum_delivery_{os.getpid()}_{folder.name.replace('-', '_')}"[:60]
    engine = sa.create_engine(where, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        connection.exec_driver_sql(f'CREATE DATABASE "{name}"')
    try:
        yield where.set(database=name).render_as_string(hide_password=False)
    finally:
        with engine.connect() as connection:
            connection.exec_driver_sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        engine.dispose()


def end_backends(url: str) -> int:
    """Terminate every connection to the database, as an administrator would. Answers how many."""
    where = sa.make_url(url)
    engine = sa.create_engine(where.set(database="postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        ended = connection.execute(
            sa.text("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = :name"),
            {"name": where.database},
        ).scalar_one()
    engine.dispose()
    return int(ended)


@dataclass
class Forum:
    """`forum serve`, killed and started again on the same port."""

    world: World
    redis_url: str = ""
    options: Sequence[str] = ()
    port: int = field(default_factory=free_port)
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> Path:
        return self.world.folder / f"server-{self.port}.log"

    def start(self) -> float:
        """Start it, and wait for its first answer. Answers after how many seconds that came."""
        kept = {
            k: v for k, v in os.environ.items() if not k.startswith(("FORUM_", "SITE_", "MAIL_", "MEDIA_"))
        }
        kept.pop("REDIS_URL", None)
        around = {
            **kept,
            "DATABASE_URL": self.world.url,
            "INSTANCE_PATH": str(self.world.folder),
            "SECRET_KEY": KEY,
            "RATE_LIMITS": "off",
            "LOG_LEVEL": "WARNING",
            "PYTHONPATH": str(ROOT),
            **({"REDIS_URL": self.redis_url} if self.redis_url else {}),
        }
        begun = time.monotonic()
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "forum.cli.entry", "serve", "--port", str(self.port), *self.options],
                env=around,
                cwd=self.world.folder,
                stdout=log,
                stderr=log,
            )
        while time.monotonic() < begun + PATIENCE:
            if self.process.poll() is not None:
                break
            line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)
            with contextlib.closing(line), contextlib.suppress(OSError, http.client.HTTPException):
                line.request("GET", "/readyz")
                if line.getresponse().status == 200:
                    return time.monotonic() - begun
            time.sleep(0.02)
        raise AssertionError(f"no answer: {self.log.read_text()[-2000:]}")

    def kill(self) -> None:
        """SIGKILL: no time for a last word."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        assert self.process is not None
        self.process.terminate()
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.kill()

    def memory(self) -> float:
        """Resident megabytes."""
        assert self.process is not None
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS"):
                return int(line.split()[1]) / 1024
        return 0.0

    def tracebacks(self) -> int:
        return self.log.read_text().count("Traceback")


class Redis:
    """A Redis of its own: stopped, flushed and stalled without anybody else noticing."""

    def __init__(self) -> None:
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None

    @staticmethod
    def is_here() -> bool:
        return shutil.which("redis-server") is not None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        self.process = subprocess.Popen(
            [
                "redis-server",
                "--port",
                str(self.port),
                "--bind",
                "127.0.0.1",
                "--save",
                "",
                "--appendonly",
                "no",
            ],
            stdout=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1) as line:
                line.sendall(b"PING\r\n")
                if line.recv(16).startswith(b"+PONG"):
                    return
            time.sleep(0.02)
        raise AssertionError("Redis does not answer")

    def stop(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGCONT)
        self.process.kill()
        self.process.wait()

    def stall(self) -> None:
        """It takes connections and answers nothing."""
        assert self.process is not None
        self.process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGCONT)

    def flush(self) -> None:
        with socket.create_connection(("127.0.0.1", self.port), 5) as line:
            line.sendall(b"FLUSHALL\r\n")
            line.recv(16)
