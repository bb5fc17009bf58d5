"""Messages read and rendered in a pool of processes, away from the database, in the order they are wanted."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, Self, TypeVar

from forum.importers.archive import Step
from forum.importers.mail import mbox, message
from forum.importers.mail.people import Person
from forum.markup import SafeHTML, html_to_markdown, render, render_long

#: How many messages go to a process at a time, and how many such lots are on their way: what bounds the memory.
LOT = 24
_AHEAD = 3


@dataclass(frozen=True, slots=True)
class Rendered:
    """A message fit to be written. `note` is what the report says of it, if anything."""

    message_id: str
    references: tuple[str, ...]
    in_reply_to: tuple[str, ...]
    author: Person
    body_key: int
    source: str
    where: str
    body: str
    html: SafeHTML
    renderer: int
    note: str = ""
    told: str | None = None  # see ImportedMessage


@dataclass(frozen=True, slots=True)
class Broken:
    """A message of which not even the headers are to be had now, as when its file is gone; a later run may have them."""

    where: str
    why: str


#: In place of a text that cannot be read: the message is there, for whatever answers it.
UNREADABLE = "*This message could not be read.*"
GAP = Rendered("", (), (), Person("", "", None), 0, "", "", "", render("").html, 0)

W = TypeVar("W")  # what is worked on
T = TypeVar("T")  # what comes of it


class Renderers(Generic[W, T]):
    """Worker processes that end with this one, whatever ends it; with none, the work is done here.

    They do `work` with lots of things; a function of a module, as it is sent to them by its name.
    """

    def __init__(self, work: Callable[[list[W]], list[T]], processes: int) -> None:
        self._work = work
        self._pool: ProcessPoolExecutor | None = None
        self._processes = processes
        if not processes:
            return
        forks = "forkserver" in multiprocessing.get_all_start_methods()
        context = multiprocessing.get_context("forkserver" if forks else "spawn")
        if forks:
            # The modules are read once, not by each process.
            context.set_forkserver_preload([__name__, getattr(work, "func", work).__module__])
        self._pool = ProcessPoolExecutor(processes, mp_context=context, initializer=_begin_worker)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)

    def warm_up(self) -> None:
        """Start the processes, which takes them a second or two, while there is something else to do."""
        if self._pool is not None:
            for _ in range(self._processes):
                self._pool.submit(self._work, [])

    def render(self, lots: Iterable[list[W]]) -> Iterator[list[tuple[W, T]]]:
        """The lots with their texts, in order; a few are worked on ahead."""
        if self._pool is None:
            for lot in lots:
                yield list(zip(lot, self._work(lot), strict=True))
            return
        waiting: deque[tuple[list[W], Future[list[T]]]] = deque()
        for lot in lots:
            waiting.append((lot, self._pool.submit(self._work, lot)))
            if len(waiting) >= self._processes * _AHEAD:
                yield self._take(waiting)
        while waiting:
            yield self._take(waiting)

    @staticmethod
    def _take(waiting: deque[tuple[list[W], Future[list[T]]]]) -> list[tuple[W, T]]:
        lot, future = waiting.popleft()
        return list(zip(lot, future.result(), strict=True))


def _begin_worker() -> None:
    """Leave Ctrl-C to the parent, and end when it does; give way to whatever serves people meanwhile."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(os, "nice"):
        os.nice(5)
    parent = multiprocessing.parent_process()
    if parent is not None:

        def end_with_parent() -> None:
            parent.join()
            os._exit(1)

        threading.Thread(target=end_with_parent, daemon=True).start()


def render_messages(files: list[str], lot: list[Step]) -> list[Rendered | Broken]:
    """The texts of these messages; nothing for a post that is there and only hangs elsewhere."""
    return [_render_message(files[step.file], step) if step.post_id is None else _NOTHING for step in lot]


_NOTHING = Broken("", "")


def _render_message(path: str, step: Step) -> Rendered | Broken:
    where = f"{Path(path).name}, message {step.number} (byte {step.start})"
    try:
        record, data, was_cut = mbox.read(path, step.start, step.length)
        known = message.read_identity(record)
    except Exception as error:  # noqa: BLE001 - one message must never stop the others
        return Broken(where, _reason(error))
    if known.key != step.key:
        return Broken(where, "the file has changed while it was read")
    try:
        text = message.read_text(
            data,
            was_cut=was_cut,
            is_reply=bool(known.references or known.in_reply_to),
            subject=step.subject,
            html_to_markdown=html_to_markdown,
        )
        note = "longer than 200 KB: the rest was cut off" if text.is_cut else ""
        return _rendered(known, path, where, text.markdown, note)
    except Exception as error:  # noqa: BLE001 - as above
        return _rendered(
            known,
            path,
            where,
            message.add_subject(UNREADABLE, step.subject),
            f"{_reason(error)}; its place is kept",
        )


def _reason(error: Exception) -> str:
    return f"cannot be read: {type(error).__name__}: {error}"[:300]


def _rendered(known: message.Identity, path: str, where: str, body: str, note: str) -> Rendered:
    rendered = render_long(body)
    return Rendered(
        message_id=known.message_id,
        references=known.references,
        in_reply_to=known.in_reply_to,
        author=known.author,
        body_key=known.body_key,
        source=Path(path).name.encode(errors="replace").decode(),
        where=where,
        body=body,
        html=rendered.html,
        renderer=rendered.version,
        note=note,
    )


__all__ = ["GAP", "LOT", "Broken", "Rendered", "Renderers", "render_messages"]
