"""People named in a text: `@username` where a word may begin, outside of code and links.

The parser only marks what could be a name (a `mention` token); whether somebody bears it is asked
once for the whole text, when it is written out.
"""

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import quote

from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from forum.markup.limits import MENTION_NAMES

SHORTEST_NAME, LONGEST_NAME = 2, 32
_JOINERS = "._-"


@dataclass(frozen=True, slots=True)
class Mention:
    """Somebody who may be mentioned. `username` is spelled as in their address, `/people/<username>`."""

    username: str


def address_of(person: Mention) -> str:
    """Where the page about somebody is."""
    return f"/people/{quote(person.username)}"


def normalize_name(name: str) -> str:
    """The form under which names are compared: composed, lower case."""
    return unicodedata.normalize("NFC", name).lower()


def mark_mentions(state: StateCore) -> None:
    """Core rule: cut what could be a name out of the text tokens. Escaped (`\\@name`) it could not."""
    for block in state.tokens:
        if block.type != "inline" or "@" not in block.content or not block.children:
            continue
        within_link = 0
        children: list[Token] = []
        for token in block.children:
            within_link += token.nesting if token.type in ("link_open", "link_close") else 0
            if token.type == "text" and not within_link and "@" in token.content:
                children.extend(_cut(token))
            else:
                children.append(token)
        block.children = children


def possible_names(tokens: Iterable[Token]) -> set[str]:
    """The names to look up, at most `MENTION_NAMES`, for the tokens of one text."""
    names: set[str] = set()
    for token in mention_tokens(tokens):
        wanted = set(readings(token.content))
        if len(names | wanted) <= MENTION_NAMES:
            names |= wanted
    return names


def mention_tokens(tokens: Iterable[Token]) -> Iterator[Token]:
    """Every `mention` token of one text, in order."""
    for block in tokens:
        for token in block.children or ():
            if token.type == "mention":
                yield token


def readings(content: str) -> list[str]:
    """The names that `@content` may stand for, the longest first: `anna-` may be Anna and a dash."""
    longest = content[1:]
    names = [longest, longest.rstrip(_JOINERS)]
    return [normalize_name(name) for name in dict.fromkeys(names) if len(name) >= SHORTEST_NAME]


def resolve(content: str, people: Mapping[str, Mention]) -> tuple[Mention, str] | None:
    """Who is meant by `@content`, and what follows the name in it; None if nobody bears such a name."""
    for name in (content[1:], content[1:].rstrip(_JOINERS)):
        person = people.get(normalize_name(name)) if len(name) >= SHORTEST_NAME else None
        if person:
            return person, content[1 + len(name) :]
    return None


def _cut(token: Token) -> Iterator[Token]:
    text, done, at = token.content, 0, -1
    while (at := text.find("@", at + 1)) >= 0:
        end = at + 1
        while end < len(text) and _is_name_char(text[end]):
            end += 1
        name_end = at + 1 + len(text[at + 1 : end].rstrip("."))
        if _may_begin_at(text, at) and SHORTEST_NAME <= name_end - at - 1 <= LONGEST_NAME:
            if at > done:
                yield Token("text", "", 0, content=text[done:at], level=token.level)
            yield Token("mention", "", 0, content=text[at:name_end], level=token.level)
            done = name_end
        at = end - 1
    if done < len(text):
        yield Token("text", "", 0, content=text[done:], level=token.level)


def _may_begin_at(text: str, at: int) -> bool:
    before = text[at - 1] if at else " "
    return not (before.isalnum() or before in "@/_.-+=")


def _is_name_char(char: str) -> bool:
    return char.isalnum() or char in _JOINERS or unicodedata.category(char).startswith("M")
