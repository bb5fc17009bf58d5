"""What the tokens of a text are given before they are written: folds, directions, links for images.

Works on the tokens of `parser.parse()`, in place where it can.
"""

import re
import unicodedata

from markdown_it.token import Token

from forum.markup.addresses import leads_away
from forum.markup.limits import FOLD_CHARS, FOLD_LINES
from forum.markup.pictures import REMOVED, is_file, is_picture

EXTERNAL = "nofollow ugc noopener"

_CONTAINERS = frozenset(
    {"blockquote_open", "bullet_list_open", "footnotes_open", "ordered_list_open", "quote_open"}
)
_FRAMES = frozenset({"quote_open", "quote_close"})
_LETTER = re.compile(r"[^\W\d_]")
_RIGHT_TO_LEFT = frozenset({"R", "AL"})


def dress(tokens: list[Token]) -> list[Token]:
    """The tokens, ready to be written."""
    _set_directions(tokens)
    for token in tokens:
        if token.children:
            token.children = _dress_links(token.children)
    return _fold_quotes(tokens)


def _set_directions(tokens: list[Token]) -> None:
    """Quotes and lists run as their first letter does: their rule or their marks stand on that side.

    Paragraphs, headings and cells find their own direction in the browser (`dir="auto"`), which for
    elements that hold others would skip whatever has a direction of its own.
    """
    waiting: list[Token] = []
    for token in tokens:
        if token.type in _CONTAINERS:
            waiting.append(token)
        elif token.type == "inline" and waiting:
            direction = direction_of(token.content)
            if direction:
                for container in waiting:
                    container.attrSet("dir", direction)
                waiting.clear()
        elif waiting and token.nesting == -1 and token.level == waiting[-1].level:
            waiting.pop()


def direction_of(text: str) -> str:
    """ltr or rtl, by the first letter; empty if there is none."""
    letter = _LETTER.search(text)
    if not letter:
        return ""
    return "rtl" if unicodedata.bidirectional(letter[0]) in _RIGHT_TO_LEFT else "ltr"


def _dress_links(children: list[Token]) -> list[Token]:
    """Links to elsewhere say so; pictures from elsewhere become links too, so that opening a page tells nobody."""
    dressed: list[Token] = []
    within_link = 0
    for token in children:
        if token.type == "link_open":
            within_link += 1
            if leads_away(str(token.attrs.get("href", ""))):
                token.attrSet("rel", EXTERNAL)
            elif is_file(str(token.attrs.get("href", ""))):
                token.attrSet("class", "attachment")
        elif token.type == "link_close":
            within_link -= 1
        if token.type == "image" and token.attrs.get("src") == REMOVED:
            dressed.append(Token("removed", "", 0))
        elif token.type == "image" and is_picture(str(token.attrs.get("src", ""))):
            token.type = "picture"
            token.meta = {"alt": alt_text(token), "is_link": not within_link}
            dressed.append(token)
        elif token.type == "image":
            dressed.extend(_image_as_link(token, within_link > 0))
        else:
            dressed.append(token)
    return dressed


def _image_as_link(image: Token, within_link: bool) -> list[Token]:
    address = str(image.attrs.get("src", ""))
    text = Token("text", "", 0, content=alt_text(image) or address)
    if within_link or not address:
        return [text]
    opening = Token("link_open", "a", 1, attrs={"href": address, "class": "image-link"})
    if title := image.attrs.get("title"):
        opening.attrSet("title", title)
    if leads_away(address):
        opening.attrSet("rel", EXTERNAL)
    return [opening, text, Token("link_close", "a", -1)]


def alt_text(image: Token) -> str:
    """The text in place of a picture, without its markup."""
    parts: list[str] = []
    pending = list(reversed(image.children or []))
    while pending:
        token = pending.pop()
        if token.type in ("text", "code_inline", "formula", "mention"):
            parts.append(token.content)
        elif token.type in ("softbreak", "hardbreak"):
            parts.append(" ")
        elif token.children:
            pending.extend(reversed(token.children))
    return "".join(parts).strip()


def text_of(token: Token, *, is_veiled: bool = False) -> str:
    """What can be read in a paragraph, without its markup; `is_veiled` leaves out what spoilers keep from sight."""
    parts: list[str] = []
    hidden = 0
    for child in token.children or ():
        if child.type == "spoiler_open" and is_veiled:
            hidden += 1
            parts.append("…" if hidden == 1 else "")
        elif child.type == "spoiler_close" and is_veiled:
            hidden -= 1
        elif hidden:
            continue
        elif child.type == "image":
            parts.append(alt_text(child))
        elif child.type in ("softbreak", "hardbreak", "line_break"):
            parts.append("\n")
        else:
            parts.append(child.content)
    return "".join(parts)


def _fold_quotes(tokens: list[Token]) -> list[Token]:
    """Long quotes folded, unless there is nothing else to read."""
    spans = _top_quotes(tokens)
    others = sum(1 for token in tokens if token.type not in _FRAMES)
    if not spans or sum(_size(tokens[start : end + 1]) for start, end in spans) == others:
        return tokens
    folded: list[Token] = []
    at = 0
    for start, end in spans:
        if _is_long(tokens[start : end + 1]):
            folded += [*tokens[at:start], Token("fold_open", "details", 1, block=True)]
            folded += [*tokens[start : end + 1], Token("fold_close", "details", -1, block=True)]
            at = end + 1
    return folded + tokens[at:]


def _top_quotes(tokens: list[Token]) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    start = 0
    for number, token in enumerate(tokens):
        if token.level == 0 and token.type == "blockquote_open":
            start = number
        elif token.level == 0 and token.type == "blockquote_close":
            spans.append((start, number))
    return spans


def _size(quote: list[Token]) -> int:
    return sum(1 for token in quote if token.type not in _FRAMES)


def _is_long(quote: list[Token]) -> bool:
    first, last = quote[0].map or (0, 0)
    return last - first > FOLD_LINES or sum(len(token.content) for token in quote) > FOLD_CHARS
