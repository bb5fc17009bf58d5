"""Quotes that say where they come from: `> [@name](/posts/12):` as their first line, as `quote_markdown()` writes it.

In stored HTML such a quote is a `<figure class="quote" data-post="12">` with its source as the caption, so that
`quotes.py` finds it, and takes away what a reader may not read.
"""

import re
from collections.abc import Iterator
from html import escape

from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from forum.markup.cleaning import clean_text
from forum.markup.dressing import text_of

_ADDRESS = re.compile(r"/posts/([1-9]\d{0,18})")
_SPECIAL = re.compile(r"[\\`*_\[\]<>&~|$!]")


def quote_markdown(text: str, *, post_id: int, name: str) -> str:
    """A quote of Markdown from a post, to be put into a text: who wrote it with a link to the post, then the words.

    `name` is what is shown of the author, as a rule `@username`. Whatever the text holds, the quote holds it.
    """
    name = _SPECIAL.sub(r"\\\g<0>", " ".join(clean_text(name).split())) or str(post_id)
    lines = clean_text(text).strip("\n").split("\n")
    quoted = "\n".join(f"> {line}".rstrip() for line in lines)
    return f"> [{name}](/posts/{post_id}):\n>\n{quoted}\n\n"


def caption(address: str, label: str) -> str:
    """Who is quoted, as a link to what they wrote."""
    return (
        f'<figcaption class="quote-source"><a href="{escape(address)}" dir="auto">'
        f"{escape(label, quote=False)}</a></figcaption>"
    )


def mark_sources(state: StateCore) -> None:
    """Core rule: give the quotes that begin with a source a frame that names it."""
    if "/posts/" in state.src:
        state.tokens = list(_framed(state.tokens))


def _framed(tokens: list[Token]) -> Iterator[Token]:
    sources: list[Token | None] = []
    at = 0
    while at < len(tokens):
        token = tokens[at]
        at += 1
        if token.type == "blockquote_open":
            source = _source_of(tokens[at : at + 3], token)
            sources.append(source)
            if source:
                yield source
                if not tokens[at + 1].children:
                    at += 3
        yield token
        if token.type == "blockquote_close" and sources.pop():
            yield Token("quote_close", "figure", -1, block=True, level=token.level)


def _source_of(first: list[Token], quote: Token) -> Token | None:
    """The frame of a quote that begins with these three tokens, None if it names no source.

    The words of the source are taken out of them.
    """
    if [token.type for token in first] != ["paragraph_open", "inline", "paragraph_close"]:
        return None
    paragraph = first[1]
    children = paragraph.children or []
    address = _ADDRESS.fullmatch(str(children[0].attrs.get("href", ""))) if children else None
    end = next((n for n, child in enumerate(children) if child.type == "link_close"), 0)
    if not address or children[0].type != "link_open" or not end:
        return None
    after = children[end + 1 :]
    if after and after[0].type == "text" and after[0].content == ":":
        after = after[1:]
    if after and after[0].type not in ("softbreak", "hardbreak"):
        return None
    name = text_of(Token("inline", "", 0, children=children[1:end])).strip() or address[1]
    paragraph.children, paragraph.content = after[1:], paragraph.content.partition("\n")[2]
    meta = {"post": int(address[1]), "name": name}
    return Token("quote_open", "figure", 1, block=True, map=quote.map, level=quote.level, meta=meta)
