"""Importing mbox files: headers first, then threads, then the messages in batches, from where the last run stopped."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from sqlalchemy import select

from forum.boards.models import Category
from forum.core import clock
from forum.core.db import db
from forum.discussions.models import Post
from forum.importers.archive import Archive, Copy
from forum.importers.mail import mbox, message
from forum.importers.models import ImportedMessage, ImportedName, unpack_keys
from forum.importers.pace import Progress, to_the_end
from forum.importers.rendering import Renderers, render_messages
from forum.importers.report import Report
from forum.importers.runs import Run
from forum.importers.senders import count_strangers
from forum.importers.writing import make_place

_PAGE = 2_000
ANOTHER_TEXT = "there already under the same id with another text, which stays"


def import_mailboxes(
    paths: list[Path],
    *,
    category_slug: str,
    dry_run: bool = False,
    processes: int = 2,
    progress: Progress = lambda *_: None,
) -> tuple[Report, bool]:
    """Import what is not there yet; the report, and whether it was interrupted.

    `progress` is called between batches, never within one: what it raises stops the import in good order.
    """
    report = Report()
    for path in paths:
        if not mbox.find_files([path]):
            report.skip(path.name or str(path), f"no messages found in {path}")
    with tempfile.TemporaryDirectory(prefix="forum-import-") as folder, Archive(f"{folder}/index") as archive:
        interrupted = to_the_end(
            lambda: _import(
                mbox.find_files(paths), archive, report, category_slug, dry_run, processes, progress
            ),
            report,
            progress,
        )
    return report, interrupted


def _import(
    files: list[Path],
    archive: Archive,
    report: Report,
    category_slug: str,
    dry_run: bool,
    processes: int,
    progress: Progress,
) -> None:
    place_id = db.session.scalar(select(Category.place_id).where(Category.slug == category_slug))
    known = _load_stored(archive, place_id) if place_id is not None else 0
    with Renderers(partial(render_messages, list(map(str, files))), processes) as renderers:
        if not known and not dry_run:
            renderers.warm_up()  # there will be something to do: the processes start while headers are read
        read = _read_headers(files, archive, report, progress)
        progress("Threads", 0, 0)
        archive.resolve()
        topics, posts, people = archive.count()
        report.existing = read - posts
        if dry_run:
            report.topics, report.posts, report.users = topics, posts, count_strangers(people)
            return
        if place_id is None:
            place_id = make_place(category_slug)
        _choose_names(archive)
        Run(archive, report, place_id, posts, progress).write(renderers)


def _load_stored(archive: Archive, place_id: int) -> int:
    """Tell the index of what earlier runs have imported, in pages; how much that is."""
    after, count = -1, 0
    while True:
        rows = db.session.execute(
            select(
                ImportedMessage.key,
                ImportedMessage.references,
                ImportedMessage.in_reply_to,
                ImportedMessage.post_id,
                ImportedMessage.parent_key,
                ImportedMessage.title,
                ImportedMessage.body_key,
                Post.created_at,
            )
            .join(Post, Post.id == ImportedMessage.post_id)
            .where(ImportedMessage.place_id == place_id, ImportedMessage.key > after)
            .order_by(ImportedMessage.key)
            .limit(_PAGE)
        ).all()
        for row in rows:
            archive.add_stored(
                row.key,
                unpack_keys(row.references),
                unpack_keys(row.in_reply_to),
                post_id=row.post_id,
                parent=row.parent_key,
                title=row.title,
                body_key=row.body_key,
                sent_at=row.created_at,
            )
            after = row.key
        count += len(rows)
        if len(rows) < _PAGE:
            break
    # Nothing read here is held open while files are read, which may take minutes.
    db.session.rollback()
    return count


def _read_headers(files: list[Path], archive: Archive, report: Report, progress: Progress) -> int:
    """Read the headers of every message; how many there were."""
    read = 0
    for number, path in enumerate(files):
        written_at = (
            min(clock.now(), datetime.fromtimestamp(path.stat().st_mtime, UTC))
            if path.exists()
            else clock.now()
        )
        near: datetime | None = None
        is_empty = True
        try:
            for record in mbox.scan(path):
                is_empty = False
                try:
                    envelope = message.read_envelope(record, now=clock.now())
                except message.BrokenRecord as reason:
                    report.skip(record.where, str(reason))
                    continue
                except Exception as error:  # noqa: BLE001 - one message must never stop the others
                    report.skip(record.where, f"cannot be read: {type(error).__name__}: {error}"[:300])
                    continue
                if archive.add_found(envelope, record, number, near=near) is Copy.DIFFERS:
                    report.skip(record.where, ANOTHER_TEXT)
                near = envelope.sent_at or near
                read += 1
                if read % 100 == 0:
                    progress("Headers", read, 0)
        except mbox.NotMail as reason:
            report.skip(path.name, str(reason))
        except OSError as error:
            report.skip(path.name, f"cannot be read: {error.strerror}")
        else:
            if is_empty:
                report.skip(path.name, f"no messages found in {path}")
        archive.close_file(number, written_at)
    progress("Headers", read, read)
    return read


def _choose_names(archive: Archive) -> None:
    """By which name each sender is to be shown: from the messages found, and from those of earlier runs."""
    for lot in archive.senders(_PAGE // 4):
        rows = db.session.execute(
            select(ImportedName.address_key, ImportedName.name, ImportedName.messages).where(
                ImportedName.address_key.in_(lot)
            )
        )
        archive.add_names([(row.address_key, row.name, row.messages) for row in rows])
    db.session.rollback()
    archive.choose_names()
