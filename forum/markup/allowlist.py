"""What HTML a text may consist of. Both sanitizers read this table, and nothing else says so.

Attributes are allowed with the values given here, classes one by one. What `writer.py` comes to
write must be added here too, or it is taken out again.
"""

import re
from collections.abc import Callable, Mapping

from forum.markup.anchors import is_anchor
from forum.markup.coloring import COLOR_CLASSES, LANGUAGE_CLASSES
from forum.markup.dressing import EXTERNAL
from forum.markup.pictures import SIZES, is_number, is_set, is_variant

_BLOCKS = {
    *("blockquote", "details", "div", "figcaption", "figure", "hr", "li", "ol", "p", "pre", "summary", "ul"),
}
_HEADINGS = {"h3", "h4", "h5", "h6"}
_TABLES = {"table", "tbody", "td", "th", "thead", "tr"}
_WITHIN_TEXT = {"a", "br", "code", "del", "em", "img", "span", "strong", "sup"}

TAGS = frozenset(_BLOCKS | _HEADINGS | _TABLES | _WITHIN_TEXT)

ADDRESSES: Mapping[str, frozenset[str]] = {"a": frozenset({"href"})}

# Any value will do: it is shown to people, or a number.
FREE: Mapping[str, frozenset[str]] = {
    "a": frozenset({"title"}),
    "img": frozenset({"alt"}),
    "ol": frozenset({"start"}),
}

_DIRECTIONS = frozenset({"ltr", "rtl"})
_AUTO = frozenset({"auto"})
_ZERO = frozenset({"0"})
_SLOT = frozenset({"…"})

VALUES: Mapping[str, Mapping[str, frozenset[str]]] = {
    "a": {
        "rel": frozenset({EXTERNAL}),
        "dir": _AUTO,
        "role": frozenset({"doc-noteref", "doc-backlink"}),
        "aria-label": _SLOT,
    },
    "blockquote": {"dir": _DIRECTIONS},
    "div": {
        "role": frozenset({"region", "group"}),
        "tabindex": _ZERO,
        "aria-label": _SLOT,
        "dir": _AUTO,
    },
    "figure": {"dir": _DIRECTIONS},
    **{heading: {"dir": _AUTO} for heading in _HEADINGS},
    "img": {"loading": frozenset({"lazy"}), "sizes": frozenset({SIZES})},
    "ol": {"dir": _DIRECTIONS},
    "p": {"dir": _AUTO},
    "pre": {"dir": frozenset({"ltr"}), "tabindex": _ZERO},
    "span": {"role": frozenset({"img"}), "tabindex": _ZERO, "aria-label": _SLOT},
    "summary": {"dir": _AUTO},
    "td": {"dir": _AUTO},
    "th": {"dir": _AUTO, "scope": frozenset({"col"})},
    "ul": {"dir": _DIRECTIONS},
}

# Values of a form rather than of a list.
FORMS: Mapping[str, Mapping[str, Callable[[str], bool]]] = {
    **{tag: {"id": is_anchor} for tag in sorted(_HEADINGS | {"li", "sup"})},
    "figure": {"data-post": lambda value: bool(re.fullmatch(r"[1-9]\d{0,18}", value, re.ASCII))},
    "img": {"src": is_variant, "srcset": is_set, "width": is_number, "height": is_number},
}

_ALIGNMENTS = frozenset({"is-number", "is-center"})

CLASSES: Mapping[str, frozenset[str]] = {
    "a": frozenset(
        {"mention", "image-link", "heading-link", "footnote-link", "footnote-back", "picture", "attachment"}
    ),
    "code": LANGUAGE_CLASSES | {"math", "math-display"},
    "details": frozenset({"quote-fold", "spoiler-block"}),
    "div": frozenset(
        {"post__table", "signature", "signature is-aligned", "is-aligned", "footnotes", "spoiler-block__text"}
    ),
    "figcaption": frozenset({"quote-source"}),
    "figure": frozenset({"quote"}),
    "img": frozenset({"picture__image"}),
    "li": frozenset({"task-list-item"}),
    "ol": frozenset({"contains-task-list"}),
    "span": COLOR_CLASSES
    | {"spoiler", "spoiler__label", "task-done", "task-open", "removed-file", "picture__play"},
    "summary": frozenset({"quote-fold__summary", "spoiler-block__summary"}),
    "td": _ALIGNMENTS,
    "th": _ALIGNMENTS,
    "ul": frozenset({"contains-task-list"}),
}
