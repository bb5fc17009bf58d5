"""Code in color: Pygments says what a piece of code is, a dozen classes say it to the style sheet.

Only languages listed here are colored, since every lexer is a set of regular expressions that the
author of a post feeds. Those listed have been timed on hostile code of the size and shape that
`Palette` lets through; Java's took seconds and is not among them.
"""

from collections.abc import Iterator
from functools import cache
from html import escape
from itertools import groupby, islice

from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.token import Comment, Generic, Keyword, Name, Number, Operator, String, is_token_subtype
from pygments.token import _TokenType as TokenType

from forum.markup.limits import CODE_BLANKS, CODE_CHARS, CODE_LINE, CODE_SPANS

# What may stand after the fence, and the lexer for it.
LANGUAGES = {
    **{name: name for name in ("bash", "c", "cpp", "css", "diff", "go", "html", "ini", "javascript")},
    **{name: name for name in ("json", "julia", "matlab", "python", "r", "rust", "sas", "sql", "stata")},
    **{name: name for name in ("toml", "typescript", "xml", "yaml")},
    "c++": "cpp",
    "js": "javascript",
    "jl": "julia",
    "py": "python",
    "python3": "python",
    "sh": "bash",
    "shell": "bash",
    "ts": "typescript",
    "yml": "yaml",
}
LANGUAGE_CLASSES = frozenset(f"language-{lexer}" for lexer in LANGUAGES.values())

# The most particular first. What has no class here is plain text.
_CLASSES: tuple[tuple[TokenType, str], ...] = (
    (Comment, "c"),
    (Keyword, "k"),
    (Operator.Word, "k"),
    (String, "s"),
    (Number, "m"),
    (Name.Function, "nf"),
    (Name.Class, "nf"),
    (Name.Decorator, "nd"),
    (Name.Builtin, "nb"),
    (Name.Tag, "nt"),
    (Name.Attribute, "na"),
    (Generic.Deleted, "gd"),
    (Generic.Inserted, "gi"),
    (Generic.Heading, "gh"),
    (Generic.Subheading, "gh"),
)
COLOR_CLASSES = frozenset(name for _, name in _CLASSES)


def language_of(info: str) -> str:
    """The language named after a fence, empty if it is none that we color."""
    words = info.split(maxsplit=1)
    return LANGUAGES.get(words[0].lower(), "") if words else ""


class Palette:
    """The colors left for one text: so much code, so many pieces."""

    def __init__(self) -> None:
        self._chars = CODE_CHARS
        self._spans = CODE_SPANS

    def color(self, code: str, language: str) -> str:
        """The code as HTML with `<span class>`; just escaped if it would cost too much."""
        if language and len(code) <= self._chars and not _is_awkward(code):
            self._chars -= len(code)
            pieces = list(islice(_pieces(code, language), 2 * self._spans + 1))
            spans = sum(1 for name, _ in pieces if name)
            if len(pieces) <= 2 * self._spans and spans <= self._spans:
                self._spans -= spans
                return "".join(_write(name, text) for name, text in pieces)
        return escape(code, quote=False)


def _write(name: str, text: str) -> str:
    text = escape(text, quote=False)
    return f'<span class="{name}">{text}</span>' if name else text


def _is_awkward(code: str) -> bool:
    """Whether a line, or a run of empty lines, is so long that lexers slow down."""
    blanks = 0
    for line in code.split("\n"):
        blanks = 0 if line.strip() else blanks + 1
        if len(line) > CODE_LINE or blanks > CODE_BLANKS:
            return True
    return False


def _pieces(code: str, language: str) -> Iterator[tuple[str, str]]:
    """(class or nothing, text): neighbors of one class together, white space outside of every class."""
    tokens = ((_class_of(kind), text) for _, kind, text in _lexer(language).get_tokens_unprocessed(code))
    for name, group in groupby(tokens, key=lambda token: token[0]):
        yield name, "".join(text for _, text in group)


@cache
def _class_of(kind: TokenType) -> str:
    return next((name for prefix, name in _CLASSES if is_token_subtype(kind, prefix)), "")


@cache
def _lexer(language: str) -> Lexer:
    return get_lexer_by_name(language)
