"""A text without its markup: for lists, notifications, search and the heads of pages."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from html import escape, unescape

from markdown_it.token import Token

from forum.markup.cleaning import balance_direction
from forum.markup.dressing import text_of
from forum.markup.limits import EXCERPT_CHARS
from forum.markup.parser import parse
from forum.markup.safe_html import SafeHTML

_SPACES = re.compile(r"\s+")
_BORROWED = frozenset(
    f"{name}_{end}" for name in ("blockquote", "footnotes", "signature") for end in ("open", "close")
)
_FROM_ELSEWHERE = frozenset({"quote_open", "quote_close"})
_VEILED = frozenset({"spoiler_block_open", "spoiler_block_close"})
_VERBATIM = frozenset({"fence", "code_block", "formula_block"})
_ZERO_WIDTH_JOINER = "\u200d"


def with_list(html: SafeHTML, lead: str, items: Iterable[str]) -> SafeHTML:
    """A line and a list of plain texts after a text."""
    entries = "".join(f"<li>{escape(item)}</li>" for item in items)
    return SafeHTML(f"{html}<p><b>{escape(lead)}</b></p><ul>{entries}</ul>")


def plain_text(body: str) -> str:
    """All that can be read in a text, a line for each paragraph, cell or line of code. MarkupRefused as `render`.

    What is quoted from other posts is not in it: who may read this text may not be one who may read those.
    """
    return "\n".join(text for text, _ in _texts(parse(body), is_veiled=False))


def excerpt(body: str) -> str:
    """The beginning of what the author says, in one line of at most 240 characters. MarkupRefused as `render`."""
    return excerpt_of(parse(body))


def excerpt_of(tokens: list[Token]) -> str:
    """As `excerpt`, for a text that has been parsed.

    Quotes, footnotes and the signature count only if there is nothing else, quotes from other posts and spoilers never.
    """
    pieces = list(_texts(tokens, is_veiled=True))
    own = [text for text, is_own in pieces if is_own]
    return _shorten(" ".join(own or [text for text, _ in pieces]))


_TAG = re.compile(r"<[^>]*(>|$)")
_PICTURE = re.compile(r'<img\b[^>]*\balt="([^"]*)"[^>]*>')
_UNSPOKEN = re.compile(r"<(summary|figcaption)\b[^>]*>.*?</\1>", re.DOTALL)


def words_of(html: SafeHTML, most: int = EXCERPT_CHARS) -> str:
    """The beginning of stored HTML as one line, at most about so long; far quicker than reading the text anew."""
    begin = _UNSPOKEN.sub(" ", _PICTURE.sub(r" \1 ", str(html)[: 16 * most + 2000]))
    text = _SPACES.sub(" ", unescape(_TAG.sub(" ", begin)[: 8 * most])).strip()
    return _shorten(text, most)


def _texts(tokens: list[Token], *, is_veiled: bool) -> Iterator[tuple[str, bool]]:
    """(text, whether it is the author's own: neither quoted nor in a footnote or the signature)."""
    borrowed = unseen = 0
    for token in tokens:
        if token.type in _BORROWED:
            borrowed += token.nesting
        elif token.type in _FROM_ELSEWHERE or (is_veiled and token.type in _VEILED):
            unseen += token.nesting
        text = "" if unseen else _text_of(token, is_veiled=is_veiled).strip()
        if text:
            yield text, not borrowed


def _text_of(token: Token, *, is_veiled: bool) -> str:
    if token.type in _VERBATIM:
        return token.content
    if token.type == "spoiler_block_open":
        return token.info
    return text_of(token, is_veiled=is_veiled)


def _shorten(text: str, most: int = EXCERPT_CHARS) -> str:
    """One line, cut between words where there are words, never within a letter and its marks."""
    text = _SPACES.sub(" ", text[: 4 * most]).strip()
    if len(text) > most:
        end = most - 1
        while end > most // 2 and _holds_together(text, end):
            end -= 1
        space = text.rfind(" ", most // 2, end + 1)
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
