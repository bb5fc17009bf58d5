"""Footnotes: `[^name]` in the text, `[^name]: words` on a line of its own, further paragraphs four spaces in.

They are numbered in the order in which they are referred to, and stand at the end of the text, before a signature.
Definitions within quotes and lists are none: a quote takes everything it holds along when it is taken away.
What nobody refers to is not shown, as elsewhere.
"""

import re
from collections import Counter
from collections.abc import Iterable
from itertools import islice

from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from forum.markup.limits import FOOTNOTE_LABEL

_LABEL = re.compile(rf"\[\^([^\s\[\]\\]{{1,{FOOTNOTE_LABEL}}})\]")
_KEY = "footnotes"
WHOLE = "whole"  # in the environment of the parser: footnotes that nobody refers to, too


def footnote_definition(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Block rule: the words of a footnote. The first of a name counts."""
    begin = state.bMarks[start] + state.tShift[start]
    if not state.src.startswith("[^", begin) or state.is_code_block(start):
        return False
    if state.level and not (silent and _is_outside(state, start)):
        return False
    label = _LABEL.match(state.src, begin, state.eMarks[start])
    if not label or not state.src.startswith(":", label.end()):
        return False
    if silent:
        return True
    token = state.push("footnote_open", "li", 1)
    token.meta = {"label": _normal(label[1])}
    state.env.setdefault(_KEY, set()).add(token.meta["label"])
    _parse_within(state, start, end, label.end() + 1)
    token.map = [start, state.line]
    state.push("footnote_close", "li", -1)
    return True


def _is_outside(state: StateBlock, line: int) -> bool:
    """Whether a line stands at the margin, and so behind the list or the footnote that is being read."""
    begin = state.bMarks[line]
    return (begin == 0 or state.src[begin - 1] == "\n") and state.sCount[line] < min(4, state.blkIndent)


def _parse_within(state: StateBlock, start: int, end: int, begin: int) -> None:
    """The blocks of a footnote: what is left of its first line, and the lines that are set in below it."""
    saved = state.bMarks[start], state.tShift[start], state.sCount[start], state.parentType
    first = state.skipSpaces(begin)
    state.bMarks[start], state.tShift[start] = begin, first - begin
    state.blkIndent += 4
    state.sCount[start] = state.blkIndent
    state.parentType = "footnote"
    if first >= state.eMarks[start] and state.isEmpty(start + 1):
        state.line = min(start + 2, end)
    else:
        state.md.block.tokenize(state, start, end)
    state.blkIndent -= 4
    state.bMarks[start], state.tShift[start], state.sCount[start], state.parentType = saved


def footnote_reference(state: StateInline, silent: bool) -> bool:
    """Inline rule: `[^name]`, if there is such a footnote; not within a link, which can hold no other."""
    if not state.src.startswith("[^", state.pos) or state.linkLevel > 0:
        return False
    label = _LABEL.match(state.src, state.pos, state.posMax)
    if not label or _normal(label[1]) not in state.env.get(_KEY, ()):
        return False
    if not silent:
        state.push("footnote_reference", "sup", 0).meta = {"label": _normal(label[1])}
    state.pos = label.end()
    return True


def gather_footnotes(state: StateCore) -> None:
    """Core rule: number the references, and put the footnotes that have any where the text ends."""
    if _KEY not in state.env:
        return
    text, notes = _set_apart(state.tokens)
    labels: dict[str, int] = {}  # and their numbers
    counts: Counter[str] = Counter()
    waiting = text
    while waiting:  # a footnote may refer to others
        known = len(labels)
        _number(waiting, labels, counts)
        waiting = [token for label in islice(labels, known, None) for token in notes[label]]
    if labels:
        gathered = [Token("footnotes_open", "ol", 1, block=True)]
        for label, number in labels.items():
            gathered += _with_ways_back(notes[label], number, counts[label])
        gathered.append(Token("footnotes_close", "ol", -1, block=True))
        at = next((n for n, token in enumerate(text) if token.type == "signature_open"), len(text))
        text[at:at] = gathered
    if state.env.get(WHOLE):
        text += [token for label, note in notes.items() if label not in labels for token in note]
    state.tokens = text


def _set_apart(tokens: Iterable[Token]) -> tuple[list[Token], dict[str, list[Token]]]:
    """The text, and the footnotes by their names."""
    text: list[Token] = []
    notes: dict[str, list[Token]] = {}
    current = text
    for token in tokens:
        if token.type == "footnote_open":
            current = []
            label = token.meta["label"]
            notes[label if label not in notes else f"{label} {len(notes)}"] = current
        current.append(token)
        if token.type == "footnote_close":
            current = text
    return text, notes


def _number(tokens: Iterable[Token], labels: dict[str, int], counts: Counter[str]) -> None:
    """Give every reference its number, and which one it is of those to the same footnote."""
    for block in tokens:
        for token in block.children or ():
            if token.type == "footnote_reference":
                label = token.meta["label"]
                number = labels.setdefault(label, len(labels) + 1)
                counts[label] += 1
                token.meta = {"number": number, "nth": counts[label]}


def _with_ways_back(note: list[Token], number: int, references: int) -> list[Token]:
    """A footnote with a link to every place that refers to it, behind its last words."""
    opening, *content, closing = note
    opening.meta = {"number": number}
    ways = [
        Token("footnote_back", "a", 0, meta={"number": number, "nth": nth})
        for nth in range(1, references + 1)
    ]
    if content and content[-1].type == "paragraph_close":
        words = content[-2]
        words.children = [*(words.children or ()), *ways]
    else:
        content += [
            Token("paragraph_open", "p", 1, block=True),
            Token("inline", "", 0, block=True, children=list(ways)),
            Token("paragraph_close", "p", -1, block=True),
        ]
    return [opening, *content, closing]


def _normal(label: str) -> str:
    return label.casefold()
