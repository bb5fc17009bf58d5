"""What is not for everybody to see at once: `||words||` in a line, and blocks between `:::spoiler` and `:::`.

A block may have a title (`:::spoiler How it ends`). The line that closes it has as many colons as the one that
opens it, so that blocks stand within each other without further ado; one that is never closed goes on to the end.
"""

import re
from dataclasses import dataclass

from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.state_inline import Delimiter

from forum.markup.limits import SPOILER_TITLE

MARK = "|"
NAME = "spoiler"
_WORD = re.compile(r"[0-9A-Za-z]")


def spoiler(state: StateInline, silent: bool) -> bool:
    """Inline rule: two bars, which may open or close as `~~` does, but not between letters or figures (`a||b`)."""
    if silent or state.src[state.pos] != MARK:
        return False
    scanned = state.scanDelims(state.pos, True)
    end = state.pos + scanned.length
    if scanned.length == 2:
        before = state.src[state.pos - 1] if state.pos else " "
        after = state.src[end] if end < state.posMax else " "
        opens = scanned.can_open and not _WORD.match(before)
        closes = scanned.can_close and not _WORD.match(after)
        token = state.push("text", "", 0)
        token.content = 2 * MARK
        state.delimiters.append(
            Delimiter(
                marker=ord(MARK), length=0, token=len(state.tokens) - 1, end=-1, open=opens, close=closes
            )
        )
    else:
        state.append_pending(state.src[state.pos : end])
    state.pos = end
    return True


def pair_spoilers(state: StateInline) -> None:
    """Second inline rule: the bars that were found to belong together become spoilers."""
    _pair(state, state.delimiters)
    for meta in state.tokens_meta:
        if meta and "delimiters" in meta:
            _pair(state, meta["delimiters"])


def _pair(state: StateInline, delimiters: list[Delimiter]) -> None:
    for opening in delimiters:
        if opening.marker == ord(MARK) and opening.end >= 0:
            first, last = state.tokens[opening.token], state.tokens[delimiters[opening.end].token]
            first.type, first.tag, first.nesting, first.content = "spoiler_open", "span", 1, ""
            last.type, last.tag, last.nesting, last.content = "spoiler_close", "span", -1, ""


def spoiler_block(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Block rule: `:::spoiler`, with a title or without, and what follows it up to its end."""
    opening = _fence_in(state, start)
    if opening is None or opening.title is None:
        return False
    if silent:
        return True
    last, is_closed = _closing_line(state, start, end, opening.colons)
    token = state.push("spoiler_block_open", "details", 1)
    token.info, token.map = opening.title, [start, last]
    outer, state.parentType = state.parentType, "spoiler"
    line_max, state.lineMax = state.lineMax, last
    state.md.block.tokenize(state, start + 1, last)
    state.parentType, state.lineMax = outer, line_max
    state.push("spoiler_block_close", "details", -1)
    state.line = last + is_closed
    return True


@dataclass(frozen=True, slots=True)
class _Fence:
    """A line that opens a block, or, without a title, closes one."""

    colons: int
    title: str | None


def _closing_line(state: StateBlock, start: int, end: int, colons: int) -> tuple[int, bool]:
    """The line that closes what `start` opens; or the one before which everything around it ends, and False."""
    waiting = [colons]
    for line in range(start + 1, end):
        if state.sCount[line] < state.blkIndent and not state.isEmpty(line):
            return line, False
        found = _fence_in(state, line)
        if found and found.title is not None:
            waiting.append(found.colons)
        elif found and found.colons in waiting:
            while waiting.pop() != found.colons:
                pass
            if not waiting:
                return line, True
    return end, False


def _fence_in(state: StateBlock, line: int) -> _Fence | None:
    begin = state.bMarks[line] + state.tShift[line]
    if not state.src.startswith(":::", begin) or state.is_code_block(line):
        return None
    text = state.src[begin : state.eMarks[line]]
    rest = text.lstrip(":")
    colons = len(text) - len(rest)
    rest = rest.strip()
    if not rest:
        return _Fence(colons, None)
    if rest[: len(NAME)].lower() == NAME and (len(rest) == len(NAME) or rest[len(NAME)].isspace()):
        return _Fence(colons, rest[len(NAME) :].strip()[:SPOILER_TITLE])
    return None
