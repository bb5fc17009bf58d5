"""One run of an import: texts come from the pool, batches go to the database."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from forum.core.db import db
from forum.core.transactions import transaction
from forum.importers import joining
from forum.importers.archive import Archive, Step
from forum.importers.models import ImportedMessage, pack_keys
from forum.importers.pace import Pace, Progress
from forum.importers.rendering import LOT, Broken, Rendered, Renderers
from forum.importers.report import Report
from forum.importers.retelling import retell
from forum.importers.senders import Senders
from forum.importers.writing import Batch, NotWritten


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
        self.pace = Pace()

    def write(self, renderers: Renderers[Step, Rendered | Broken]) -> None:
        self._note_richer_copies()
        self.progress("Messages", 0, self.posts)
        waiting: list[Work] = []
        for lot in renderers.render(self._lots()):
            waiting.extend(Work(step, text) for step, text in lot)
            size = self.pace.size
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
        batch, skipped = self.pace.write(len(work), lambda: self._fill(work))
        self.senders.remember(self.found)
        self.report.topics += batch.created_topics
        self.report.posts += batch.created_posts
        self.report.joined += batch.joined_topics
        self.report.users += self.made
        for where, why in skipped:
            self.report.skip(where, why)
        self.written += len(work)
        self.progress("Messages", self.report.posts, self.posts)
        self.pace.rest()

    def _fill(self, work: list[Work]) -> tuple[Batch, list[tuple[str, str]]]:
        """Write a batch within the running transaction; and what was skipped: where, and why."""
        skipped: list[tuple[str, str]] = []
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
        return batch, skipped

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
