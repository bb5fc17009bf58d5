"""What a message carried besides its text, told in a line; uuencoded files within the text among it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from forum.importers.mail.charsets import clean_line

_BEGIN = re.compile(r"begin [0-7]{3,4} (.{1,200})$")
_YENC = re.compile(r"=ybegin .*?size=(\d+).* name=(.{1,200})$")
_LENGTH_LINE = re.compile(r"[!-M`][ -`]*$")


@dataclass(frozen=True, slots=True)
class Attachment:
    name: str
    size: int

    def __str__(self) -> str:
        return f"Attachment: {clean_line(self.name)[:120] or 'without a name'}, {readable_size(self.size)}, not imported"


def readable_size(size: int) -> str:
    if size < 1000:
        return f"{size} bytes"
    return f"{size / 1024:.0f} KB" if size < 1000 * 1024 else f"{size / 1024 / 1024:.1f} MB"


def cut_encoded_files(text: str) -> tuple[str, list[Attachment]]:
    """The text without uuencoded or yEnc files, and those files by name and size."""
    if not re.search(r"^(begin [0-7]{3,4} |=ybegin )", text, re.MULTILINE):
        return text, []
    kept: list[str] = []
    found: list[Attachment] = []
    lines = text.split("\n")
    at = 0
    while at < len(lines):
        end, attachment = _encoded_file(lines, at)
        if attachment:
            found.append(attachment)
            at = end
        else:
            kept.append(lines[at])
            at += 1
    return "\n".join(kept), found


def _encoded_file(lines: list[str], at: int) -> tuple[int, Attachment | None]:
    """Where a file that begins on this line ends, if one does."""
    yenc = _YENC.match(lines[at])
    if yenc:
        end = at + 1
        while end < len(lines) and not lines[end].startswith("=yend"):
            end += 1
        return min(end + 1, len(lines)), Attachment(yenc.group(2).strip(), int(yenc.group(1)))
    begin = _BEGIN.match(lines[at])
    if not begin:
        return at, None
    size, end = 0, at + 1
    # Some senders lose trailing spaces, so a line's length is not checked against its first letter.
    while end < len(lines) and _LENGTH_LINE.match(lines[end]) and lines[end] != "end":
        size += (ord(lines[end][0]) - 32) & 63
        end += 1
    if size == 0:
        return at, None
    end += end < len(lines) and lines[end].strip() == ""
    end += end < len(lines) and lines[end].strip() == "end"
    return end, Attachment(begin.group(1).strip(), size)
