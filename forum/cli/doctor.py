"""`forum doctor`: looks at everything the forum stands on, and says what to do."""

import shlex
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import unquote, urlsplit

import click
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import func, select, text

from forum.audit.actions import first_broken
from forum.config import Config
from forum.core import clock
from forum.core.db import db
from forum.core.migrations import FOLDER
from forum.jobs.models import OutboxRow
from forum.jobs.outbox import given_up_count
from forum.mail.sending import try_connection
from forum.media.storage import storage

MOST_SHOWN = 5  # files in one finding


@dataclass(frozen=True, slots=True)
class Finding:
    """What was looked at; what is wrong with it and what to do, or nothing."""

    what: str
    found: str = ""
    advice: str = ""


@click.command()
@with_appcontext
def doctor() -> None:
    """Check configuration, database, Redis, storage and mail; say what to do; exit 1 where something is wrong."""
    config: Config = current_app.extensions["forum_config"]
    faults = 0
    for finding in examine(config):
        mark = click.style("wrong", fg="red") if finding.advice else click.style("ok", fg="green")
        click.echo(f"{mark:>5}  {finding.what}: {finding.found}")
        if finding.advice:
            faults += 1
            click.echo(f"       {finding.advice}")
    if faults:
        raise click.exceptions.Exit(1)


def examine(config: Config) -> Iterator[Finding]:
    yield from _configuration(config)
    yield from _database(config)
    if config.redis_url:
        yield _redis(config)
    yield _storage(config)
    yield _mail(config)


def _configuration(config: Config) -> Iterator[Finding]:
    where = config.site_url or "no SITE_URL: links in mail lead to this machine"
    yield Finding("configuration", f"{config.env}, {where}")
    open_to_others = [path for path in _private_paths(config) if stat.S_IMODE(path.stat().st_mode) & 0o077]
    if open_to_others:
        yield Finding(
            "files",
            f"readable by others: {_some(open_to_others)}",
            f"chmod go= {shlex.join(str(path) for path in open_to_others[:MOST_SHOWN])}",
        )
    if config.env == "production" and not config.is_https:
        yield Finding(
            "address",
            f"{config.site_url} is not https",
            "Put a proxy with TLS before it; set SITE_URL to https.",
        )


def _private_paths(config: Config) -> Iterator[Path]:
    """Everything written here that holds what people wrote, or opens the way to it."""
    folders = [config.instance_path]
    mail = urlsplit(config.mail_url)
    if mail.scheme == "file":
        folders.append(Path(unquote(mail.path)))
    databases = [config.instance_path / "jobs.db"]
    if config.is_sqlite:
        databases.append(Path(config.database_url.removeprefix("sqlite:///")))
    for path in (
        *folders,
        config.instance_path / "secret_key",
        *(database.with_name(database.name + end) for database in databases for end in ("", "-wal", "-shm")),
        *(message for folder in folders[1:] for message in sorted(folder.glob("*.eml"))),
    ):
        if path.exists():
            yield path


def _some(paths: list[Path]) -> str:
    more = f" and {len(paths) - MOST_SHOWN} more" if len(paths) > MOST_SHOWN else ""
    return ", ".join(str(path) for path in paths[:MOST_SHOWN]) + more


def _database(config: Config) -> Iterator[Finding]:
    shown = config.summary()["database_url"]
    try:
        with db.engine.connect() as connection:
            here = MigrationContext.configure(connection).get_current_revision()
            durable = _durability(config)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is the finding
        yield Finding("database", f"{shown} does not answer: {_first_line(error)}", "See DATABASE_URL.")
        return
    newest = newest_revision()
    if here != newest:
        yield Finding("database", f"{shown} stands at {here or 'nothing'}, not {newest}", "forum db upgrade")
        return
    yield Finding("database", f"{shown}, at {here}")
    if durable:
        yield Finding("durability", durable, "Committed work could be lost with the power. Set it back.")
    yield from _contents(config)


