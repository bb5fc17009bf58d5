"""Long texts rendered in sections: what is written here in one go is capped, what an archive holds is not."""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from html import escape

from forum.markup.anchors import Anchors
from forum.markup.cleaning import clean_text, without_direction
from forum.markup.errors import MarkupRefused
from forum.markup.limits import BODY_BYTES, EXCERPT_CHARS, NESTING
from forum.markup.mentions import Mention
from forum.markup.rendering import RENDERER_VERSION, Rendered, render, render_part
from forum.markup.sanitizer import sanitize

_FENCE = re.compile(r"(`{3,})")


def render_long(
    body: str, *, mentions: Callable[[set[str]], Mapping[str, Mention]] | None = None
) -> Rendered:
    """As `render`, for a text of any length; what is too much for it even in parts is shown as it was written.

    For what is not typed here, and never within a request: the time it takes grows with the length, without a cap.
    No text is refused.
    """
    if len(body) <= BODY_BYTES:
        with suppress(MarkupRefused):
            return render(body, mentions=mentions)
    anchors = Anchors()
    parts: list[Rendered] = []
    for number, section in enumerate(_sections(body)):
        anchors.part = f"s{number}-" if number else ""
        parts += _render(section, mentions, anchors)
    html = render("").html
    for part in parts:
        html += part.html
    return Rendered(
        html,
        RENDERER_VERSION,
        frozenset(name for part in parts for name in part.mentions),
        next((part.excerpt for part in parts if part.excerpt), ""),
    )


def _render(
    section: list[str], mentions: Callable[[set[str]], Mapping[str, Mention]] | None, anchors: Anchors
) -> Iterator[Rendered]:
    """A section, or, where the renderer finds it too much, its halves; a single block then letter by letter."""
    try:
        yield render_part("\n\n".join(section), mentions=mentions, anchors=anchors)
    except MarkupRefused:
        if len(section) == 1:
            yield _as_written(section[0])
            return
        middle, part = len(section) // 2, anchors.part
        for name, half in (("a", section[:middle]), ("b", section[middle:])):
            anchors.part = f"{part}{name}-"
            yield from _render(half, mentions, anchors)
        anchors.part = part


def _as_written(block: str) -> Rendered:
    """A block as code, past the parser, which turns down some texts whatever stands around them."""
    shown = without_direction(clean_text(block)).strip("\n")
    html = sanitize([f'<pre tabindex="0" dir="ltr"><code>{escape(shown, quote=False)}\n</code></pre>\n'])
    return Rendered(html, RENDERER_VERSION, frozenset(), " ".join(shown[:EXCERPT_CHARS].split()))


def _sections(body: str) -> Iterator[list[str]]:
    """Blocks in groups that the renderer takes."""
    limit = BODY_BYTES - 256
    group: list[str] = []
    size = 0
    for block in _blocks(body):
        for piece in _split(block, limit):
            length = len(piece.encode()) + 2
            if group and size + length > limit:
                yield group
                group, size = [], 0
            group.append(piece)
            size += length
    if group:
        yield group


def _blocks(body: str) -> Iterator[str]:
    """What stands between blank lines, fences whole."""
    block: list[str] = []
    mark = ""
    for line in body.split("\n"):
        if mark or line.strip():
            block.append(line)
        elif block:
            yield "\n".join(block)
            block = []
        found = _FENCE.match(line)
        if found and not mark:
            mark = found.group(1)
        elif found and found.group(1) == mark and line.strip() == mark:
            mark = ""
    if block:
        yield "\n".join(block)


def _split(block: str, limit: int, depth: int = 0) -> Iterator[str]:
    """A block in pieces of at most so many bytes, each a block of the same kind, down to the deepest quote shown."""
    if len(block.encode()) <= limit:
        yield block
        return
    lines = block.split("\n")
    if found := _FENCE.match(block):
        mark = found.group(1)
        inside = lines[1:-1] if lines[-1].strip() == mark else lines[1:]
        for piece in _runs_of_lines(inside, limit - 2 * len(mark) - 2):
            yield "\n".join([mark, *piece, mark])
    elif depth < NESTING and all(line.startswith(">") for line in lines):
        inner = "\n".join(line[1:].removeprefix(" ") for line in lines)
        for inner_block in _blocks(inner):
            quoted = inner_block.count("\n") * 2 + 2
            for part in _split(inner_block, max(limit // 2, limit - quoted), depth + 1):
                yield "\n".join(f"> {line}" for line in part.split("\n"))
    else:
        for piece in _runs_of_lines(lines, limit):
            yield "\n".join(piece).removesuffix("\\")


def _runs_of_lines(lines: list[str], limit: int) -> Iterator[list[str]]:
    run: list[str] = []
    size = 0
    for line in lines:
        for part in _parts_of_line(line, limit):
            length = len(part.encode()) + 1
            if run and size + length > limit:
                yield run
                run, size = [], 0
            run.append(part)
            size += length
    if run:
        yield run


def _parts_of_line(line: str, limit: int) -> Iterator[str]:
    """A line too long for itself, cut between words where there are any."""
    while len(line.encode()) >= limit:
        end = limit // 4  # of letters that may take four bytes each
        cut = line.rfind(" ", end // 2, end)
        yield line[: cut if cut > 0 else end]
        line = line[cut if cut > 0 else end :]
    yield line
