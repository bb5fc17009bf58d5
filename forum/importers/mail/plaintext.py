"""Plain text of a message as Markdown: quotes as quotes, figures and code as they stand, all else as paragraphs."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from forum.importers.mail.escaping import escape_line
from forum.importers.mail.quoting import Line, quoted_lines

#: The mark that mail programs set before a signature; a line of it in Markdown sets the rest apart as one.
SIGNATURE_MARK = "-- "
SIGNATURE_LINES = 12
_TAB = 8

_GAP = re.compile(r"[^\s.?!] {3,}(?=\S)")
_CODE = re.compile(
    r"[;{}]\s*$|^\s*(#\s*(include|define|if|ifdef|endif|pragma)\b|//|/\*|\*/|def \w+\(|class \w+|import \w|return\b.*;|"
    r"<\?xml|</?\w+[^>@]*>\s*$|\w+\([^)]*\)\s*[;{]?\s*$|\w+\s*=\s*[^=].*;?\s*$|[$%] \w|C:\\)"
)
_ARMOR = re.compile(r"-{5}BEGIN [A-Z0-9 ]+-{5}\s*$")
#: A line that begins something of its own: an item, a label, a rule.
_ITEM = re.compile(
    r"\s*([-*+o•#=|]\s|\(?(?:\d{1,3}|[A-Za-z]|[ivx]{2,4})[.)]\s|[-=_*~+#]{3}|[A-Z][\w-]{0,20}:\s|https?://\S+$)"
)
#: Text narrower than this is no wrapped prose; people wrap by eye to within so many letters.
_NARROWEST, _RAGGED = 50, 8
#: A line of prose has so many words, and of its visible characters at most this part are no letters.
_WORDY, _FEW_SYMBOLS = 6, 0.2
_RULE = re.compile(r"\s*([-=_~*#+])\1{3,}\s*")
_LETTERS = re.compile(r"[^\W_]")


@dataclass(frozen=True, slots=True)
class Converted:
    """`signature` stands apart: the lines below its mark as they were written, none where there was no mark."""

    body: str
    signature: str


@dataclass(slots=True)
class _Chunk:
    """Lines that belong together, and how many blank ones stood before them."""

    lines: list[str]
    blanks_before: int
    is_figure: bool


def to_markdown(text: str, *, is_reply: bool) -> Converted:
    """Markdown that shows the text as it was written."""
    main, signature = split_signature(text.strip("\n"))
    body = "\n".join(_render(quoted_lines(main, is_reply=is_reply), 0)).strip("\n")
    return Converted(body, "\n".join(line.rstrip() for line in signature.strip("\n").split("\n")))


def split_signature(text: str) -> tuple[str, str]:
    """The text and what follows the last `-- `; `--` alone counts too where little enough follows."""
    lines = text.split("\n")
    for at in range(len(lines) - 1, max(-1, len(lines) - 4 * SIGNATURE_LINES), -1):
        bare = lines[at].rstrip("\r")
        if bare == SIGNATURE_MARK or (bare.rstrip() == "--" and len(lines) - at <= SIGNATURE_LINES + 1):
            return "\n".join(lines[:at]).rstrip("\n"), "\n".join(lines[at + 1 :])
    return text, ""


def fence(lines: list[str]) -> list[str]:
    """Lines shown letter by letter, however many backticks they hold."""
    longest = max((len(run) for line in lines for run in re.findall(r"`+", line)), default=0)
    mark = "`" * max(3, longest + 1)
    return [mark, *lines, mark]


def _render(lines: list[Line], depth: int) -> list[str]:
    """Markdown lines for a stretch at this depth; deeper runs are quotes within it."""
    out: list[str] = []

    def add(block: list[str]) -> None:
        if block:
            out.extend(["", *block] if out else block)

    for deeper, run in _runs(lines, depth):
        if deeper:
            inside = _render(run, depth + 1)
            add([f"> {line}" if line else ">" for line in inside])
        else:
            for block in _blocks([line.text for line in run]):
                add(block)
    return out


def _runs(lines: list[Line], depth: int) -> Iterator[tuple[bool, list[Line]]]:
    """Stretches at this depth and stretches below it. Blank lines between two quotes belong to the quote."""
    run: list[Line] = []
    deeper = False
    for at, line in enumerate(lines):
        blank = not line.text.strip() and line.depth <= depth
        is_deeper = line.depth > depth or (blank and deeper and _quote_goes_on(lines, at, depth))
        if run and is_deeper != deeper:
            yield deeper, run
            run = []
        deeper = is_deeper
        run.append(Line(depth + 1, "") if blank and is_deeper else line)
    if run:
        yield deeper, run


def _quote_goes_on(lines: list[Line], at: int, depth: int) -> bool:
    for line in lines[at : at + 3]:
        if line.text.strip() or line.depth > depth:
            return line.depth > depth
    return False


def _blocks(lines: list[str]) -> Iterator[list[str]]:
    """Paragraphs and figures; neighboring figures with the blank lines between them are one."""
    chunks = list(_chunks([line.expandtabs(_TAB) for line in lines]))
    figure: list[str] = []
    for at, chunk in enumerate(chunks):
        # A short indented piece between two figures is part of the drawing.
        is_label = (
            bool(figure) and len(chunk.lines) <= 2 and all(line.startswith("  ") for line in chunk.lines)
        )
        if chunk.is_figure or (is_label and at + 1 < len(chunks) and chunks[at + 1].is_figure):
            figure += [""] * (chunk.blanks_before if figure else 0) + chunk.lines
            continue
        if figure:
            yield fence(figure)
            figure = []
        yield _paragraph(chunk.lines)
    if figure:
        yield fence(figure)


def _chunks(lines: list[str]) -> Iterator[_Chunk]:
    """Runs of lines that are not blank; armored data is one run; a figure within a paragraph is cut out of it."""
    run: list[str] = []
    blanks, blanks_before = 0, 0
    armored = False
    for line in lines:
        if not armored and _ARMOR.match(line):
            if run:
                yield from _split(run, blanks_before)
                run, blanks_before, blanks = [], blanks, 0
            armored = True
        if line.strip() or (armored and run):
            if blanks and run:
                yield from _split(run, blanks_before)
                run, blanks_before = [], blanks
            blanks = 0
            run.append(line.rstrip())
        elif run:
            blanks += 1
        if armored and line.startswith("-----END"):
            yield from _split(run, blanks_before)
            run, blanks_before, armored = [], 0, False
    if run:
        yield from _split(run, blanks_before)


def _split(lines: list[str], blanks_before: int) -> Iterator[_Chunk]:
    """A run as it is, or, where lines within a paragraph draw something, in pieces."""
    if _is_figure(lines):
        yield _Chunk(lines, blanks_before, is_figure=True)
        return
    pieces: list[_Chunk] = []
    for piece in _stretches(lines):
        is_figure = (
            len(piece) >= 2
            and (piece[0].startswith("  ") or bool(_RULE.fullmatch(piece[0])))
            and _is_figure(piece)
        )
        if pieces and not is_figure and not pieces[-1].is_figure:
            pieces[-1].lines.extend(piece)
        else:
            pieces.append(_Chunk(piece, 0, is_figure=is_figure))
    pieces[0].blanks_before = blanks_before
    yield from pieces


def _stretches(lines: list[str]) -> Iterator[list[str]]:
    """Lines that are indented, or that stand below a rule, by themselves."""
    stretch: list[str] = []
    for before, line in itertools.pairwise(["", *lines]):
        begins = line.startswith("  ") != before.startswith("  ") or bool(_RULE.fullmatch(line))
        if stretch and begins:
            yield stretch
            stretch = []
        stretch.append(line)
    yield stretch


def _paragraph(lines: list[str]) -> list[str]:
    """Line ends as they were written: hard where somebody meant them, soft where the margin made them."""
    widest = max((len(line) for line in lines if not _RULE.fullmatch(line)), default=0)
    out = [
        escape_line(line) + ("" if _is_wrapped(line, following, widest) else "\\")
        for line, following in itertools.pairwise(lines)
    ]
    return [*out, escape_line(lines[-1])]


def _is_wrapped(line: str, following: str, widest: int) -> bool:
    """Whether the next word would hardly have fitted on this line of prose."""
    if widest < _NARROWEST or not _LETTERS.search(line) or not following.strip() or _ITEM.match(following):
        return False
    indent = len(following) - len(following.lstrip())
    if indent > len(line) - len(line.lstrip()) + 1 and not _ITEM.match(line):
        return False
    return len(line) + 1 + len(following.split(maxsplit=1)[0]) > widest - _RAGGED


def _is_figure(lines: list[str]) -> bool:
    """Whether where the letters stand matters: tables, drawings, code."""
    if _ARMOR.match(lines[0]):
        return True
    if len(lines) == 1:
        return lines[0].startswith("    ") and bool(_CODE.search(lines[0]))
    indents = [len(line) - len(line.lstrip()) for line in lines]
    gaps = sum(bool(_GAP.search(line.strip())) for line in lines)
    code = sum(bool(_CODE.search(line)) for line in lines)
    visible = "".join("".join(line.split()) for line in lines if not _RULE.fullmatch(line))
    symbols = 1 - len(_LETTERS.findall(visible)) / max(1, len(visible))
    ragged = len(set(indents[1:])) > 1 and max(indents) >= 4
    if gaps * 2 < len(lines) and symbols < _FEW_SYMBOLS and _reads_as_prose(lines):
        return False
    return (
        (gaps >= 2 and gaps * 2 >= len(lines))  # a single one stands behind a label, as in a list of terms
        or (gaps >= 2 and gaps * 4 >= len(lines) and ragged)
        or (code >= 2 and code * 2 >= len(lines))
        or (symbols > 0.45 and (len(lines) > 2 or len(visible) > 20))
        or (ragged and symbols > 0.2)
        or (ragged and _is_short(lines))
    )


def _reads_as_prose(lines: list[str]) -> bool:
    """Whether half of the lines are made of several words, as sentences are whatever stands at their ends."""
    return sum(_words(line) >= _WORDY for line in lines) * 2 >= len(lines)


def _words(line: str) -> int:
    return sum(word.strip(".,;:!?()'\"").replace("'", "").replace("-", "").isalpha() for word in line.split())


def _is_short(lines: list[str]) -> bool:
    """Whether the lines are those of a letterhead or a list; a paragraph goes up to its margin somewhere."""
    lengths = [len(line.strip()) for line in lines]
    return sum(lengths) / len(lengths) < 30 and max(lengths) < _NARROWEST
