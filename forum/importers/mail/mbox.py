"""Mbox files read as a stream: where each message stands, its headers, and later its bytes by place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

#: What a file may be called for a folder of archives to include it.
SUFFIXES = {".mbox", ".mbx", ".mboxrd", ".eml", ".mail"}
#: No more of one message is ever read; the rest of a larger one can only be attachments.
READ_LIMIT = 8 * 1024 * 1024
HEADER_LIMIT = 256 * 1024
_LINE_LIMIT = 64 * 1024
_DIGEST_LIMIT = 1024 * 1024

_HEADER = re.compile(rb"[!-9;-~]+[ \t]*:")
_DATED = re.compile(rb"From .*\d\d:\d\d.*\d{4}")
#: A separator without a date names a sender and nothing else: `From here on:` is a sentence.
_UNDATED = re.compile(
    rb"From (?:[^\s:]\S*(?<![:,;.!?])[ \t]*\r?\n|[^\s:]\S*@\S*(?<![:,;])\s|\S+ .*remote from )"
)
#: Headers of which mail and news have at least one; a file without is some other text with colons in it.
_KNOWN = re.compile(
    rb"(?:from|to|cc|date|subject|message-id|in-reply-to|references|received|return-path|delivered-to|sender|reply-to|"
    rb"path|newsgroups|xref|organization|lines|status|mime-version|content-[a-z-]+|x-[a-z-]+|list-[a-z-]+|resent-[a-z-]+|"
    rb"dkim-signature|arc-[a-z-]+|authentication-results|envelope-to|apparently-to|mailing-list|precedence|approved)[ \t]*:",
    re.IGNORECASE,
)
_ESSENTIAL = re.compile(rb"(?im)^(?:from|to|date|subject|message-id|received|newsgroups)[ \t]*:")
_QUOTED_FROM = re.compile(rb"^>(>*From )", re.MULTILINE)


class NotMail(Exception):
    """The file is not an mbox and not a single message either."""


@dataclass(frozen=True, slots=True)
class Record:
    """One message of a file. `digest` is there only where the headers hold no id, `body_digest` always."""

    path: str
    number: int
    offset: int
    length: int
    from_line: bytes
    header: bytes
    digest: bytes
    body_digest: bytes

    @property
    def where(self) -> str:
        return f"{Path(self.path).name.encode(errors='replace').decode()}, message {self.number} (byte {self.offset})"


def find_files(paths: list[Path]) -> list[Path]:
    """The files themselves, and what looks like mail in the folders named, in a steady order."""
    found: dict[Path, None] = {}
    for path in paths:
        if path.is_dir():
            inside = (p for p in path.rglob("*") if p.is_file() and p.suffix.lower() in SUFFIXES)
            found.update(dict.fromkeys(sorted(inside)))
        else:
            found[path] = None
    return list(found)


def scan(path: str | Path) -> Iterator[Record]:
    """Every message of the file in order, headers only; memory does not grow with the file."""
    with open(path, "rb") as file:
        yield from _Scanner(file, str(path)).records()


def read(path: str | Path, offset: int, length: int) -> tuple[Record, bytes, bool]:
    """One message by its place: its record, its bytes with mboxrd quoting undone, and whether they were cut."""
    with open(path, "rb") as file:
        file.seek(offset)
        data = file.read(min(length, READ_LIMIT))
    record = next(_Scanner(BytesIO(data), str(path)).records())
    if data.startswith(b"From "):
        data = data.partition(b"\n")[2]
        data = _QUOTED_FROM.sub(rb"\1", data)
    return record, data, length > READ_LIMIT


class _Scanner:
    def __init__(self, file: BinaryIO, path: str) -> None:
        self.file = file
        self.path = path
        self.number = 0

    def records(self) -> Iterator[Record]:
        first = self._skip_blank_lines()
        if not first:
            return
        if not first.startswith(b"From ") and not _HEADER.match(first.removeprefix(b"\xef\xbb\xbf")):
            raise NotMail("neither an mbox nor a message")
        single = not first.startswith(b"From ")
        line: bytes = first
        while line:
            record, line = self._record(line, single=single)
            if single and not _ESSENTIAL.search(record.header):
                raise NotMail("neither an mbox nor a message: no headers of mail")
            yield record

    def _skip_blank_lines(self) -> bytes:
        self.start = self.file.tell()
        line = self.file.readline(_LINE_LIMIT)
        while line and not line.strip():
            self.start = self.file.tell()
            line = self.file.readline(_LINE_LIMIT)
        return line

    def _record(self, line: bytes, *, single: bool) -> tuple[Record, bytes]:
        """Read one message, given its first line; gives the record and the first line of the next."""
        self.number += 1
        start, from_line = self.start, b""
        position = start + len(line)
        if not single:
            from_line, line = line, self.file.readline(_LINE_LIMIT)
            position += len(line)
        header: list[bytes] = []
        size = 0
        while line.strip(b"\r\n"):
            if size < HEADER_LIMIT:
                header.append(line)
            size += len(line)
            line = self.file.readline(_LINE_LIMIT)
            position += len(line)
        head = b"".join(header)
        has_id = bool(re.search(rb"(?im)^message-id[ \t]*:[ \t]*\S", head))
        digest = blake2b(digest_size=16)
        blank, whole = True, True
        while True:
            line = self.file.readline(_LINE_LIMIT)
            if not line:
                break
            if (
                whole
                and not single
                and line.startswith(b"From ")
                and self._begins_message(line, after_blank=blank)
            ):
                break
            position += len(line)
            if position - start < _DIGEST_LIMIT and (said := line.rstrip()):
                # Copies differ in the blanks that are left and in how they quote; with an id, nothing depends on that.
                digest.update(said.lstrip(b">") if has_id and _QUOTED_FROM.match(said) else said)
            blank = not line.strip()
            whole = line.endswith(b"\n")
        record = Record(
            path=self.path,
            number=self.number,
            offset=start,
            length=position - start,
            from_line=from_line.strip(),
            header=head,
            digest=b"" if has_id else digest.digest(),
            body_digest=digest.digest(),
        )
        self.start = position
        return record, line

    def _begins_message(self, line: bytes, *, after_blank: bool) -> bool:
        """Body lines may begin with "From " too: a true separator is dated, or names just a sender; headers follow it."""
        is_dated = bool(_DATED.match(line))
        if not is_dated and not (after_blank and _UNDATED.match(line)):
            return False
        here = self.file.tell()
        following = self.file.readline(_LINE_LIMIT)
        if following.startswith((b">From ", b"From ")):
            following = self.file.readline(_LINE_LIMIT)
        self.file.seek(here)
        return bool((_HEADER if is_dated else _KNOWN).match(following))
