"""The command as people run it: interrupted, killed, and run again until it is done."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from forum.core.db import db
from forum.importers.models import ImportedMessage
from tests.conftest import KEY
from tests.importers.mailbox_worlds import Mail, check_soundness, random_archive, state, write_mbox

SIZE = 500


def begin(database: str, *arguments: str | Path) -> "subprocess.Popen[str]":
    environment = {**os.environ, "DATABASE_URL": database, "SECRET_KEY": KEY, "LOG_LEVEL": "ERROR"}
    command = [
        sys.executable,
        "-m",
        "forum.cli.entry",
        "import",
        "mbox",
        *map(str, arguments),
        "--category",
        "archive",
        "--json",
    ]
    return subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def stored() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(ImportedMessage)) or 0


def wait_for(count: int, process: "subprocess.Popen[str]") -> None:
    until = time.monotonic() + 90
    while stored() < count:
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < until
        time.sleep(0.02)


def children_of(pid: int) -> list[int]:
    found = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=False
    )
    return [int(line) for line in found.stdout.split()]


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_stopped_half_way_it_goes_on_and_completes(app: Flask, database: str, tmp_path: Path) -> None:
    """Killed on SQLite, interrupted from the keyboard on PostgreSQL: each is as good as the other on both."""
    mails = [
        *random_archive(3, 60),
        *(Mail(f"n{n}", (f"n{n - 1}",) if n % 9 else (), minute=n) for n in range(SIZE)),
    ]
    path = write_mbox(tmp_path / "a.mbox", mails)
    with app.app_context():
        process = begin(database, path)
        wait_for(1, process)
        workers = children_of(process.pid)
        if app.extensions["forum_config"].is_sqlite:
            process.kill()
            process.communicate(timeout=60)
        else:
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=60)
            assert process.returncode == 130, err
            assert "it goes on" in err
            assert json.loads(out)["created"]["posts"] == stored()
        until = time.monotonic() + 30
        while any(map(is_alive, workers)) and time.monotonic() < until:
            time.sleep(0.1)
        assert not any(map(is_alive, workers))
        before = stored()
        assert 0 < before < SIZE
        check_soundness()

        out, err = begin(database, path).communicate(timeout=180)
        report = json.loads(out)
        assert report["created"]["posts"] == SIZE + 60 - before, err
        assert report["skipped"] == []
        check_soundness()
        found = state()
        assert len(found) == SIZE + 60
        for n in range(SIZE):
            assert found[f"n{n}@archive.example"][0] == (f"n{n - 1}@archive.example" if n % 9 else None)


@pytest.mark.one_database
@pytest.mark.parametrize("with_workers", [False, True])
def test_sigterm_stops_it_between_two_batches_in_good_order(
    app: Flask, database: str, tmp_path: Path, with_workers: bool
) -> None:
    """Also where the processes that render are told to end with it, as a supervisor does."""
    path = write_mbox(tmp_path / "a.mbox", [Mail(f"n{n}", minute=n) for n in range(2 * SIZE)])
    with app.app_context():
        process = begin(database, path)
        wait_for(1, process)
        for worker in children_of(process.pid) if with_workers else []:
            for below in (*children_of(worker), worker):
                os.kill(below, signal.SIGTERM)
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=120)
        assert process.returncode == 128 + signal.SIGTERM, err
        assert "it goes on" in err
        assert "leaked" not in err
        assert "Traceback" not in err
        assert json.loads(out)["created"]["posts"] == stored() < 2 * SIZE
        check_soundness()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["import", "mbox", "nowhere.mbox", "--category", "x"], "does not exist"),
        (["import", "mbox", ".", "--category", "Not A Slug"], "not-a-slug"),
        (["import", "mbox", "."], "--category"),
    ],
)
def test_the_command_says_what_is_wrong_in_a_line(app: Flask, arguments: list[str], told: str) -> None:
    result = app.test_cli_runner().invoke(args=arguments)
    assert result.exit_code == 2
    assert told in result.output


def test_the_report_as_a_table(app: Flask, tmp_path: Path) -> None:
    write_mbox(tmp_path / "a.mbox", [Mail("a"), Mail("b", ("a",))])
    (tmp_path / "b.mbox").write_bytes(b"\0")
    result = app.test_cli_runner().invoke(
        args=["import", "mbox", str(tmp_path), "--category", "x", "--dry-run"]
    )
    assert result.exit_code == 0
    assert "Posts created           2" in result.output
    assert "b.mbox: neither an mbox nor a message" in result.output
