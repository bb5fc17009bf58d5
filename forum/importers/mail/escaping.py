"""Plain text written so that Markdown shows it as it was."""

from __future__ import annotations

import re

_URL = re.compile(r"<?\b(https?://[^\s<>\"\x00-\x1f\x7f]{1,1500})", re.IGNORECASE)
_ENTITY = re.compile(r"&(?=#\d{1,7};|#[xX][0-9a-fA-F]{1,6};|[A-Za-z][A-Za-z0-9]{1,31};)")
_PLAIN = re.compile(r"[^\\`*\[\]<>|@~:_&]*")
_SPECIAL = re.compile(r"[\\`*\[\]<>|@]|~(?=~)|(?<=~)~|:(?=//)")
_UNDERSCORE = re.compile(r"(?<![^\W_])_|_(?![^\W_])")
_LINE_START = re.compile(r"(#{1,6}(?=\s|$)|[-+](?=\s|$)|-(?=[-\s]*$)|=(?==*\s*$)|~|>)")
_NUMBERED = re.compile(r"(\d{1,9})([.)])(?=\s|$)")


def escape_line(line: str) -> str:
    """One line of a paragraph. Addresses of pages become links; nothing else gets a meaning it had not."""
    return _escape_start(escape_inline(line.strip()))


def escape_inline(text: str) -> str:
    if _PLAIN.fullmatch(text):
        return text
    out: list[str] = []
    position = 0
    for found in _URL.finditer(text):
        url = _without_tail(found.group(1))
        if len(url) < 10:
            continue
        out.append(_escape(text[position : found.start(1)]))
        out.append(f"<{url}>")
        position = found.start(1) + len(url)
    out.append(_escape(text[position:]))
    return "".join(out)


def _escape(text: str) -> str:
    text = _SPECIAL.sub(r"\\\g<0>", text)
    text = _UNDERSCORE.sub(r"\\_", text)
    return _ENTITY.sub(r"\\&", text)


def _escape_start(line: str) -> str:
    """What would begin a heading, a list or a rule is told not to."""
    numbered = _NUMBERED.match(line)
    if numbered:
        return f"{numbered.group(1)}\\{line[numbered.end(1) :]}"
    return "\\" + line if _LINE_START.match(line) else line


def _without_tail(url: str) -> str:
    """An address in a sentence does not end with the sentence's own marks."""
    while url and (
        url[-1] in ".,;:!?'*_`" or (url[-1] in ")]}" and url.count(_OPENING[url[-1]]) < url.count(url[-1]))
    ):
        url = url[:-1]
    return url


_OPENING = {")": "(", "]": "[", "}": "{"}
