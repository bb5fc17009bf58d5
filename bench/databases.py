"""Databases of the benchmark's own: made once as a template, copied for each run."""

import hashlib
import json
import os
import shutil
import socket
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

ROOT = Path(__file__).resolve().parents[1]
RAW = ROOT / "bench" / "raw"
OLDEST = timedelta(days=7)  # sessions of the template expire
FORUM = Path(sys.executable).with_name("forum")


SETTINGS = {"RATE_LIMITS": "off", "LOG_LEVEL": "INFO"}


def settings() -> str:
    """In a line, what the servers ran with that says something about their figures."""
    told = [f"{name}={value}" for name, value in SETTINGS.items()]
    told.append("Redis" if os.environ.get("REDIS_URL") else "no Redis")
    return f"forum serve, one process on gevent, {', '.join(told)}; wrk -t2 -c16"


def environment(url: str, folder: Path) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("FORUM_", "SITE_", "MAIL_", "MEDIA_"))}
    return {
        **kept,
        "DATABASE_URL": url,
        "INSTANCE_PATH": str(folder),
        "SECRET_KEY": "only-for-the-benchmark-0123456789abcdef",
        **SETTINGS,
        "PYTHONPATH": str(ROOT),
    }


def postgresql_url() -> sa.URL | None:
    """Where PostgreSQL is, as for the tests."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        return sa.make_url("postgresql+psycopg://" + given.partition("://")[2])
    try:
        socket.create_connection(("127.0.0.1", 5432), timeout=1).close()
    except OSError:
        return None
    return sa.make_url("postgresql+psycopg://root@127.0.0.1/postgres")


class Sqlite:
    """A template is a file."""

    name = "sqlite"

    def address(self, name: str) -> str:
        return f"sqlite:///{RAW / name}.db"

    def exists(self, name: str) -> bool:
        return (RAW / f"{name}.db").exists()

    def create(self, name: str) -> None:
        self.drop(name)

    def drop(self, name: str) -> None:
        for ending in ("", "-wal", "-shm"):
            (RAW / f"{name}.db{ending}").unlink(missing_ok=True)

    def settle(self, name: str) -> None:
        """Everything into the one file, so that it can be copied."""
        import sqlite3

        plain = sqlite3.connect(RAW / f"{name}.db")
        plain.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        plain.close()

    def copy(self, template: str, name: str) -> None:
        self.drop(name)
        shutil.copy(RAW / f"{template}.db", RAW / f"{name}.db")

    def all(self) -> list[str]:
        return [path.stem for path in RAW.glob("*.db")]


class Postgresql:
    """A template is a database. Names carry a mark of this checkout, so that several leave each other's alone."""

    name = "postgresql"

    def __init__(self, url: sa.URL) -> None:
        self.url = url
        self.engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
        self.mark = "forum_bench_" + hashlib.blake2s(str(ROOT).encode(), digest_size=4).hexdigest()

    def address(self, name: str) -> str:
        return self.url.set(database=self._full(name)).render_as_string(hide_password=False)

    def exists(self, name: str) -> bool:
        return name in self.all()

    def create(self, name: str) -> None:
        self.drop(name)
        self._run(f'CREATE DATABASE "{self._full(name)}"')

    def drop(self, name: str) -> None:
        self._run(f'DROP DATABASE IF EXISTS "{self._full(name)}" WITH (FORCE)')

    def settle(self, name: str) -> None:
        """What autovacuum would have done by the time anybody reads."""
        engine = sa.create_engine(self.address(name), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")
            connection.exec_driver_sql("CHECKPOINT")
        engine.dispose()

    def copy(self, template: str, name: str) -> None:
        self.drop(name)
        self._run(f'CREATE DATABASE "{self._full(name)}" TEMPLATE "{self._full(template)}"')

    def all(self) -> list[str]:
        with self.engine.connect() as connection:
            rows = connection.execute(
                sa.text("SELECT datname FROM pg_database WHERE datname LIKE :mark"), {"mark": self.mark + "%"}
            )
            return [row[0].removeprefix(self.mark + "_") for row in rows]

    def _full(self, name: str) -> str:
        return f"{self.mark}_{name}"

    def _run(self, statement: str) -> None:
        with self.engine.connect() as connection:
            connection.exec_driver_sql(statement)


Backend = Sqlite | Postgresql


def template(backend: Backend, posts: int, say: Any) -> tuple[str, dict[str, Any]]:
    """The name of a database that holds the data, made now if there is none, and the facts about it."""
    name = f"tpl_{posts}_{_digest()}"
    notes = RAW / f"{backend.name}-{name}.json"
    if backend.exists(name) and notes.exists():
        facts = json.loads(notes.read_text())
        if datetime.now(UTC) - datetime.fromisoformat(facts["made_at"]) < OLDEST:
            return name, facts
    for old in backend.all():
        if old.startswith(f"tpl_{posts}_"):
            backend.drop(old)
    RAW.mkdir(parents=True, exist_ok=True)
    backend.create(name)
    around = environment(backend.address(name), RAW)
    run = {"env": around, "cwd": ROOT, "check": True, "capture_output": True, "text": True}
    subprocess.run([FORUM, "db", "upgrade"], **run)
    topics = 2000 if posts <= 35_000 else posts // 10
    made = subprocess.run([FORUM, "bench", "dataset", "--posts", str(posts), "--topics", str(topics)], **run)
    told = next(line for line in made.stdout.splitlines() if "written in" in line)
    say(f"{backend.name}: {told}")
    facts = json.loads(subprocess.run([sys.executable, "-m", "bench.inside", "prepare"], **run).stdout)
    facts["loading"] = told
    backend.settle(name)
    notes.write_text(json.dumps(facts))
    return name, facts


def _digest() -> str:
    """Changes with anything that the data are made by."""
    files = [
        *ROOT.glob("migrations/versions/*.py"),
        *ROOT.glob("forum/cli/dataset/*.py"),
        Path(__file__).with_name("inside.py"),
    ]
    together = b"".join(path.read_bytes() for path in sorted(files))
    return hashlib.blake2s(together, digest_size=5).hexdigest()
