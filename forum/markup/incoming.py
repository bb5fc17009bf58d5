"""HTML from elsewhere, mostly mail, as Markdown that says the same.

It is no wall: what comes out is rendered like anything that people type. But it takes what strangers
send, so that size, number of tags and depth are capped; what goes beyond keeps its words and loses its form.
"""

import re
from html import unescape

import nh3

from forum.markup.cleaning import clean_text
from forum.markup.limits import INCOMING_CHARS, INCOMING_DEPTH, INCOMING_TAG_CHARS, INCOMING_TAGS

KEPT_TAGS = {
    *("a", "b", "blockquote", "br", "center", "code", "dd", "del", "div", "dl", "dt", "em", "h1", "h2", "h3", "h4"),
    *("h5", "h6", "hr", "i", "img", "kbd", "li", "ol", "p", "pre", "s", "samp", "span", "strike", "strong", "table"),
    *("tbody", "td", "tfoot", "th", "thead", "tr", "tt", "ul"),
}  # fmt: skip
_KEPT_ATTRIBUTES = {
    "a": {"href"},
    "div": {"style"},
    "img": {"src", "alt"},
    "ol": {"start"},
    "p": {"style"},
    "span": {"style"},
}
# Not shown in any mail program: the tag goes with what is in it.
_UNSEEN_TAGS = (
    "script",
    "style",
    "title",
    "template",
    "textarea",
    "select",
    "svg",
    "math",
    "object",
    "iframe",
)
_VOID_TAGS = {"br", "hr", "img"}

_TAG = re.compile(r"<[a-zA-Z/!?][^>]*>?")
_NAME = re.compile(r"</?([a-zA-Z][a-zA-Z0-9]*)")
_EMBEDDED = re.compile(r"""(["'])data:[^"'<>]*\1""", re.IGNORECASE)
_BREAK = re.compile(
    r"<(?:br|hr|/?(?:p|div|tr|li|blockquote|h[1-6]|table|ul|ol|dd|dt|pre))\b[^<>]*>", re.IGNORECASE
)
_SPECIAL = re.compile(r"[\\`*_\[\]<>|@~#+=-]|:(?=//)|&(?=[#a-zA-Z])|(?<=\d)[.)]")
_SPACES = re.compile(r"[ \t\xa0]+")


def html_to_markdown(html: str) -> str:
    """Markdown for an HTML mail. Never raises; text beyond 300,000 characters of HTML is left out.

    Quotes (`blockquote`), lists, emphasis, links, code and tables that hold data survive; layout
    tables, styles, hidden and empty elements do not; pictures leave their text. The result may be
    longer than what `render()` takes.
    """
    html = clean_text(_EMBEDDED.sub('""', html))[:INCOMING_CHARS]
    tags = _TAG.findall(html)
    if len(tags) > INCOMING_TAGS or any(len(tag) > INCOMING_TAG_CHARS for tag in tags):
        return _words_of(html)
    tidy = _TIDY.clean(html).replace("&nbsp;", " ")
    if _depth(tidy) > INCOMING_DEPTH:
        return _words_of(tidy)
    # Only imports need it, and it takes longer to load than the rest of the package.
    from forum.markup.mail_tree import tree_to_markdown

    return tree_to_markdown(tidy)


def _depth(tidy: str) -> int:
    """How deeply the elements of well-formed HTML nest."""
    depth = deepest = 0
    for tag in _TAG.findall(tidy):
        name = _NAME.match(tag)
        if name and name[1] not in _VOID_TAGS:
            depth += -1 if tag.startswith("</") else 1
            deepest = max(deepest, depth)
    return deepest


def _words_of(html: str) -> str:
    """The bare words, in paragraphs, nothing of them markup."""
    for tag in _UNSEEN_TAGS:
        html = _without_element(html, tag)
    text = unescape(_TAG.sub(" ", _BREAK.sub("\n\n", html)))
    paragraphs = (_SPACES.sub(" ", line).strip() for line in text.split("\n"))
    return "\n\n".join(escape_markdown(line) for line in paragraphs if line)


def _without_element(html: str, tag: str) -> str:
    """The HTML without any element of that name; one that is never closed takes the rest with it."""
    lower, kept, at = html.lower(), [], 0
    while (start := lower.find(f"<{tag}", at)) >= 0:
        kept.append(html[at:start])
        end = lower.find(f"</{tag}", start)
        if end < 0:
            return "".join(kept)
        at = end
    return "".join([*kept, html[at:]])


def escape_markdown(text: str) -> str:
    """Text as Markdown that shows it as it is."""
    return _SPECIAL.sub(r"\\\g<0>", text)


_TIDY = nh3.Cleaner(
    tags=KEPT_TAGS,
    clean_content_tags=set(_UNSEEN_TAGS),
    attributes=_KEPT_ATTRIBUTES,
    strip_comments=True,
    link_rel=None,
    url_schemes={"http", "https", "mailto"},
    url_relative="deny",
)
