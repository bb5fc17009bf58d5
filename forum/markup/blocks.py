"""Block rules of our own, beside those of CommonMark: the width of tables, and the signature.

A line that holds just `-- ` (two hyphens and a space, the mark that mail programs write) sets apart
what follows it, if it is the last such line and at most a dozen lines come after it.
"""

import re

from markdown_it.rules_block import StateBlock, lheading
from markdown_it.rules_block import table as parse_table

from forum.markup.errors import MarkupRefused, Reason
from forum.markup.limits import SIGNATURE_LINES, TABLE_COLUMNS

SIGNATURE_MARK = "-- "
_COLUMNS = re.compile(r"\S {3,}\S")
_SPACE_THAT_STAYS = "\u00a0"


def table(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """The table of the library, unless it is wider than anybody could read."""
    if not parse_table(state, start, end, True):
        return False
    if silent:
        return True
    rule = _line(state, start + 1).strip().strip("|")
    if rule.count("|") >= TABLE_COLUMNS:
        raise MarkupRefused(Reason.TOO_MANY_COLUMNS)
    return parse_table(state, start, end, False)


def underlined_heading(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """The setext heading of CommonMark, but a signature mark underlines nothing."""
    so_far, parent = len(state.tokens), state.parentType
    if not lheading(state, start, end, silent):
        state.parentType = parent
        return False
    if _is_signature_mark(state, state.line - 1):
        del state.tokens[so_far:]
        state.line, state.parentType = start, parent
        return False
    return True


def signature(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """What follows the last `-- `, line by line."""
    if not _is_signature_mark(state, start):
        return False
    if silent:
        return True
    lines = [_line(state, line).expandtabs(8).rstrip() for line in range(start + 1, state.lineMax)]
    is_aligned = any(_COLUMNS.search(line) for line in lines)
    state.push("signature_open", "div", 1).info = "aligned" if is_aligned else ""
    token = state.push("inline", "", 0)
    token.content = "\n".join(_indented(lines) if is_aligned else map(str.strip, lines)).strip("\n")
    token.map = [start + 1, state.lineMax]
    token.children = []
    state.push("signature_close", "div", -1)
    state.line = state.lineMax
    return True


def _indented(lines: list[str]) -> list[str]:
    """The lines as far in as they stand beside each other."""
    indents = [len(line) - len(line.lstrip()) for line in lines]
    margin = min((indent for indent, line in zip(indents, lines, strict=True) if line), default=0)
    return [
        _SPACE_THAT_STAYS * (indent - margin) + line.lstrip()
        for indent, line in zip(indents, lines, strict=True)
    ]


def _is_signature_mark(state: StateBlock, line: int) -> bool:
    start = state.bMarks[line]
    at_the_margin = start == 0 or state.src[start - 1] == "\n"  # not behind the mark of a quote
    if not at_the_margin or _line(state, line) != SIGNATURE_MARK:
        return False
    after = range(line + 1, len(state.eMarks) - 1)
    return len(after) <= SIGNATURE_LINES and (
        any(not state.isEmpty(other) for other in after)
        and not any(_line(state, other) == SIGNATURE_MARK for other in after)
    )


def _line(state: StateBlock, line: int) -> str:
    return state.src[state.bMarks[line] : state.eMarks[line]]
