"""The header block of a message, read leniently: folded, doubled, raw 8-bit, encoded in RFC 2047 words."""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator

from forum.importers.mail.charsets import clean_line, decode, guess

_NAME = re.compile(rb"([!-9;-~]+)[ \t]*:(.*)", re.DOTALL)
_WORD = re.compile(r"=\?([^?*\s]{1,60})(?:\*[^?]*)?\?([bBqQ])\?([^?]*)\?=")
_BETWEEN = re.compile(r"(\?=)\s+(=\?[^?\s]{1,60}\?[bBqQ]\?)")


class Headers:
    """What the headers say, by lower-case name, each value as the bytes that were written, unfolded."""

    def __init__(self, block: bytes) -> None:
        self._values: dict[str, list[bytes]] = {}
        for name, value in _fields(block):
            self._values.setdefault(name, []).append(value)

    def __bool__(self) -> bool:
        return bool(self._values)

    def raw(self, name: str) -> str:
        """The first value that says anything, 8-bit bytes guessed, encoded words left alone."""
        return next((text for text in self.all_raw(name) if text), "")

    def all_raw(self, name: str) -> list[str]:
        return [guess(value).strip() for value in self._values.get(name, ())]

    def text(self, name: str) -> str:
        """The first value as a person reads it."""
        return decode_words(self.raw(name))


def decode_words(text: str) -> str:
    """RFC 2047 words decoded, also where a character is split over two of them; one clean line."""
    if "=?" not in text:
        return clean_line(text)
    text = _BETWEEN.sub(r"\1\2", _BETWEEN.sub(r"\1\2", text))
    out: list[str] = []
    pending, charset, position = b"", "", 0
    for word in _WORD.finditer(text):
        data = _word_bytes(word.group(2), word.group(3))
        between = text[position : word.start()]
        if pending and (between or word.group(1).lower() != charset):
            out.append(decode(pending, charset))
            pending = b""
        out.append(between)
        pending, charset, position = pending + data, word.group(1).lower(), word.end()
    if pending:
        out.append(decode(pending, charset))
    out.append(text[position:])
    return clean_line("".join(out))


def _word_bytes(encoding: str, text: str) -> bytes:
    if encoding in "qQ":
        return binascii.a2b_qp(text.replace(" ", "_").encode("utf-8", "replace"), header=True)
    letters = re.sub(r"[^A-Za-z0-9+/]", "", text)
    letters = letters[: len(letters) - 1] if len(letters) % 4 == 1 else letters
    return binascii.a2b_base64(letters + "=" * (-len(letters) % 4))


def _fields(block: bytes) -> Iterator[tuple[str, bytes]]:
    """Name and unfolded value of each field; lines that are neither a field nor a continuation are skipped."""
    name, value = "", b""
    for line in block.removeprefix(b"\xef\xbb\xbf").splitlines():
        if line[:1] in (b" ", b"\t"):
            value += b" " + line.strip() if name else b""
            continue
        found = _NAME.match(line)
        if name:
            yield name, value
        name, value = (found.group(1).decode("ascii").lower(), found.group(2).strip()) if found else ("", b"")
    if name:
        yield name, value
