"""Passwords that others try first: common words, runs on the keyboard, repetitions, the names around an account.

A list of whole passwords of fifteen characters would be long and still miss most of them, for nearly all are put together
from the same short pieces. So a password is read as a sequence of such pieces, and what remains is counted.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

LEAST_EFFORT = 10  # about ten unpredictable characters, or four common words
SHORTEST_RUN = 3
_RUNS = (
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890",
    "qwertyuiop",
    "qwertzuiop",
    "azertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
    "qazwsxedcrfvtgbyhnujmikolp",
    "1q2w3e4r5t6y7u8i9o0p",
    "q1w2e3r4t5y6u7i8o9p0",
    "!@#$%^&*()",
)
_YEAR = re.compile(r"(?:19|20)\d\d")
_DISGUISES = (str.maketrans("0134578@$!|", "oieastbasil"), str.maketrans("0134578@$!|", "oleastbasll"))
_WORD = re.compile(r"[^\W_]+")


def is_easy(password: str, *, context: Iterable[str] = ()) -> bool:
    return effort(password, context=context) < LEAST_EFFORT


def effort(password: str, *, context: Iterable[str] = ()) -> int:
    """How many pieces one must guess, each weighed: 1 for a character or a run, up to 3 for a common word."""
    plain = _fold(password)
    closed_up = "".join(_WORD.findall(plain))
    known = frozenset(_context_words(context))
    readings = {plain, closed_up, *(plain.translate(table) for table in _DISGUISES)}
    return min(_effort(text, known) for text in readings if text)


def _effort(text: str, known: frozenset[str]) -> int:
    total = at = 0
    while at < len(text):
        length, cost = max(_pieces(text, at, known), key=lambda piece: (piece[0], -piece[1]))
        total, at = total + cost, at + length
    return total


def _pieces(text: str, at: int, known: frozenset[str]) -> Iterator[tuple[int, int]]:
    """What could begin here, as (length, cost)."""
    yield 1, 0 if at and text[at] == text[at - 1] else 1
    yield _repeated(text, at), 1
    yield _run(text, at), 1
    if _YEAR.match(text, at):
        yield 4, 1
    words, longest = _common_words()
    longest = max(longest, max(map(len, known), default=0))
    for length in range(min(longest, len(text) - at), 1, -1):
        piece = text[at : at + length]
        if piece in known:
            yield length, 1
            return
        if piece in words:
            yield length, max(1, min(3, length - 2))
            return


def _repeated(text: str, at: int) -> int:
    """How long a stretch from here has stood before."""
    length = 0
    while at + length < len(text) and text[at : at + length + 1] in text[:at]:
        length += 1
    return length if length >= SHORTEST_RUN else 0


def _run(text: str, at: int) -> int:
    """How far the text runs along a row of keys or the alphabet, forward or backward."""
    best = 0
    for row in _rows():
        start = row.find(text[at])
        while start >= 0:
            length = 0
            while row[start + length : start + length + 1] == text[at + length : at + length + 1] != "":
                length += 1
            best = max(best, length)
            start = row.find(text[at], start + 1)
    return best if best >= SHORTEST_RUN else 0


def _fold(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def _context_words(context: Iterable[str]) -> Iterator[str]:
    for text in context:
        folded = _fold(text)
        words = _WORD.findall(folded)
        for word in (*words, "".join(words), folded):
            if len(word) >= SHORTEST_RUN:
                yield word
                yield word[::-1]


@cache
def _rows() -> tuple[str, ...]:
    return tuple(direction for row in _RUNS for direction in (row, row[::-1]))


@cache
def _common_words() -> tuple[frozenset[str], int]:
    words = frozenset((Path(__file__).parent / "common_passwords.txt").read_text(encoding="utf-8").split())
    return words, max(map(len, words))
