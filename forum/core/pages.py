"""Keyset pagination: a page knows its rows and the cursors around it, never an offset or a total."""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

from flask_babel import gettext as _

from forum.core.errors import Malformed

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """`items` in order; `after` and `before` are cursors for the next and the previous page, or None."""

    items: Sequence[T]
    after: str | None = None
    before: str | None = None

    def map(self, function: Callable[[T], Any]) -> "Page[Any]":
        return Page([function(item) for item in self.items], self.after, self.before)


def encode_cursor(values: Sequence[int | str]) -> str:
    raw = json.dumps(list(values), separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def decode_cursor(cursor: str, shape: Sequence[type]) -> list[Any]:
    """The values of a cursor of this shape; Malformed for anything else."""
    try:
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        values = json.loads(raw)
    except (ValueError, binascii.Error, RecursionError):
        raise Malformed(_("That page address is damaged. Start again from the first page.")) from None
    fits = isinstance(values, list) and len(values) == len(shape)
    if not fits or not all(type(v) is t and _in_range(v) for v, t in zip(values, shape, strict=True)):
        raise Malformed(_("That page address is damaged. Start again from the first page."))
    return list(values)


def decode_moment(text: str) -> datetime:
    """A moment that stands in a cursor; Malformed for anything else."""
    try:
        moment = datetime.fromisoformat(text)
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise Malformed(_("That page address is damaged. Start again from the first page.")) from None


def _in_range(value: Any) -> bool:
    return not isinstance(value, int) or -(2**63) <= value < 2**63


def cut(rows: Sequence[T], limit: int) -> tuple[Sequence[T], bool]:
    """Rows fetched with `limit + 1`: the rows to show, and whether there are more."""
    return rows[:limit], len(rows) > limit
