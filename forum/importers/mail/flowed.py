"""Text whose line ends are not what they seem: format=flowed (RFC 3676) and text/enriched (RFC 1896)."""

from __future__ import annotations

import re

SIGNATURE_MARK = "-- "


def unflow(text: str, *, delete_space: bool = False) -> str:
    """Join the lines that the sender's program broke, within each level of quoting; quotes come out as `> `."""
    out: list[str] = []
    depth, parts = 0, list[str]()

    def flush() -> None:
        if parts:
            out.append((">" * depth + " " if depth else "") + "".join(parts))
            parts.clear()

    for line in text.split("\n"):
        quoting = re.match(r">*", line)
        level = quoting.end() if quoting else 0
        content = line[level:].removeprefix(" ")
        if level != depth or content == SIGNATURE_MARK:
            flush()
            depth = level
        if content == SIGNATURE_MARK:
            out.append((">" * depth + " " if depth else "") + SIGNATURE_MARK)
            continue
        flows = content.endswith(" ")
        parts.append(content[:-1] if flows and delete_space else content)
        if not flows:
            flush()
    flush()
    return "\n".join(out)


_COMMAND = re.compile(r"<<|</?([A-Za-z][A-Za-z0-9-]{0,60})>")


def unenrich(text: str) -> str:
    """The words of enriched text: commands gone, single line ends joined, `<<` a bracket again."""
    out: list[str] = []
    skipping, unfilled, position = 0, 0, 0
    for found in _COMMAND.finditer(text):
        piece = text[position : found.start()]
        if not skipping:
            out.append(piece if unfilled else _fill(piece))
        position = found.end()
        name, closing = (found.group(1) or "").lower(), found.group().startswith("</")
        if not name:
            out.append("" if skipping else "<")
        elif name == "param":
            skipping = max(0, skipping + (-1 if closing else 1))
        elif name == "nofill":
            unfilled = max(0, unfilled + (-1 if closing else 1))
        elif name == "excerpt":
            out.append("\n")
    if not skipping:
        out.append(text[position:] if unfilled else _fill(text[position:]))
    return "".join(out)


def _fill(text: str) -> str:
    """One line end is a space; of several, one goes."""
    return re.sub(r"\n+", lambda ends: " " if ends.end() - ends.start() == 1 else ends.group()[1:], text)
