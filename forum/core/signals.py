"""Signals: how one slice affects another. Told after commit; or later, through a row written in the same transaction."""

import dataclasses
import logging
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

log = logging.getLogger(__name__)


@dataclasses.dataclass(frozen=True, slots=True)
class Signal:
    """Something that has happened: ids and plain values, in the past tense."""

    def payload(self) -> dict[str, Any]:
        return dataclasses.asdict(self)


Listener = Callable[[Any], None]
L = TypeVar("L", bound=Listener)

_listeners: dict[type[Signal], list[Listener]] = defaultdict(list)
_later: dict[type[Signal], list[Listener]] = defaultdict(list)
_store: Callable[[str, Signal], None] | None = None


def listens_to(*kinds: type[Signal], later: bool = False) -> Callable[[L], L]:
    """Hear of these signals: after commit in this process, best effort; with `later`, by the worker, at least once."""

    def register(listener: L) -> L:
        for kind in kinds:
            registered = (_later if later else _listeners)[kind]
            if all(name_of(other) != name_of(listener) for other in registered):
                registered.append(listener)
        return listener

    return register


def use_outbox(store: Callable[[str, Signal], None]) -> None:
    """Tell where deliveries for later are written; called once by `jobs`."""
    global _store
    _store = store


def store_for_later(told: Sequence[Signal]) -> None:
    for signal in told:
        for listener in _later[type(signal)]:
            if _store is None:
                raise RuntimeError("nothing keeps the outbox")
            _store(name_of(listener), signal)


def tell(told: Sequence[Signal], *, after_failure: Callable[[], None] | None = None) -> None:
    """Tell the listeners of this process. One that fails is logged and stops nobody: the change has been committed.

    `after_failure` puts in order what it may have left behind.
    """
    for signal in told:
        for listener in _listeners[type(signal)]:
            try:
                listener(signal)
            except Exception:
                log.exception("listener failed: %s", name_of(listener))
                if after_failure is not None:
                    after_failure()


def find_listener(name: str) -> tuple[type[Signal], Listener] | None:
    for kind, listeners in _later.items():
        for listener in listeners:
            if name_of(listener) == name:
                return kind, listener
    return None


def name_of(listener: Listener) -> str:
    return f"{listener.__module__}.{listener.__qualname__}"
