"""The few words that stored HTML needs, put in when it is shown, in the reader's language.

Stored HTML has language-free places for them (an ellipsis). `localize()` is a plain replacement of
these places: they are whole tags, and no text a person writes can look like one, since its `<` is
always escaped.
"""

import re
from dataclasses import dataclass
from html import escape

from forum.markup.safe_html import SafeHTML

FOLD_SLOT = '<summary class="quote-fold__summary">…</summary>'
TABLE_SLOT = '<div class="post__table" tabindex="0" role="region" aria-label="…">'


@dataclass(frozen=True, slots=True)
class Phrases:
    """The words in one language: what a folded quote says, and how a table that can be scrolled is called."""

    quoted_text: str
    table: str


def localize(html: SafeHTML, phrases: Phrases) -> SafeHTML:
    """Stored HTML as one reader sees it. Cheap enough for every post of a page."""
    shown = str.replace(html, FOLD_SLOT, FOLD_SLOT.replace("…", escape(phrases.quoted_text)))
    return SafeHTML(shown.replace(TABLE_SLOT, TABLE_SLOT.replace("…", escape(phrases.table))))


_MENTION = re.compile(r'<a class="mention" href="[^"]*"( dir="auto")?>(@[^<]*)</a>')


def without_links_to_people(html: SafeHTML) -> SafeHTML:
    """Mentions as names alone, for readers who may not look at people."""
    return SafeHTML(_MENTION.sub(r'<span class="mention" dir="auto">\2</span>', str(html)))
