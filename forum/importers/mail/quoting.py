"""How deep each line of a plain text is quoted, in the many ways that people have marked quotes."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

#: Deeper quotes are shown at this depth: the renderer allows no more, and nobody reads more.
DEEPEST = 12

_ANGLES = re.compile(r" ?((?:[|:]?>[ ]?)+)")
_INITIALS = re.compile(r" ?([A-Z][A-Za-z]{0,4})>+ ?")
_OTHER = re.compile(r" ?([:|}])(?: |$|(?=[:|}>]))")
_ATTRIBUTION = re.compile(
    r"\b(wrote|writes|write|said|says|schrieb|schreibt|écrit|escribió|escribe|ha scritto|schreef|skrev|escreveu|пишет|писал)\b"
    r".{0,120}:?\s*$|^In (?:article|message|a message|<)|^On .{6,120}:\s*$",
    re.IGNORECASE,
)
_ORIGINAL = re.compile(
    r"\s*-{3,} ?(?:Original Message|Original-Nachricht|Ursprüngliche Nachricht|Message d'origine|Mensaje original|"
    r"Messaggio originale|Oorspronkelijk bericht|Mensagem original|Forwarded message|Weitergeleitete Nachricht) ?-{3,}\s*$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Line:
    depth: int
    text: str


def quoted_lines(text: str, *, is_reply: bool) -> list[Line]:
    """The lines of a body with their depth; what stands below "Original Message" is a quote too."""
    raw = text.split("\n")
    initials = _recurring_initials(raw)
    others = _quote_characters(raw) if is_reply else frozenset[str]()
    below = 0
    lines: list[Line] = []
    for line in raw:
        if below < DEEPEST and _ORIGINAL.match(line):
            lines.append(Line(below, line.strip()))
            below += 1
            continue
        depth, rest = _unquote(line, initials, others)
        lines.append(Line(min(depth + below, DEEPEST), rest.rstrip()))
    return lines


def _unquote(line: str, initials: frozenset[str], others: frozenset[str]) -> tuple[int, str]:
    """Take the marks off the front of a line, counting them."""
    depth, rest = 0, line
    while rest:
        if found := _ANGLES.match(rest):
            depth += found.group(1).count(">")
        elif (found := _INITIALS.match(rest)) and found.group(1) in initials:
            depth += found.group().count(">")
        elif (found := _OTHER.match(rest)) and found.group(1) in others:
            depth += 1
        else:
            break
        rest = rest[found.end() :]
    return depth, rest if depth else line


def _recurring_initials(lines: list[str]) -> frozenset[str]:
    """`JB>` at the start of two lines or more is somebody's mark."""
    counts = Counter(found.group(1) for line in lines if (found := _INITIALS.match(line)))
    return frozenset(name for name, count in counts.items() if count > 1)


def _quote_characters(lines: list[str]) -> frozenset[str]:
    """Which of `:`, `|` and `}` mark quotes here: several lines in a row, begun by somebody "writes:"."""
    found: set[str] = set()
    run = ""
    length = 0
    announced = -10
    for at, line in enumerate(lines):
        if _ATTRIBUTION.search(line):
            announced = at
        mark = _OTHER.match(line)
        char = mark.group(1) if mark else ""
        if char and char == run:
            length += 1
        else:
            run, length = char, 1
        is_table_row = char == "|" and line.rstrip().endswith("|") and len(line.strip()) > 1
        if char and not is_table_row and (length >= 2 and at - announced <= length + 4):
            found.add(char)
    return frozenset(found)
