"""A text without its markup: for lists, notifications, search and the heads of pages."""

import re
import unicodedata
from collections.abc import Iterator

from markdown_it.token import Token

from forum.markup.cleaning import balance_direction
from forum.markup.dressing import alt_text
from forum.markup.limits import EXCERPT_CHARS
from forum.markup.parser import parse

_SPACES = re.compile(r"\s+")
_ZERO_WIDTH_JOINER = "\u200d"


def plain_text(body: str) -> str:
    """All that can be read in a text, a line for each paragraph, cell or line of code. MarkupRefused as `render`."""
    return "\n".join(text for text, _ in _texts(parse(body)))


def excerpt(body: str) -> str:
    """The beginning of what the author says, in one line of at most 240 characters. MarkupRefused as `render`."""
    return excerpt_of(parse(body))


def excerpt_of(tokens: list[Token]) -> str:
    """As `excerpt`, for a text that has been parsed. Quotes and the signature count only if there is nothing else."""
    pieces = list(_texts(tokens))
    own = [text for text, is_own in pieces if is_own]
    return _shorten(" ".join(own or [text for text, _ in pieces]))


def _texts(tokens: list[Token]) -> Iterator[tuple[str, bool]]:
    """(text, whether it is the author's own: neither quoted nor in the signature)."""
    borrowed = 0
    for token in tokens:
        if token.type in ("blockquote_open", "signature_open"):
            borrowed += 1
        elif token.type in ("blockquote_close", "signature_close"):
            borrowed -= 1
        text = _text_of(token).strip()
        if text:
            yield text, not borrowed


def _text_of(token: Token) -> str:
    if token.type in ("fence", "code_block"):
        return token.content
    parts: list[str] = []
    for child in token.children or ():
        if child.type == "image":
            parts.append(alt_text(child))
        elif child.type in ("softbreak", "hardbreak", "line_break"):
            parts.append("\n")
        else:
            parts.append(child.content)
    return "".join(parts)


def _shorten(text: str) -> str:
    """One line, cut between words where there are words, never within a letter and its marks."""
    text = _SPACES.sub(" ", text[: 4 * EXCERPT_CHARS]).strip()
    if len(text) > EXCERPT_CHARS:
        end = EXCERPT_CHARS - 1
        while end > EXCERPT_CHARS // 2 and _holds_together(text, end):
            end -= 1
        space = text.rfind(" ", EXCERPT_CHARS // 2, end + 1)
        text = text[: space if space > 0 else end].rstrip() + "…"
    return balance_direction(text)


def _holds_together(text: str, at: int) -> bool:
    """Whether a letter and what belongs to it would be torn apart before this place."""
    return (
        unicodedata.category(text[at]).startswith("M")
        or _ZERO_WIDTH_JOINER in (text[at], text[at - 1])
        or "\U0001f3fb" <= text[at] <= "\U0001f3ff"
        or "\U0001f1e6" <= text[at] <= "\U0001f1ff"
    )
