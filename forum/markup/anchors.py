"""Places in a text that can be linked to: its headings, its footnotes and where these are referred to.

Stored HTML begins the name of each with an ellipsis (`…-h-results`), since it does not know what page it will
stand on; `localize()` puts in what is unique there (`post-12-h-results`). What is put in begins every name, so
that no name that somebody writes can be that of something else on the page.
"""

import re
import unicodedata

BEGINNING = "…-"
LONGEST = 60  # of what is taken from a heading

_KINDS = ("h-", "note-", "ref-")
_SEPARATORS = re.compile(r"[\s_–—-]+")
_TAGS = (
    r'<h[3-6] id="',
    r'<li id="',
    r'<sup id="',
    r'<a class="(?:heading-link|footnote-link|footnote-back)" href="#',
)
_PLACE = re.compile(f"({'|'.join(_TAGS)}){BEGINNING}")


class Anchors:
    """The names given out within one text, each once."""

    def __init__(self) -> None:
        self.part = ""  # what the numbers of footnotes begin with, where a text is rendered in parts
        self._taken: set[str] = set()
        self._counts: dict[str, int] = {}

    def of_heading(self, text: str) -> str:
        """A name that says what the heading says, and stays the same as long as it and those like it do."""
        return self.unique(f"h-{slug_of(text)}")

    def unique(self, name: str) -> str:
        count = self._counts.get(name, 1)
        free = name if count == 1 else f"{name}-{count}"
        while free in self._taken:
            count += 1
            free = f"{name}-{count}"
        self._counts[name] = count + 1
        self._taken.add(free)
        return free


def slug_of(text: str) -> str:
    """Letters, figures and their marks in any script, lower case, the words joined by hyphens."""
    text = unicodedata.normalize("NFC", text[: 4 * LONGEST]).lower()
    kept = "".join(char if _is_word_char(char) else " " for char in _SEPARATORS.sub(" ", text))
    return "-".join(kept.split())[:LONGEST].strip("-") or "section"


def is_anchor(value: str) -> bool:
    """Whether this is the stored name of such a place, as an attribute may have it."""
    name = value.removeprefix(BEGINNING)
    return (
        name != value
        and name.startswith(_KINDS)
        and len(name) < 2 * LONGEST
        and all(char == "-" or _is_word_char(char) for char in name)
    )


def place_anchors(html: str, within: str) -> str:
    """Stored HTML with the names that hold on its page: `within` is unique there, like `post-12`."""
    return _PLACE.sub(rf"\g<1>{within}-", html) if BEGINNING in html else html


def _is_word_char(char: str) -> bool:
    return char.isalnum() or unicodedata.category(char).startswith("M")
