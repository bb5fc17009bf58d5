"""The `forum` command as a process of its own: what it refuses before it begins."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

KEY = "0123456789abcdefghijklmnopqrstuvwxyz"
ROOT = Path(__file__).parents[2]


def forum(folder: Path, *words: str, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "forum.cli.entry", *words],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "SECRET_KEY": KEY, **environ},
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        umask=0o022,
    )


@pytest.mark.parametrize("command", [("serve", "--port", "0"), ("worker",)])
def test_nothing_is_promised_on_a_database_that_was_not_made_ready(
    tmp_path: Path, command: tuple[str, ...]
) -> None:
    result = forum(tmp_path, *command)
    assert result.returncode == 1
    assert result.stdout == ""
    assert result.stderr == "Error: the database is not up to date; run first: forum db upgrade\n"


def test_what_is_written_is_readable_by_its_owner_alone(tmp_path: Path) -> None:
    assert forum(tmp_path, "db", "upgrade", SECRET_KEY="").returncode == 0
    asked = """
import wsgi
from forum.accounts.actions import request_reset
from forum.jobs.worker import worker_of
from forum.mail.sending import compose, send
with wsgi.app.app_context(), wsgi.app.test_request_context():
    worker_of(wsgi.app)
    request_reset("nobody@example.org")
    send(compose("mina@example.org", "Hello", "exists", message_id="1", name="Mina", link="/"))
"""
    subprocess.run(
        [sys.executable, "-c", asked],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)},
        cwd=tmp_path,
        check=True,
        timeout=120,
        umask=0o022,
    )
    written = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "instance").rglob("*")}
    assert {"forum.db", "jobs.db", "secret_key", "outbox"} <= written.keys()
    assert any(name.endswith(".eml") for name in written)
    assert stat.S_IMODE((tmp_path / "instance").stat().st_mode) == 0o700
    assert {name: oct(mode) for name, mode in written.items() if mode & 0o077} == {}


def test_faults_of_the_configuration_are_told_a_line_each(tmp_path: Path) -> None:
    result = forum(tmp_path, "serve", DATABASE_URL="sqlite:////nonexistent/x.db", REDIS_URL="redis://[x")
    assert result.returncode == 1
    lines = result.stderr.splitlines()
    assert [line.split()[:2] for line in lines] == [
        ["configuration:", "DATABASE_URL"],
        ["configuration:", "REDIS_URL"],
    ]


def test_debugging_is_refused_in_production_however_it_is_asked_for(tmp_path: Path) -> None:
    production = {"FORUM_ENV": "production", "SITE_URL": "https://forum.example.org"}
    for words, more in ((("--debug", "doctor"), {}), (("doctor",), {"FLASK_DEBUG": "1"})):
        result = forum(tmp_path, *words, **production, **more)
        assert result.returncode == 1
        assert "configuration: FLASK_DEBUG and --debug are refused in production" in result.stderr
        assert "Traceback" not in result.stderr
