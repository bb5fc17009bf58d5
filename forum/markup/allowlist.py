"""What HTML a text may consist of. Both sanitizers read this table, and nothing else says so.

Attributes are allowed with the values given here, classes one by one. What `writer.py` comes to
write must be added here too, or it is taken out again.
"""

from collections.abc import Mapping

from forum.markup.coloring import COLOR_CLASSES, LANGUAGE_CLASSES
from forum.markup.dressing import EXTERNAL

_BLOCKS = {"blockquote", "details", "div", "hr", "li", "ol", "p", "pre", "summary", "ul"}
_HEADINGS = {"h3", "h4", "h5", "h6"}
_TABLES = {"table", "tbody", "td", "th", "thead", "tr"}
_WITHIN_TEXT = {"a", "br", "code", "del", "em", "span", "strong"}

TAGS = frozenset(_BLOCKS | _HEADINGS | _TABLES | _WITHIN_TEXT)

ADDRESSES: Mapping[str, frozenset[str]] = {"a": frozenset({"href"})}

# Any value will do: it is shown to people, or a number.
FREE: Mapping[str, frozenset[str]] = {"a": frozenset({"title"}), "ol": frozenset({"start"})}

_DIRECTIONS = frozenset({"ltr", "rtl"})
_AUTO = frozenset({"auto"})

VALUES: Mapping[str, Mapping[str, frozenset[str]]] = {
    "a": {"rel": frozenset({EXTERNAL}), "dir": _AUTO},
    "blockquote": {"dir": _DIRECTIONS},
    "div": {
        "role": frozenset({"region"}),
        "tabindex": frozenset({"0"}),
        "aria-label": frozenset({"…"}),
        "dir": _AUTO,
    },
    **{heading: {"dir": _AUTO} for heading in _HEADINGS},
    "ol": {"dir": _DIRECTIONS},
    "p": {"dir": _AUTO},
    "pre": {"dir": frozenset({"ltr"}), "tabindex": frozenset({"0"})},
    "td": {"dir": _AUTO},
    "th": {"dir": _AUTO, "scope": frozenset({"col"})},
    "ul": {"dir": _DIRECTIONS},
}

_ALIGNMENTS = frozenset({"is-number", "is-center"})

CLASSES: Mapping[str, frozenset[str]] = {
    "a": frozenset({"mention", "image-link"}),
    "code": LANGUAGE_CLASSES,
    "details": frozenset({"quote-fold"}),
    "div": frozenset({"post__table", "signature"}),
    "span": COLOR_CLASSES,
    "summary": frozenset({"quote-fold__summary"}),
    "td": _ALIGNMENTS,
    "th": _ALIGNMENTS,
}
