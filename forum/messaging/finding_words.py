"""Words as messages are found by them: whole ones, with case and accents folded."""

import re

from forum.accounts.names import name_key
from forum.markup import SafeHTML, words_of

_WORD = re.compile(r"\w+")
MOST_CHARS = 8_000


def findable(html: SafeHTML) -> str:
    """What is kept beside a message: its words between single spaces."""
    return f" {' '.join(folded(words_of(html, most=MOST_CHARS)))} "


def folded(text: str) -> list[str]:
    """The words of a text."""
    return _WORD.findall(name_key(text))
