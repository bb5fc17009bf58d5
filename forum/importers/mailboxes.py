"""Importing mbox files: headers first, then threads, then the messages in batches, from where the last run stopped."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from forum.accounts.models import ImportedAddress, User
from forum.boards.actions import CategoryPlan, create_category
from forum.boards.models import Category
from forum.core import clock
from forum.core.db import db
from forum.core.errors import Unavailable
from forum.core.transactions import transaction
from forum.discussions.models import Post
from forum.importers import joining
from forum.importers.archive import Archive, Step
from forum.importers.mail import mbox, message
from forum.importers.models import ImportedMessage, pack_keys, unpack_keys
from forum.importers.rendering import LOT, Broken, Rendered, Renderers
from forum.importers.report import Report
from forum.importers.senders import Senders
from forum.importers.writing import Batch

#: Called with what is being done, how much of it is done, and how much there is (0 where nobody knows).
Progress = Callable[[str, int, int], None]

#: The statements of a transaction take about this long; what it takes to make it durable comes on top, so that
#: smaller ones would only be more. The command leaves a running server its turns.
_SECONDS_PER_BATCH = 0.02
_SMALLEST, _LARGEST = 16, 100
_PATIENCE = 5
_PAGE = 2_000


@dataclass(frozen=True, slots=True)
class Work:
    step: Step
    text: Rendered | Broken


def import_mailboxes(
    paths: list[Path],
    *,
    category_slug: str,
    dry_run: bool = False,
    processes: int = 2,
    progress: Progress = lambda *_: None,
) -> tuple[Report, bool]:
    """Import what is not there yet; the report, and whether it was interrupted."""
    report = Report()
    with tempfile.TemporaryDirectory(prefix="forum-import-") as folder, Archive(f"{folder}/index") as archive:
        try:
            _import(mbox.find_files(paths), archive, report, category_slug, dry_run, processes, progress)
        except KeyboardInterrupt:
            return report, True
    return report, False


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
    if place_id is not None:
        _load_stored(archive, place_id)
    read = _read_headers(files, archive, report, progress)
    progress("Threads", 0, 0)
    archive.resolve()
    topics, posts, people = archive.count()
    report.existing = read - posts
    if dry_run:
        report.topics, report.posts, report.users = topics, posts, _count_strangers(people)
        return
    if place_id is None:
        place_id = create_category(_plan(category_slug), actor=None).place_id
    _Run(files, archive, report, place_id, posts, progress).write(processes)


def _plan(slug: str) -> CategoryPlan:
    return CategoryPlan(name=slug.replace("-", " ").strip().capitalize() or slug, slug=slug)


def _load_stored(archive: Archive, place_id: int) -> None:
    """Tell the index of what earlier runs have imported, in pages."""
    after = -1
    while True:
        rows = db.session.execute(
            select(
                ImportedMessage.key,
                ImportedMessage.references,
                ImportedMessage.in_reply_to,
                ImportedMessage.post_id,
                ImportedMessage.parent_key,
                ImportedMessage.title,
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
                sent_at=row.created_at,
            )
            after = row.key
        if len(rows) < _PAGE:
            break
    # Nothing read here is held open while files are read, which may take minutes.
    db.session.rollback()


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
        try:
            for record in mbox.scan(path):
                try:
                    envelope = message.read_envelope(record, now=clock.now())
                except message.BrokenRecord as reason:
                    report.skip(record.where, str(reason))
                    continue
                archive.add_found(envelope, record, number, near=near)
                near = envelope.sent_at or near
                read += 1
                if read % 100 == 0:
                    progress("Headers", read, 0)
        except mbox.NotMail as reason:
            report.skip(path.name, str(reason))
        except OSError as error:
            report.skip(path.name, f"cannot be read: {error.strerror}")
        archive.close_file(number, written_at)
    progress("Headers", read, read)
    return read


def _count_strangers(people: list[str]) -> int:
    """How many of these people are not known here yet."""
    known: set[str] = set()
    for start in range(0, len(people), 500):
        lot = people[start : start + 500]
        known.update(
            db.session.scalars(
                select(ImportedAddress.address_key).where(ImportedAddress.address_key.in_(lot))
            )
        )
        owners = select(User.email_key).where(User.email_key.in_(lot), User.email_confirmed_at.is_not(None))
        known.update(key for key in db.session.scalars(owners) if key)
    return len(set(people) - known)


class _Run:
    """The writing of one run: texts come from the pool, batches go to the database."""

    def __init__(
        self,
        files: list[Path],
        archive: Archive,
        report: Report,
        place_id: int,
        posts: int,
        progress: Progress,
    ) -> None:
        self.files = files
        self.archive = archive
        self.report = report
        self.place_id = place_id
        self.posts = posts
        self.progress = progress
        self.senders = Senders()
        self.written = 0
        self.seconds_per_post = 0.002

    def write(self, processes: int) -> None:
        self._note_richer_copies()
        self.progress("Messages", 0, self.posts)
        with Renderers(self.files, processes) as renderers:
            waiting: list[Work] = []
            for lot in renderers.render(self._lots()):
                waiting.extend(Work(step, text) for step, text in lot)
                size = int(min(_LARGEST, max(_SMALLEST, _SECONDS_PER_BATCH / self.seconds_per_post)))
                while len(waiting) >= size:
                    self._write_batch(waiting[:size])
                    del waiting[:size]
            if waiting:
                self._write_batch(waiting)
        self.progress("Messages", self.posts, self.posts)

    def _lots(self) -> Iterator[list[Step]]:
        lot: list[Step] = []
        for thread in self.archive.threads():
            for step in thread:
                lot.append(step)
                if len(lot) == LOT:
                    yield lot
                    lot = []
        if lot:
            yield lot

    def _write_batch(self, work: list[Work]) -> None:
        for attempt in range(_PATIENCE):
            started = time.monotonic()
            skipped: list[tuple[str, str]] = []
            try:
                with transaction():
                    batch = self._fill(work, skipped)
                    took = time.monotonic() - started
                break
            except (Unavailable, IntegrityError):
                # Somebody else is writing, or two random ids are the same: once more, with others.
                if attempt == _PATIENCE - 1:
                    raise
        self.seconds_per_post = 0.7 * self.seconds_per_post + 0.3 * took / len(work)
        self.senders.remember(self.found)
        self.report.topics += batch.created_topics
        self.report.posts += batch.created_posts
        self.report.users += self.made
        for where, why in skipped:
            self.report.skip(where, why)
        self.written += len(work)
        self.progress("Messages", self.report.posts, self.posts)
        # A running server, too, has something to write.
        time.sleep(min(took / 10, 0.005))

    def _fill(self, work: list[Work], skipped: list[tuple[str, str]]) -> Batch:
        """Write a batch within the running transaction."""
        texts = [item.text for item in work if isinstance(item.text, Rendered)]
        self.found, self.made = self.senders.ids_of(text.author for text in texts)
        batch = Batch(self.place_id, self.found)
        parents = {item.step.parent for item in work if item.step.parent is not None}
        batch.find_spots(parents - {item.step.key for item in work})
        batch.lock_topics({spot.topic_id for spot in batch.spots.values()})
        for item in work:
            reason = self._write_one(batch, item)
            if reason:
                skipped.append(reason)
        batch.flush()
        return batch

    def _write_one(self, batch: Batch, item: Work) -> tuple[str, str] | None:
        step, text = item.step, item.text
        if step.post_id is not None:
            why = joining.hang(batch, step)
            return (f"post {step.post_id}", why) if why else None
        if isinstance(text, Broken):
            return text.where, text.why
        if step.parent is None:
            joining.begin_thread(batch, step, text)
        else:
            try:
                above = batch.spot(step.parent)
            except KeyError:
                return text.where, "answers a message that could not be read; run again"
            batch.lock_topics({above.topic_id})
            batch.add_post(step, text, batch.topics[above.topic_id], above)
        if text.is_cut:
            return text.where, "longer than 200 KB: the rest was cut off"
        return None

    def _note_richer_copies(self) -> None:
        """Keep what better copies of known messages name, so that later runs come to the same threads."""
        for key, references, in_reply_to in self.archive.naming_more():
            with transaction():
                stored = db.session.get_one(ImportedMessage, (self.place_id, key))
                stored.references, stored.in_reply_to = pack_keys(references), pack_keys(in_reply_to)
