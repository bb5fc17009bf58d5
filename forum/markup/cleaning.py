"""Text as it comes in: no controls, no half characters, no writing direction that leaks.

`clean_text()` is safe to apply to a body before it is stored: it takes away what nobody can see or
mean, and a second pass changes nothing.
"""

import re

_LINE_ENDS = re.compile("\r\n?|[\n\x0b\x0c\x85\u2028\u2029]")
# C0 and C1 controls but for tab and line feed, the byte order mark.
_UNSEEN = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ufeff]")
# Lone surrogates and code points that Unicode keeps from text: neither can be stored or sent.
_NO_CHARACTER = re.compile("[\ud800-\udfff\ufdd0-\ufdef]|[" + "".join(
    f"{chr(plane * 0x10000 + 0xFFFE)}{chr(plane * 0x10000 + 0xFFFF)}" for plane in range(17)
) + "]")  # fmt: skip

_OVERRIDES = "\u202d\u202e"
_EMBEDDINGS = "\u202a\u202b"
_ISOLATES = "\u2066\u2067\u2068"
_POP_EMBEDDING = "\u202c"
_POP_ISOLATE = "\u2069"
_DIRECTION = re.compile(f"[{_OVERRIDES}{_EMBEDDINGS}{_ISOLATES}{_POP_EMBEDDING}{_POP_ISOLATE}]")


def clean_text(text: str) -> str:
    """The text without control characters, with line feeds only, each line closing the directions it opens."""
    text = _LINE_ENDS.sub("\n", text)
    text = _UNSEEN.sub("", text)
    text = _NO_CHARACTER.sub("\ufffd", text)
    if _DIRECTION.search(text):
        text = "\n".join(balance_direction(line) for line in text.split("\n"))
    return text


def balance_direction(line: str) -> str:
    """One line with its direction controls in pairs.

    Overrides (they turn single letters round and serve only to deceive) go away with whatever closes
    them; so do embeddings and isolates that are never closed, and closings that close nothing.
    """
    keep = [True] * len(line)
    opened: list[int] = []
    for match in _DIRECTION.finditer(line):
        at, control = match.start(), match.group()
        if control in _EMBEDDINGS or control in _ISOLATES or control in _OVERRIDES:
            opened.append(at)
            continue
        openers = _ISOLATES if control == _POP_ISOLATE else _EMBEDDINGS + _OVERRIDES
        if opened and line[opened[-1]] in openers:
            opener = opened.pop()
            if line[opener] in _OVERRIDES:
                keep[opener] = keep[at] = False
        else:
            keep[at] = False
    for at in opened:
        keep[at] = False
    return "".join(char for char, kept in zip(line, keep, strict=True) if kept)


def without_direction(text: str) -> str:
    """The text without any direction control: code has no use for them, and hides things behind them."""
    return _DIRECTION.sub("", text)