def newest_revision() -> str | None:
    """Where a database stands that has had every migration of this version."""
    return ScriptDirectory(str(FOLDER)).get_current_head()


def _durability(config: Config) -> str:
    """What keeps a commit from being on the disk when it is answered; empty where nothing does."""
    if config.is_sqlite:
        level = db.session.scalar(text("PRAGMA synchronous"))
        return "" if level in (2, 3) else f"PRAGMA synchronous is {level}"
    setting = db.session.scalar(text("SHOW synchronous_commit"))
    return "" if setting in ("on", "remote_apply", "remote_write") else f"synchronous_commit is {setting}"


def _contents(config: Config) -> Iterator[Finding]:
    if config.is_sqlite:
        verdict = str(db.session.scalar(text("PRAGMA quick_check(1)")))
        if verdict != "ok":
            yield Finding("database file", verdict, "Restore the last backup: forum restore FILE")
    broken = first_broken()
    if broken is not None:
        yield Finding(
            "log",
            f"its seals break at entry {broken}",
            "Somebody changed the log: compare it with a backup. Or SECRET_KEY was changed: add the earlier key to SECRET_KEY_FALLBACKS.",
        )
    else:
        yield Finding("log", "whole")
    given_up = given_up_count()
    late = db.session.scalar(
        select(func.count())
        .select_from(OutboxRow)
        .where(OutboxRow.due_at < clock.now() - timedelta(minutes=10))
    )
    if given_up:
        last = db.session.scalar(
            select(OutboxRow.error).where(OutboxRow.due_at.is_(None)).order_by(OutboxRow.id.desc()).limit(1)
        )
        yield Finding(
            "outbox",
            f"{given_up} deliveries were given up; the last: {last}",
            "Mend the cause (forum outbox list shows it), then: forum outbox retry",
        )
    elif late:
        yield Finding(
            "outbox", f"{late} deliveries wait longer than ten minutes", "Run forum serve or forum worker."
        )
    else:
        yield Finding("outbox", "nothing waits")


def _redis(config: Config) -> Finding:
    shown = config.summary()["redis_url"]
    try:
        from redis import Redis

        Redis.from_url(config.redis_url or "", socket_timeout=3).ping()
    except Exception as error:  # noqa: BLE001 - whatever it is, it is the finding
        return Finding(
            "redis", f"{shown} does not answer: {_first_line(error)}", "Start it, or unset REDIS_URL."
        )
    return Finding("redis", shown)


def _folder(what: str, url: str) -> Finding:
    parts = urlsplit(url)
    folder = Path(unquote(parts.path))
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        probe = folder / ".doctor"
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        return Finding(what, f"{folder} cannot be written: {error.strerror}", "Make it, owned by this user.")
    return Finding(what, str(folder))


def _storage(config: Config) -> Finding:
    if urlsplit(config.media_url).scheme == "file":
        return _folder("storage", config.media_url)
    shown = config.summary()["media_url"]
    try:
        storage().try_out()
    except Exception as error:  # noqa: BLE001 - whatever it is, it is the finding
        return Finding(
            "storage",
            f"{shown} cannot be written: {_first_line(error)}",
            "See MEDIA_URL and the keys of the bucket.",
        )
    return Finding("storage", shown)


def _mail(config: Config) -> Finding:
    if urlsplit(config.mail_url).scheme == "file":
        finding = _folder("mail", config.mail_url)
        if finding.advice or config.env == "development":
            return finding
        return Finding(
            "mail", f"written to {finding.found}, sent to nobody", "Set MAIL_URL to smtp://… or smtps://…"
        )
    shown = config.summary()["mail_url"]
    try:
        try_connection(config)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is the finding
        return Finding("mail", f"{shown} does not take mail: {_first_line(error)}", "See MAIL_URL.")
    return Finding("mail", shown)


def _first_line(error: Exception) -> str:
    return (str(getattr(error, "orig", error)).splitlines() or [type(error).__name__])[0]


COMMANDS = (doctor,)
