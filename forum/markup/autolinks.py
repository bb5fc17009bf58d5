"""Addresses written bare become links: `https://…`, `www.…`, `name@host.org`.

The recognition is linkify-it's. Two things differ: bare host names (`setup.py`, `e.g.in`) are left
alone, and what is already inside a link is not looked at again, so that the time stays proportional.
"""

import re
from collections.abc import Iterator

from linkify_it import LinkifyIt
from linkify_it.main import Match
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from forum.markup.limits import LONGEST_ADDRESS

_HINT = re.compile(r"https?:|www\.|mailto:|@", re.IGNORECASE)
_PROTOCOL = re.compile(r"(?:^|[^a-z0-9.+-])(https?)$", re.IGNORECASE)
_LONGEST_PROTOCOL = len(" https")


class Autolinks(LinkifyIt):  # type: ignore[misc]  # the package has no types
    """Finds the bare addresses in one run of text."""

    def __init__(self) -> None:
        www = {"validate": self._validate_www}
        super().__init__({"www.": www, "ftp:": None, "//": None}, {"fuzzy_link": False})
        self.tlds(["[a-z]{2,24}"])  # of an e-mail address; there are too many to list
        self._starts = re.compile(self.re["schema_search"], re.IGNORECASE)
        self._emails = re.compile(self.re["email_fuzzy"], re.IGNORECASE)
        self._after_www = re.compile(self.re["src_host_strict"] + self.re["src_path"], re.IGNORECASE)

    def match(self, text: str) -> list[Match]:
        """The addresses in the text, in order, none within another."""
        spans = [(found.start(2), found.end(2), "mailto:") for found in self._emails.finditer(text)]
        end = 0
        for found in self._starts.finditer(text):
            if found.start(2) >= end and (length := self.length_at(text, found[2], found.end())):
                end = found.end() + length
                spans.append((found.start(2), end, found[2].lower()))
        links: list[Match] = []
        end = 0
        for first, last, schema in sorted(spans):
            if first >= end:
                links.append(self._create_match(text, schema, first, last))
                end = last
        return links

    def length_at(self, text: str, schema: str, pos: int) -> int:
        """How long the address is after its schema, which ends at `pos`; 0 if it is none, or longer than any.

        linkify-it looks for closing brackets as far as the text goes; here it sees no further than
        the longest address.
        """
        length: int = self.test_schema_at(text[pos : pos + LONGEST_ADDRESS], schema, 0)
        return length if length < LONGEST_ADDRESS else 0

    def normalize(self, match: Match) -> None:
        super().normalize(match)
        if match.schema == "www.":
            match.url = f"http://{match.url}"

    def _validate_www(self, text: str, pos: int) -> int:
        found = self._after_www.match(text, pos)
        return len(found[0]) if found else 0


def link_addresses(state: StateCore) -> None:
    """Core rule: the bare addresses in text tokens, outside of links."""
    for block in state.tokens:
        if block.type != "inline" or not block.children or not _HINT.search(block.content):
            continue
        within_link = 0
        children: list[Token] = []
        for token in block.children:
            within_link += token.nesting if token.type in ("link_open", "link_close") else 0
            if token.type == "text" and not within_link:
                escaped = bool(children) and children[-1].type == "text_special"
                children.extend(_linked(token, state.md, escaped=escaped))
            else:
                children.append(token)
        block.children = children


def _linked(token: Token, md: MarkdownIt, *, escaped: bool) -> Iterator[Token]:
    """The text token in pieces. After an escape (`http\\://a.org`) no address begins."""
    assert isinstance(md.linkify, Autolinks)
    done = 0
    for link in md.linkify.match(token.content):
        address = md.normalizeLink(link.url)
        if (escaped and not link.index) or not md.validateLink(address):
            continue
        if link.index > done:
            yield Token("text", "", 0, content=token.content[done : link.index], level=token.level)
        yield from _link(address, link.text, token.level)
        done = link.last_index
    if not done:
        yield token
    elif done < len(token.content):
        yield Token("text", "", 0, content=token.content[done:], level=token.level)


def _link(address: str, text: str, level: int) -> list[Token]:
    return [
        Token("link_open", "a", 1, attrs={"href": address}, level=level),
        Token("text", "", 0, content=text, level=level + 1),
        Token("link_close", "a", -1, level=level),
    ]


def bare_address(state: StateInline, silent: bool) -> bool:
    """Inline rule: `https://…` where it stands, before its `*` and `_` are taken for emphasis."""
    pos = state.pos
    if not state.src.startswith("://", pos) or state.linkLevel > 0:
        return False
    protocol = _PROTOCOL.search(state.src[max(0, pos - _LONGEST_PROTOCOL) : pos])
    if not protocol or not (silent or state.pending.endswith(protocol[1])):
        return False
    start = pos - len(protocol[1])
    linkify = state.md.linkify
    assert isinstance(linkify, Autolinks)
    length = linkify.length_at(state.src, f"{protocol[1]}:", pos + 1)
    url = state.src[start : pos + 1 + length].rstrip("*_~")
    address = state.md.normalizeLink(url)
    if not length or not state.md.validateLink(address):
        return False
    if not silent:
        state.pending = state.pending[: -len(protocol[1])]
        state.push("link_open", "a", 1).attrs = {"href": address}
        state.push("text", "", 0).content = url
        state.push("link_close", "a", -1)
    state.pos = start + len(url)
    return True
