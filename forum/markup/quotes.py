"""What a reader sees of quotes from other posts: only what they may read where it was said.

Works on what is stored, without rendering it anew. `quoted_posts()` says which posts a page has to ask about;
whoever is not in the answer is hidden, so that to forget somebody hides too much, never too little.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from html import escape

from forum.markup.cleaning import clean_text
from forum.markup.errors import MarkupRefused
from forum.markup.parser import parse
from forum.markup.quoting import caption
from forum.markup.safe_html import SafeHTML

_FRAME = re.compile(
    r'(<figure class="quote" data-post="(\d+)"(?: dir="(?:ltr|rtl)")?>)(<figcaption[^<>]*><a [^<>]*>[^<]*</a></figcaption>)?|</figure>'
)
_NAMED = re.compile(r'(<figure class="quote" data-post="|<a href="/posts/)(\d+)')
_MARGIN = re.compile(r"(?:[ \t>]|[-+*][ \t]|\d{1,9}[.)][ \t])*")


@dataclass(frozen=True, slots=True)
class QuoteSource:
    """A post that may be read, as the reader is shown it: `address` on this site, `label` for who wrote it, and which it is."""

    address: str
    label: str


def quoted_posts(html: SafeHTML) -> frozenset[int]:
    """The posts that stored HTML quotes. Cheap enough for every post of a page."""
    if '<figure class="quote"' not in html:
        return frozenset()
    return frozenset(int(found[2]) for found in _FRAME.finditer(html) if found[2])


def show_quotes(html: SafeHTML, readable: Mapping[int, QuoteSource | None], hidden: str) -> SafeHTML:
    """Stored HTML with the quotes that this reader may read, each under its source, and `hidden` in place of the others.

    A source of None stays as it was written.
    """
    if '<figure class="quote"' not in html:
        return html
    return SafeHTML("".join(_shown(str(html), readable, hidden)))


def _shown(html: str, readable: Mapping[int, QuoteSource | None], hidden: str) -> Iterator[str]:
    at = depth = 0  # how many quotes deep within one that is hidden
    for found in _FRAME.finditer(html):
        if depth:
            depth += 1 if found[1] else -1
            at = found.end()
            continue
        yield html[at : found.start()]
        at = found.end()
        post = int(found[2]) if found[2] else None
        if post is None or post in readable:
            source = readable[post] if post is not None else None
            yield found[1] + caption(source.address, source.label) if source and found[3] else found[0]
        else:
            depth = 1
            yield f'<p class="quote-gone" dir="auto">{escape(hidden)}</p>'
    if not depth:
        yield html[at:]


def with_quoted_posts(html: SafeHTML, ids: Callable[[int], int]) -> SafeHTML:
    """Stored HTML that quotes other posts in place of those it names: of a text that was rendered before they had their ids."""
    return SafeHTML(_NAMED.sub(lambda found: f"{found[1]}{ids(int(found[2]))}", str(html)))


def without_quotes(body: str, readable: Collection[int], *, instead: str = "…") -> str:
    """The Markdown of a text for a reader: quotes of posts that they may not read are an ellipsis, or whatever else is said `instead`.

    To be asked where `quoted_posts()` of its HTML names one that they may not read, or there is no HTML. A text that
    the renderer refuses, and that names a post anywhere, is not looked into: nothing of it is left.
    """
    if "/posts/" not in body:
        return body
    try:
        tokens = parse(body, is_whole=True)
    except MarkupRefused:
        return instead
    lines = clean_text(body).rstrip("\n").split("\n")
    gone = [
        token.map for token in tokens if token.type == "quote_open" and token.meta["post"] not in readable
    ]
    if not gone:
        return body
    end = 0
    kept: list[str] = []
    for first, last in sorted((first, last) for first, last in filter(None, gone)):
        if first >= end:
            margin = _MARGIN.match(lines[first])
            while last > first + 1 and not lines[last - 1].strip():  # what keeps the next paragraph apart
                last -= 1
            kept += [*lines[end:first], f"{margin[0] if margin else '> '}{instead}" if instead else ""]
        end = max(end, last)
    return "\n".join(kept + lines[end:])
