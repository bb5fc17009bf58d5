"""Rules for the code of the forum, read from its syntax. Every rule is shown to fail on a planted fault."""

from collections.abc import Callable, Iterator

import pytest

from tests.house import detectors
from tests.house.sources import Finding, Module, modules, tell

Detector = Callable[[Module], Iterator[Finding]]
SLICELESS = {"core", "web", "jobs", "mail", "observability", "access", "markup", "cli"}


def everywhere_but(*allowed: str) -> list[Module]:
    """The forum's modules without the files, or the folders (ending in /), where the thing is allowed."""
    return [m for m in modules() if not m.path.startswith(tuple(allowed))]


def found(detector: Detector, sources: list[Module]) -> list[Finding]:
    return [finding for source in sources for finding in detector(source)]


def is_caught(detector: Detector, text: str, path: str = "forum/boards/planted.py") -> bool:
    return bool(list(detector(Module(path, text))))


def test_no_file_is_over_400_lines() -> None:
    assert not (findings := detectors.find_long_files(modules())), tell(findings)


def test_a_long_file_is_caught() -> None:
    assert detectors.find_long_files([Module("forum/long.py", "x = 1\n" * 401)])
    assert not detectors.find_long_files([Module("forum/short.py", "x = 1\n" * 400)])


def test_files_are_named_for_what_they_hold() -> None:
    assert not (findings := detectors.find_empty_names(m.path for m in modules())), tell(findings)


@pytest.mark.parametrize("path", ["forum/boards/utils.py", "forum/helpers/text.py", "forum/web/service.py"])
def test_a_name_that_says_nothing_is_caught(path: str) -> None:
    assert detectors.find_empty_names([path])
    assert not detectors.find_empty_names(["forum/boards/locking.py"])


def test_only_transactions_commit() -> None:
    findings = found(detectors.find_commits, everywhere_but("forum/core/transactions.py"))
    assert not findings, tell(findings)


@pytest.mark.parametrize(
    "text",
    [
        "db.session.commit()",
        "finish = session.commit",
        "with engine.begin() as connection: pass",
        "connection.execute(text('COMMIT;'))",
        "cursor.execute('commit')",
    ],
)
def test_a_commit_elsewhere_is_caught(text: str) -> None:
    assert is_caught(detectors.find_commits, text)


@pytest.mark.parametrize(
    "text", ["commit = 1", "session.begin_nested()", "note('commit to it')", "# x.commit()"]
)
def test_what_only_looks_like_a_commit_passes(text: str) -> None:
    assert not is_caught(detectors.find_commits, text)


def test_only_config_reads_the_environment() -> None:
    findings = found(detectors.find_environment, everywhere_but("forum/config.py"))
    assert not findings, tell(findings)


@pytest.mark.parametrize(
    "text",
    [
        "import os\nos.environ['X']",
        "import os as system\nsystem.getenv('X')",
        "from os import environ\nenviron.get('X')",
        "from os import getenv as g\ng('X')",
        "def f():\n    import os\n    return os.environ",
        "from os import *",
        "from dotenv import load_dotenv\nload_dotenv()",
    ],
)
def test_a_look_at_the_environment_is_caught(text: str) -> None:
    assert is_caught(detectors.find_environment, text)


@pytest.mark.parametrize(
    "text", ["import os\nos.getpid()", "environ = {}\nenviron.get('X')", "request.environ['X']"]
)
def test_another_environ_passes(text: str) -> None:
    assert not is_caught(detectors.find_environment, text)


def test_only_the_clock_tells_the_time() -> None:
    findings = found(detectors.find_wall_clock, everywhere_but("forum/core/clock.py"))
    assert not findings, tell(findings)


@pytest.mark.parametrize(
    "text",
    [
        "from datetime import datetime, UTC\ndatetime.now(UTC)",
        "import datetime as dt\ndt.datetime.utcnow()",
        "from datetime import date\ndate.today()",
        "import time\ntime.time()",
        "from time import time as now\nnow()",
        "from datetime import datetime\nmapped_column(default=datetime.now)",
        "from sqlalchemy import func\nfunc.now()",
        "import sqlalchemy as sa\nsa.func.current_timestamp()",
        "from time import *",
    ],
)
def test_another_clock_is_caught(text: str) -> None:
    assert is_caught(detectors.find_wall_clock, text)


@pytest.mark.parametrize(
    "text",
    [
        "import time\ntime.perf_counter(); time.monotonic(); time.sleep(0)",
        "from datetime import datetime\ndatetime.fromisoformat(text)",
        "from forum.core import clock\nclock.now()",
        "topic.time.time()",
    ],
)
def test_measuring_and_reading_dates_pass(text: str) -> None:
    assert not is_caught(detectors.find_wall_clock, text)


def test_bleach_is_imported_in_one_file() -> None:
    files = {m.path for m in modules() if list(detectors.find_imports_of("bleach", m))}
    has_markup = any(m.path.startswith("forum/markup/") for m in modules())
    assert len(files) <= has_markup, sorted(files)
    assert all(path.startswith("forum/markup/") for path in files), sorted(files)


@pytest.mark.parametrize(
    "text",
    [
        "import bleach",
        "from bleach.sanitizer import Cleaner",
        "def f():\n    import bleach.linkifier as b",
        "import importlib\nimportlib.import_module('bleach')",
    ],
)
def test_another_import_of_bleach_is_caught(text: str) -> None:
    assert is_caught(lambda source: detectors.find_imports_of("bleach", source), text)
    assert not is_caught(lambda source: detectors.find_imports_of("bleach", source), "import bleached")


def test_only_markup_and_web_declare_html_safe() -> None:
    findings = found(detectors.find_handmade_html, everywhere_but("forum/markup/", "forum/web/"))
    assert not findings, tell(findings)


@pytest.mark.parametrize(
    "text", ["from markupsafe import Markup\nMarkup(x)", "import markupsafe as m\nm.Markup(x)"]
)
def test_handmade_html_is_caught(text: str) -> None:
    assert is_caught(detectors.find_handmade_html, text)
    assert not is_caught(detectors.find_handmade_html, "from markupsafe import escape\nescape(x)")


def test_rooms_lean_on_the_rooms_below() -> None:
    findings = found(detectors.find_room_faults, everywhere_but(*(f"forum/{name}/" for name in SLICELESS)))
    assert not findings, tell(findings)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("forum/boards/models.py", "from forum.boards.queries import find_category"),
        ("forum/boards/models.py", "from .actions import lock_topic"),
        ("forum/boards/queries.py", "from forum.boards import actions"),
        ("forum/boards/actions/locking.py", "from forum.boards.routes import boards"),
        ("forum/boards/actions/locking.py", "from ..routes import boards"),
        ("forum/boards/signals.py", "import forum.boards.models"),
        ("forum/boards/routes.py", "from sqlalchemy import select"),
        ("forum/boards/routes/topics.py", "from forum.core.db import db"),
    ],
)
def test_leaning_on_the_wrong_room_is_caught(path: str, text: str) -> None:
    assert is_caught(detectors.find_room_faults, text, path)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("forum/boards/actions/locking.py", "from forum.boards.models import Topic\nfrom . import pinning"),
        ("forum/boards/actions/locking.py", "from forum.boards import queries"),
        ("forum/boards/routes.py", "from forum.boards import actions, queries"),
        (
            "forum/boards/models.py",
            "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from forum.boards import queries",
        ),
        ("forum/boards/models.py", "from forum.accounts.models import User"),
    ],
)
def test_leaning_on_a_room_below_passes(path: str, text: str) -> None:
    assert not is_caught(detectors.find_room_faults, text, path)
