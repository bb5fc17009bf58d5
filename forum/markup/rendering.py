"""From Markdown as written to HTML as shown: the one way through the package."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from forum.markup.anchors import Anchors
from forum.markup.dressing import dress
from forum.markup.mentions import Mention, possible_names
from forum.markup.parser import parse
from forum.markup.plain import excerpt_of
from forum.markup.safe_html import SafeHTML
from forum.markup.sanitizer import sanitize
from forum.markup.writer import Writing, write

# Raised whenever the same text comes to give other HTML, so that stored HTML is rendered anew.
RENDERER_VERSION = 4


@dataclass(frozen=True, slots=True)
class Rendered:
    """One text, rendered."""

    html: SafeHTML
    version: int  # the RENDERER_VERSION that made the HTML
    mentions: frozenset[str]  # usernames found and linked (not in quotes: theirs were told), NFC, lower case
    excerpt: str  # plain text, one line of at most 240 characters, no quotes, no signature, no spoilers


def render(body: str, *, mentions: Callable[[set[str]], Mapping[str, Mention]] | None = None) -> Rendered:
    """Markdown to HTML that is safe to show, for whoever may read the text.

    `mentions` is called at most once, with the names that could be meant (NFC, lower case, at most
    50); it answers which of them are people, by the same names. Whoever is not in the answer, and
    everybody without the callback, stays plain text.

    The text may have 20 KB of UTF-8, 20 levels of quotes and lists, tables of 20 columns, 5,000
    tokens and 200,000 characters of HTML: beyond that, `MarkupRefused` with its `reason`. Nothing
    else is raised, whatever the text. No database, no clock, no state: the same text gives the same
    HTML in any process, and everything in and out can be pickled (but for the callback).
    """
    return render_part(body, mentions=mentions, anchors=Anchors())


def render_part(
    body: str, *, mentions: Callable[[set[str]], Mapping[str, Mention]] | None, anchors: Anchors
) -> Rendered:
    """As `render`, for a part of a text, whose anchors are unique among those given out so far."""
    tokens = parse(body)
    writing = Writing(anchors=anchors)
    if mentions and (names := possible_names(tokens)):
        writing.people = mentions(names)
    summary = excerpt_of(tokens)
    html = sanitize(write(dress(tokens), writing))
    return Rendered(html, RENDERER_VERSION, frozenset(writing.found), summary)
