"""Keyset pagination: a page knows its rows and the cursors around it, never an offset or a total."""

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

from flask import current_app
from flask_babel import gettext as _

from forum.core.errors import Malformed

T = TypeVar("T")
SEAL_BYTES = 12


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """`items` in order; `after` and `before` are cursors for the next and the previous page, or None."""

    items: Sequence[T]
    after: str | None = None
    before: str | None = None

    def map(self, function: Callable[[T], Any]) -> "Page[Any]":
        return Page([function(item) for item in self.items], self.after, self.before)


def encode_cursor(values: Sequence[int | str]) -> str:
    """The values, sealed: what a list is ordered by counts hidden things too, and is nobody's to read or to make up."""
    raw = json.dumps(list(values), separators=(",", ":"), ensure_ascii=False).encode()
    raw += b" " * (-len(raw) % 16)  # how many digits it has is nobody's either
    seal = _seal(raw)
    return base64.urlsafe_b64encode(seal + _veil(raw, seal)).decode().rstrip("=")


def decode_cursor(cursor: str, shape: Sequence[type]) -> list[Any]:
    """The values of a cursor of ours, of this shape; Malformed for anything else."""
    try:
        sent = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        seal, raw = sent[:SEAL_BYTES], _veil(sent[SEAL_BYTES:], sent[:SEAL_BYTES])
        values = json.loads(raw) if hmac.compare_digest(seal, _seal(raw)) else None
    except (ValueError, binascii.Error):
        values = None
    fits = isinstance(values, list) and len(values) == len(shape)
    if not fits or not all(type(v) is t for v, t in zip(values or (), shape, strict=True)):
        raise Malformed(_("That page address is damaged. Start again from the first page."))
    return list(values or ())


def _seal(raw: bytes) -> bytes:
    return hashlib.blake2b(raw, digest_size=SEAL_BYTES, key=_key("seal")).digest()


def _veil(raw: bytes, seal: bytes) -> bytes:
    """Over or off again: bytes that only we know, drawn from the seal."""
    blocks = range(-(-len(raw) // 64))
    veil = b"".join(hashlib.blake2b(seal + bytes([n]), key=_key("veil")).digest() for n in blocks)
    return bytes(one ^ other for one, other in zip(raw, veil, strict=False))


def _key(purpose: str) -> bytes:
    secret = str(current_app.config["SECRET_KEY"])
    return hashlib.blake2b(f"cursor:{purpose}:{secret}".encode(), digest_size=32).digest()


def decode_moment(text: str) -> datetime:
    """A moment that stands in a cursor; Malformed for anything else."""
    try:
        moment = datetime.fromisoformat(text)
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise Malformed(_("That page address is damaged. Start again from the first page.")) from None


def cut(rows: Sequence[T], limit: int) -> tuple[Sequence[T], bool]:
    """Rows fetched with `limit + 1`: the rows to show, and whether there are more."""
    return rows[:limit], len(rows) > limit
