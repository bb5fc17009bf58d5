"""The few words that stored HTML needs, put in when it is shown, in the reader's language.

Stored HTML has language-free places for them (an ellipsis). `localize()` is a plain replacement of
these places: they are whole tags, and no text a person writes can look like one, since its `<` is
always escaped.
"""

import re
from dataclasses import dataclass
from html import escape

from forum.markup.anchors import BEGINNING, place_anchors
from forum.markup.pictures import PLAY_SLOT
from forum.markup.safe_html import SafeHTML

FOLD_SLOT = '<summary class="quote-fold__summary">…</summary>'
TABLE_SLOT = '<div class="post__table" tabindex="0" role="region" aria-label="…">'
SPOILER_SLOT = '<summary class="spoiler-block__summary">…</summary>'
SPOILER_LABEL_SLOT = '<span class="spoiler__label">…</span>'
TASK_DONE_SLOT = '<span class="task-done" role="img" aria-label="…">'
TASK_OPEN_SLOT = '<span class="task-open" role="img" aria-label="…">'
REMOVED_SLOT = '<span class="removed-file">…</span>'
FOOTNOTES_SLOT = '<div class="footnotes" role="group" aria-label="…">'
_LINK_SLOT = re.compile(r'(<a class="(heading-link|footnote-back)" href="#[^"]*" aria-label=")…"')

# As it is shown: a page holds many tables, and a region of one name may stand in it but once.
_TABLE = '<div class="post__table" tabindex="0" role="group" aria-label="…">'
_EMPTY_HEAD = re.compile(r'<th scope="col"( class="[a-z-]+")? dir="auto"></th>')


@dataclass(frozen=True, slots=True)
class Phrases:
    """The words in one language."""

    quoted_text: str  # what a folded quote says
    table: str  # how a table that can be scrolled is called
    spoiler: str  # what a spoiler without a title says, and what is read aloud before one in a line
    done: str  # of a task
    not_done: str
    footnotes: str
    back_to_text: str  # where the arrow behind a footnote leads
    link_to_heading: str
    play: str  # where a picture that moves leads to
    removed: str  # in place of a picture or a file that was removed


def localize(html: SafeHTML, phrases: Phrases, *, within: str = "text") -> SafeHTML:
    """Stored HTML as one reader sees it. Cheap enough for every post of a page.

    `within` names the text on its page, like `post-12`: what can be linked to in it begins so.
    """
    shown = str(html)
    if "…" not in shown:
        return html
    for slot, words in (
        (FOLD_SLOT, phrases.quoted_text),
        (SPOILER_SLOT, phrases.spoiler),
        (SPOILER_LABEL_SLOT, f"{phrases.spoiler}: "),
        (TASK_DONE_SLOT, phrases.done),
        (TASK_OPEN_SLOT, phrases.not_done),
        (REMOVED_SLOT, phrases.removed),
        (PLAY_SLOT, phrases.play),
        (FOOTNOTES_SLOT, phrases.footnotes),
    ):
        shown = shown.replace(slot, slot.replace("…", escape(words)))
    if TABLE_SLOT in shown:
        shown = shown.replace(TABLE_SLOT, _TABLE.replace("…", escape(phrases.table)))
        shown = _EMPTY_HEAD.sub(r'<td\1 dir="auto"></td>', shown)  # a cell that heads nothing is no heading
    if BEGINNING in shown:
        links = {
            "heading-link": escape(phrases.link_to_heading),
            "footnote-back": escape(phrases.back_to_text),
        }
        shown = _LINK_SLOT.sub(lambda found: f'{found[1]}{links[found[2]]}"', shown)
        shown = place_anchors(shown, within)
    return SafeHTML(shown)


_MENTION = re.compile(r'<a class="mention" href="[^"]*"( dir="auto")?>(@[^<]*)</a>')


def without_links_to_people(html: SafeHTML) -> SafeHTML:
    """Mentions as names alone, for readers who may not look at people."""
    return SafeHTML(_MENTION.sub(r'<span class="mention" dir="auto">\2</span>', str(html)))


_PICTURE = re.compile(r'<img\b(?:[^>"]|"[^"]*")*>')
_ALT = re.compile(r'\salt="([^"]*)"')


def without_pictures(html: SafeHTML) -> SafeHTML:
    """Pictures as what they are called, for readers whose program should load nothing."""

    def named(found: re.Match[str]) -> str:
        alt = _ALT.search(found[0])
        return f"[{alt[1]}]" if alt and alt[1] else "[…]"

    return SafeHTML(_PICTURE.sub(named, str(html)))


# Attributes are quoted, and the `<` of a text is escaped: what looks like a tag is one.
_ADDRESS = re.compile(r'(<(?:a|img)\b(?:[^>"]|"[^"]*")*?\s(?:href|src)=")(/(?!/)|#)')

_SEVERAL_SOURCES = re.compile(r' srcset="[^"]*" sizes="[^"]*"(?= width=)')


def with_whole_addresses(html: SafeHTML, *, site: str, page: str) -> SafeHTML:
    """Addresses with the host, for readers elsewhere: `/c/open` begins with the site, `#note` with the page it stands on."""
    whole = _ADDRESS.sub(lambda found: found[1] + (site if found[2] == "/" else page) + found[2], str(html))
    return SafeHTML(_SEVERAL_SOURCES.sub("", whole))


def mentions(html: SafeHTML, username: str) -> bool:
    """Whether stored HTML speaks to this person."""
    return _link_to(username) in html


def with_own_mentions(html: SafeHTML, username: str) -> SafeHTML:
    """The HTML for this person: where it speaks to them is marked."""
    link = _link_to(username)
    return SafeHTML(str(html).replace(link, link.replace('"mention"', '"mention mention--me"')))


def _link_to(username: str) -> str:
    return f'<a class="mention" href="/people/{username}"'
