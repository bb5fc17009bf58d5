"""What every test stands on: the application on SQLite and on PostgreSQL, a stopped clock, people who can sign in."""

import contextlib
import gc
import os
import shutil
import socket
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from forum.access import viewer as viewer_module
from forum.accounts import last_use, sessions
from forum.accounts.identity import token_hash
from forum.accounts.models import Session, User
from forum.app import create_app
from forum.boards import queries as board_queries
from forum.config import Config
from forum.core import clock, migrations, settings
from forum.core.db import Base, db
from forum.core.transactions import transaction, transactional
from forum.demo import mark as demo_mark
from forum.discussions.queries import shared, tags, topics
from forum.web import fragments, freshness
from tests import images
from tests.cast import Cast, make_cast
from tests.lines import Line, OpenLine
from tests.mailbox import Mailbox
from tests.passwords import PASSWORD

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
KEY = "tests-only-0123456789-abcdefghijklmnop"
ROOT = Path(__file__).parents[1]

os.umask(0o077)  # as the command and the server have it
gc.set_threshold(50_000, 20, 20)  # a tenth of the time went into looking for cycles among what stays


# A busy machine makes generating examples slow; that says nothing of the program.
hypothesis.settings.register_profile(
    "forum", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("forum")


def services_required() -> bool:
    return os.environ.get("REQUIRE_SERVICES") == "1"


def answers(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


def postgresql_url() -> str | None:
    """Where PostgreSQL is: what TEST_DATABASE_URL says, or the standard port of this machine."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        return "postgresql+psycopg://" + given.partition("://")[2]
    return "postgresql+psycopg://root@127.0.0.1/postgres" if answers(5432) else None


def redis_url() -> str | None:
    given = os.environ.get("TEST_REDIS_URL")
    return given or ("redis://127.0.0.1:6379/9" if answers(6379) else None)


def databases() -> list[str]:
    found = ["sqlite"]
    if postgresql_url():
        found.append("postgresql")
    elif services_required():
        raise pytest.UsageError(
            "REQUIRE_SERVICES=1, and PostgreSQL does not answer (TEST_DATABASE_URL, or port 5432)"
        )
    if services_required() and not redis_url():
        raise pytest.UsageError(
            "REQUIRE_SERVICES=1, and Redis does not answer (TEST_REDIS_URL, or port 6379)"
        )
    return found


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "database" in metafunc.fixturenames:
        # `pytest.mark.one_database`: what tests the tests themselves; with a name: what cannot happen on the other.
        once = metafunc.definition.get_closest_marker("one_database")
        wanted = [name for name in databases() if once is None or name in (once.args or ("sqlite",))]
        metafunc.parametrize("database", wanted, scope="session", indirect=True)


@pytest.fixture(scope="session")
def database(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, worker_id: str
) -> Iterator[str]:
    """The address of a database of this worker's own, dropped at the end."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path_factory.mktemp('database')}/forum.db"
        return
    url = sa.make_url(str(postgresql_url()))
    name = f"forum_test_{os.getpid()}_{worker_id}"
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
        connection.execute(sa.text(f'CREATE DATABASE "{name}"'))
    yield url.set(database=name).render_as_string(hide_password=False)
    with engine.connect() as connection:
        connection.execute(sa.text(f'DROP DATABASE "{name}" WITH (FORCE)'))
    engine.dispose()


def make_config(database_url: str, folder: Path, **changes: Any) -> Config:
    config = Config(
        database_url=database_url,
        secret_key=KEY,
        instance_path=folder,
        mail_url=f"file://{folder / 'outbox'}",
        media_url=f"file://{folder / 'media'}",
        rate_limits=False,
        log_level="WARNING",
        testing=True,
    )
    return replace(config, **changes)


@pytest.fixture(scope="session")
def migrated_app(database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The application on a migrated, empty database; shared by the tests of a worker."""
    app = create_app(make_config(database, tmp_path_factory.mktemp("instance")))
    with app.app_context():
        migrations.upgrade()
        if app.extensions["forum_config"].is_sqlite:
            db.engine.dispose()
            path = Path(database.removeprefix("sqlite:///"))
            plain = sqlite3.connect(path)
            plain.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            plain.close()
            shutil.copy(path, path.with_suffix(".empty"))
        sa.event.listen(db.engine, "connect", wait_for_no_disk)
        db.engine.dispose()
    images.watch(app, database)
    yield app
    with app.app_context():
        db.engine.dispose()


def wait_for_no_disk(connection: Any, _record: Any) -> None:
    """What tests write need not outlast a power cut; `pytest.mark.durable` is for those who say that all else does."""
    sqlite = isinstance(connection, sqlite3.Connection)
    connection.execute("PRAGMA synchronous=OFF" if sqlite else "SET synchronous_commit = off")
    connection.commit()


@contextlib.contextmanager
def waiting_for_the_disk(app: Flask) -> Iterator[None]:
    with app.app_context():
        engine = db.engine
    sa.event.remove(engine, "connect", wait_for_no_disk)
    engine.dispose()
    yield
    sa.event.listen(engine, "connect", wait_for_no_disk)
    engine.dispose()


@pytest.fixture
def app(
    request: pytest.FixtureRequest, migrated_app: Flask, database: str, tmp_path: Path
) -> Iterator[Flask]:
    """The application on an empty database, at a stopped clock."""
    durable = request.node.get_closest_marker("durable") is not None
    disk = waiting_for_the_disk(migrated_app) if durable else contextlib.nullcontext()
    with begun_anew(migrated_app, database, tmp_path), disk:
        yield migrated_app


@contextlib.contextmanager
def begun_anew(app: Flask, database: str, folder: Path) -> Iterator[None]:
    """Nothing is kept from before, the clock stands; the database is empty again afterwards."""
    clock.freeze(NOW)
    viewer_module.forget_all()
    settings.forget()
    last_use.forget()
    board_queries.forget()
    shared.forget()
    tags.forget()
    topics._topics.forget()
    sessions._sessions.forget()
    sessions._by_id.forget()
    fragments.forget()
    freshness.forget()
    app.extensions.pop("kept_pages", None)
    app.extensions["forum_live"].forget()
    demo_mark.forget()
    images.begun(database)
    config = app.extensions["forum_config"]
    app.extensions["forum_mail"] = replace(config, mail_url=f"file://{folder / 'outbox'}")
    yield
    clock.freeze(None)
    with app.app_context():
        db.session.remove()
        if config.is_sqlite:
            db.engine.dispose()
            path = Path(database.removeprefix("sqlite:///"))
            for leftover in (path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm")):
                leftover.unlink(missing_ok=True)
            shutil.copy(path.with_suffix(".empty"), path)
        else:
            empty_postgresql()


def empty_postgresql() -> None:
    """Everything in one message: sent one by one, five times as long went into sending."""
    with db.engine.begin() as connection:
        # Past SQLAlchemy: a statement with values would be prepared, and that takes only one at a time.
        connection.connection.cursor().execute(emptying())


@cache
def emptying() -> str:
    names = [table.name for table in reversed(Base.metadata.sorted_tables)]
    return "; ".join(
        (
            "SET LOCAL session_replication_role = replica",
            *(f'DELETE FROM "{name}"' for name in names if name not in {"scopes", "versions"}),
            "DELETE FROM scopes WHERE id > 6",
            "DELETE FROM versions WHERE name NOT IN ('site', 'audit')",
            "UPDATE versions SET value = 0",
        )
    )


@pytest.fixture
def context(app: Flask) -> Iterator[None]:
    """An application context, for tests that call actions and queries themselves (not for test clients)."""
    with app.app_context():
        yield


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A visitor's browser."""
    return app.test_client()


@pytest.fixture
def cast(app: Flask, database: str) -> Cast:
    """The same small company in every test."""
    return images.made_or_put_back(app, database, "cast", transactional(make_cast))


SignIn = Callable[[User], FlaskClient]


@pytest.fixture
def sign_in(app: Flask) -> SignIn:
    """A browser in which somebody is signed in, as the form would leave it."""

    def browser_of(user: User) -> FlaskClient:
        token = f"test-session-{user.id}-{os.urandom(8).hex()}"
        with app.app_context(), transaction():
            now = clock.now()
            db.session.add(
                Session(
                    token_hash=token_hash(token),
                    user_id=user.id,
                    created_at=now,
                    used_at=now,
                    proved_at=now,
                    expires_at=now.replace(year=now.year + 1),
                )
            )
        browser = app.test_client()
        browser.set_cookie(app.extensions["forum_config"].session_cookie, token)
        return browser

    return browser_of


@pytest.fixture
def open_line(app: Flask, sign_in: SignIn) -> OpenLine:
    """A tab on the live line, in a browser of its own in which somebody is signed in; without anybody, a visitor's."""

    def opened(user: User | None = None, **how: Any) -> Line:
        return Line(app, sign_in(user) if user is not None else app.test_client(), **how)

    return opened


@pytest.fixture
def csrf(app: Flask) -> Callable[[FlaskClient], str]:
    """The forgery token for the forms of a browser."""
    from forum.web.csrf import token_for

    def token(browser: FlaskClient) -> str:
        cookie = browser.get_cookie(app.extensions["forum_config"].session_cookie) or browser.get_cookie(
            "visitor"
        )
        if cookie is None:
            browser.set_cookie("visitor", "a-visitor-in-a-test-0123456789")
            return token_for(app, "a-visitor-in-a-test-0123456789")
        return token_for(app, cookie.value)

    return token


@pytest.fixture
def submit(csrf: Callable[[FlaskClient], str]) -> Callable[..., Any]:
    """Send a form as its page would: `submit(browser, "/t/1/lock", reason="…")`."""

    def send(browser: FlaskClient, address: str, **fields: Any) -> Any:
        return browser.post(address, data={"csrf_token": csrf(browser), **fields})

    return send


@pytest.fixture
def count_statements(app: Flask) -> Callable[[], contextlib.AbstractContextManager[list[str]]]:
    """Gather the statements sent to the database: `with count_statements() as sent: …; assert len(sent) <= 5`."""

    @contextlib.contextmanager
    def gather() -> Iterator[list[str]]:
        sent: list[str] = []

        def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            if not statement.startswith(("BEGIN", "SAVEPOINT", "RELEASE")):
                sent.append(statement)

        with app.app_context():
            engine = db.engine
        sa.event.listen(engine, "before_cursor_execute", note)
        try:
            yield sent
        finally:
            sa.event.remove(engine, "before_cursor_execute", note)

    return gather


@pytest.fixture
def set_password(app: Flask) -> Callable[..., None]:
    """Give somebody of the cast a password to sign in with by the form."""
    from forum.accounts.passwords import hash_password

    def give(user: User, password: str = PASSWORD) -> None:
        with app.app_context():
            hashed = hash_password(password)
            with transaction():
                db.session.get_one(User, user.id).password_hash = hashed

    return give


@pytest.fixture
def mailbox(app: Flask) -> Mailbox:
    """What was mailed so far."""
    return Mailbox(app)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """A real Chromium; one for all tests of a worker."""
    from playwright.sync_api import sync_playwright

    path = os.environ.get("CHROMIUM", "/usr/bin/chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"],
        )
        yield browser
        browser.close()
