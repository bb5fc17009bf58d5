"""One run of an import: texts come from the pool, batches go to the database."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sqlalchemy.exc import IntegrityError, OperationalError

from forum.core.db import db
from forum.core.errors import Unavailable
from forum.core.transactions import transaction
from forum.importers import joining
from forum.importers.archive import Archive, Step
from forum.importers.models import ImportedMessage, pack_keys
from forum.importers.rendering import LOT, Broken, Rendered, Renderers
from forum.importers.report import Report
from forum.importers.retelling import retell
from forum.importers.senders import Senders
from forum.importers.writing import Batch, NotWritten

#: Called with what is being done, how much of it is done, and how much there is (0 where nobody knows).
Progress = Callable[[str, int, int], None]

#: What a transaction does takes about this long on a machine that has time for it: people who write beside an import
#: wait no longer. It is processor time that counts: where many want the processor, smaller batches would only be more,
#: and each has its own price. What it takes to make it durable comes on top. The command leaves a running server its turns.
_SECONDS_PER_BATCH = 0.02
_SMALLEST, _LARGEST = 32, 64
_PATIENCE = 5


@dataclass(frozen=True, slots=True)
class Work:
    step: Step
    text: Rendered | Broken


class Run:
    """The writing of one run: texts come from the pool, batches go to the database."""

    def __init__(
        self, archive: Archive, report: Report, place_id: int, posts: int, progress: Progress
    ) -> None:
        self.archive = archive
        self.report = report
        self.place_id = place_id
        self.posts = posts
        self.progress = progress
        self.senders = Senders(archive.name_of)
        self.written = 0
        self.seconds_per_post = 0.002

    def write(self, renderers: Renderers) -> None:
        self._note_richer_copies()
        self.progress("Messages", 0, self.posts)
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
        self.retold = retell(item.step for item in work)
        for attempt in range(_PATIENCE):
            skipped: list[tuple[str, str]] = []
            try:
                with transaction():
                    started = time.thread_time()
                    batch = self._fill(work, skipped)
                    took = time.thread_time() - started
                break
            except (Unavailable, IntegrityError, OperationalError):
                # Somebody else is writing, or two random ids are the same: once more.
                if attempt == _PATIENCE - 1:
                    raise
        self.seconds_per_post = 0.7 * self.seconds_per_post + 0.3 * took / len(work)
        self.senders.remember(self.found)
        self.report.topics += batch.created_topics
        self.report.posts += batch.created_posts
        self.report.joined += batch.joined_topics
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
        steps = [item.step for item in work]
        here = {step.key for step in steps if step.post_id is None}
        keys = {step.parent for step in steps if step.parent is not None} - here
        keys |= {step.key for step in steps if step.post_id is not None}
        batch.lock(keys, {post for step in steps for post in step.stored_roots})
        for item in work:
            reason = self._write_one(batch, item)
            if reason:
                skipped.append(reason)
        batch.flush()
        self.senders.rename()
        return batch

    def _write_one(self, batch: Batch, item: Work) -> tuple[str, str] | None:
        """Do one step; what is to be reported of it, and where, if anything is."""
        step, text = item.step, item.text
        try:
            if isinstance(text, Rendered):
                self._write_post(batch, step, text)
                return (text.where, text.note) if text.note else None
            if step.post_id is None:
                return text.where, text.why
            why = joining.hang(batch, step, self.retold.get(step.post_id))
            return (f"post {step.post_id}", why) if why else None
        except NotWritten:
            where = text.where or f"post {step.post_id}"
            return where, "answers a message that could not be read; run again"

    def _write_post(self, batch: Batch, step: Step, text: Rendered) -> None:
        if step.parent is None:
            joining.begin_thread(batch, step, text)
            return
        above = batch.spot(step.parent)
        batch.add_post(step, text, batch.line(above.topic_id), above)

    def _note_richer_copies(self) -> None:
        """Keep what better copies of known messages name, so that later runs come to the same threads."""
        for key, references, in_reply_to in self.archive.naming_more():
            with transaction():
                stored = db.session.get_one(ImportedMessage, (self.place_id, key))
                stored.references, stored.in_reply_to = pack_keys(references), pack_keys(in_reply_to)
