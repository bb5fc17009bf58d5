"""Mathematics is kept as it was written: `$…$` in a line, `$$…$$` or lines between two `$$` apart. Nothing interprets it.

Money is left alone: a formula begins and ends with something other than white space, stands apart from letters and
figures outside, and is more than an amount with words behind it.
"""

import re

from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline

from forum.markup.limits import FORMULA_CHARS

_APART = re.compile(r"[ \t]*\$\$[ \t]*")
_WORD = re.compile(r"[0-9A-Za-z]")
_AMOUNT = re.compile(r"[\d.,]+[^\S\n]*[^\W\d_]{2,}|[\d.,]+\s|[\d.,]+[^\W\d_]*[^\w\s]\s*$")
_SIGNS = frozenset("\\^_={}<>+*")


def formula(state: StateInline, silent: bool) -> bool:
    """Inline rule: `$…$` and `$$…$$`."""
    src, start = state.src, state.pos
    if src[start] != "$":
        return False
    mark = "$$" if src.startswith("$$", start) else "$"
    first = start + len(mark)
    end = _end_of(src, first, min(state.posMax, first + FORMULA_CHARS), mark)
    content = src[first:end] if end > 0 else ""
    if not _is_formula(src, start, end + len(mark), state.posMax, content, mark):
        if mark == "$$":  # neither of the two begins another
            if not silent:
                state.append_pending(mark)
            state.pos += len(mark)
            return True
        return False
    if not silent:
        token = state.push("formula", "code", 0)
        token.content, token.markup = content.strip(), mark
    state.pos = end + len(mark)
    return True


def _end_of(src: str, first: int, limit: int, mark: str) -> int:
    """Where the next unescaped mark is, -1 if there is none."""
    at = first
    while (at := src.find(mark, at, limit)) >= 0:
        escapes = 0
        while at - escapes > first and src[at - escapes - 1] == "\\":
            escapes += 1
        if escapes % 2 == 0:
            return at
        at += 1
    return -1


def _is_formula(src: str, start: int, after: int, limit: int, content: str, mark: str) -> bool:
    if not content.strip() or "\n\n" in content:
        return False
    if mark == "$$":
        return True
    return (
        not content[0].isspace()
        and not content[-1].isspace()
        and not (start and (src[start - 1] in "$\\" or _WORD.match(src[start - 1])))
        and not (after < limit and (src[after] == "$" or _WORD.match(src[after])))
        and not (_AMOUNT.match(content) and _SIGNS.isdisjoint(content))
    )


def formula_block(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Block rule: what stands between two lines that hold just `$$`."""
    if state.is_code_block(start) or not _is_mark(state, start):
        return False
    line = start + 1
    while line < end and not _is_mark(state, line):
        if not state.isEmpty(line) and state.sCount[line] < state.blkIndent:
            return False
        line += 1
    if line >= end or state.sCount[line] < state.blkIndent or line == start + 1:
        return False
    if silent:
        return True
    token = state.push("formula_block", "code", 0)
    token.content = state.getLines(start + 1, line, state.sCount[start], True).strip("\n")
    token.map = [start, line + 1]
    state.line = line + 1
    return True


def _is_mark(state: StateBlock, line: int) -> bool:
    begin = state.bMarks[line] + state.tShift[line]
    return state.src.startswith("$$", begin) and bool(_APART.fullmatch(state.src, begin, state.eMarks[line]))
