"""What differs between two versions of a text: lines that went and came, and in lines that changed the words.

The time it takes is bounded: of texts that differ in more than `MOST_LINES` lines the middle is told as gone and come.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

MOST_LINES = 250
MOST_WORDS = 120
AROUND = 2  # unchanged lines shown before and after a change
_WORDS = re.compile(r"\w+|\s+|[^\w\s]")

Kind = Literal["same", "gone", "come", "skip"]
Piece = tuple[bool, str]  # whether this part of the line differs, and the part


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a comparison; `skip` stands for unchanged lines left out, and has none."""

    kind: Kind
    pieces: Sequence[Piece] = ()


def compare(before: str, after: str) -> list[Line]:
    """The lines of both texts in order, unchanged ones far from any change left out."""
    return list(_shortened(list(_lines(before.split("\n"), after.split("\n")))))


def _lines(one: Sequence[str], other: Sequence[str]) -> Iterator[Line]:
    head = 0
    while head < min(len(one), len(other)) and one[head] == other[head]:
        head += 1
    tail = 0
    while tail < min(len(one), len(other)) - head and one[-1 - tail] == other[-1 - tail]:
        tail += 1
    yield from (_same(line) for line in one[:head])
    yield from _middle(one[head : len(one) - tail], other[head : len(other) - tail])
    yield from (_same(line) for line in one[len(one) - tail :])


def _middle(one: Sequence[str], other: Sequence[str]) -> Iterator[Line]:
    if max(len(one), len(other)) > MOST_LINES:
        yield from _replaced(one, other)
        return
    for tag, a, b, c, d in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        if tag == "equal":
            yield from (_same(line) for line in one[a:b])
        else:
            yield from _replaced(one[a:b], other[c:d])


def _replaced(one: Sequence[str], other: Sequence[str]) -> Iterator[Line]:
    if len(one) == len(other):
        for gone, come in zip(one, other, strict=True):
            before, after = _words(gone, come)
            yield Line("gone", before)
            yield Line("come", after)
        return
    yield from (Line("gone", [(False, line)]) for line in one)
    yield from (Line("come", [(False, line)]) for line in other)


def _words(one: str, other: str) -> tuple[list[Piece], list[Piece]]:
    """The pieces of two lines, each with whether it differs."""
    before, after = _WORDS.findall(one), _WORDS.findall(other)
    if max(len(before), len(after)) > MOST_WORDS:
        return [(False, one)], [(False, other)]
    gone: list[Piece] = []
    come: list[Piece] = []
    for tag, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        differs = tag != "equal"
        gone += [(differs, "".join(before[a:b]))] if b > a else []
        come += [(differs, "".join(after[c:d]))] if d > c else []
    return gone, come


def _shortened(lines: Sequence[Line]) -> Iterator[Line]:
    changed = [place for place, line in enumerate(lines) if line.kind != "same"]
    shown = {near for place in changed for near in range(place - AROUND, place + AROUND + 1)}
    skipped = False
    for place, line in enumerate(lines):
        if place in shown:
            yield line
            skipped = False
        elif not skipped:
            yield Line("skip")
            skipped = True


def _same(line: str) -> Line:
    return Line("same", [(False, line)])
