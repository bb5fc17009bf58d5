"""Reading the files of a dump, row by row: whatever their size and encoding, and however broken some rows are.

A row stands between one `<` and the next, as the format has it. Each is read on its own, by nothing that knows of
document types or entities: there is nothing to expand, and a broken row spoils no other.
"""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

CHUNK = 1 << 18
LONGEST = (
    4_000_000  # characters of a row; the longest that Stack Exchange lets anybody write is a hundredth of it
)
_ROW = re.compile(r"""row(?:\s+[\w:.-]+\s*=\s*(?:"[^"]*"|'[^']*'))*\s*/?>\s*""")
_VALUE = re.compile(r"""\s([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_REFERENCE = re.compile(r"&(?:#([0-9]{1,7})|#[xX]([0-9a-fA-F]{1,6})|([a-z]{2,4}));|&")
_NAMED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
_DECLARED = re.compile(rb"""<\?xml[^>]*\sencoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
)


class NotADump(ValueError):
    """The file is no list of rows."""


@dataclass(frozen=True, slots=True)
class Row:
    """The values of a row by name; `why` says why it cannot be read, where it cannot."""

    number: int  # 1, 2, 3 … in its file
    values: dict[str, str]
    why: str = ""


def rows(path: Path) -> Iterator[Row]:
    """Every row of a file, in order. Raises NotADump where it is something else."""
    number, is_list = 0, False
    for piece in _pieces(path):
        if piece.startswith(("!DOCTYPE", "!ENTITY")):
            raise NotADump("it declares a document type, as no dump does")
        if not piece.startswith("row") or piece[3:4].isalnum():
            is_list = is_list or not piece.startswith(("?", "!"))
            continue
        number += 1
        try:
            yield Row(number, _read(piece))
        except ValueError as reason:
            yield Row(number, {}, str(reason))
    if not is_list and not number:
        raise NotADump("it holds no rows")


def _read(piece: str) -> dict[str, str]:
    if len(piece) > LONGEST:
        raise ValueError("it is longer than anything that can be written there")
    if not _ROW.fullmatch(piece):
        raise ValueError("it is not a whole row")
    if any("\udc80" <= letter <= "\udcff" for letter in piece):
        raise ValueError("it is not text in the encoding of the file")
    return {
        found[1]: _plain(found[2] if found[2] is not None else found[3]) for found in _VALUE.finditer(piece)
    }


def _plain(text: str) -> str:
    return _REFERENCE.sub(_letter, text) if "&" in text else text


def _letter(found: re.Match[str]) -> str:
    decimal, hexadecimal, name = found.groups()
    if name is not None:
        if name not in _NAMED:
            raise ValueError(f"it names an entity that is not there: &{name};")
        return _NAMED[name]
    if decimal is None and hexadecimal is None:
        raise ValueError("it holds a & that begins nothing")
    code = int(decimal) if decimal is not None else int(hexadecimal, 16)
    if code < 32:
        return chr(code) if code in (9, 10, 13) else ""
    return chr(code) if code < 0xD800 or 0xDFFF < code < 0x110000 else "\ufffd"


def _pieces(path: Path) -> Iterator[str]:
    """What stands after each `<`, up to the next. Of one that is too long, no more than shows it is kept."""
    with path.open("rb") as file:
        start = file.read(1024)
        file.seek(0)
        name, skipped = _encoding(start)
        file.seek(skipped)
        errors = "surrogateescape" if name == "utf-8" else "replace"
        decoder = codecs.getincrementaldecoder(name)(errors)
        rest, seen_first = [""], False
        length = 0
        while True:
            chunk = file.read(CHUNK)
            parts = decoder.decode(chunk, final=not chunk).split("<")
            for number, part in enumerate(parts):
                if number:
                    if seen_first:
                        yield "".join(rest)
                    rest, length, seen_first = [], 0, True
                if length <= LONGEST:
                    rest.append(part)
                    length += len(part)
            if not chunk:
                break
        if seen_first:
            yield "".join(rest)


def _encoding(start: bytes) -> tuple[str, int]:
    """The name of the encoding, and how many bytes its mark takes."""
    for mark, name in _MARKS:
        if start.startswith(mark):
            return name, len(mark) if mark in (
                codecs.BOM_UTF8,
                codecs.BOM_UTF16_LE,
                codecs.BOM_UTF16_BE,
            ) else 0
    declared = _DECLARED.match(start.lstrip())
    try:
        name = codecs.lookup(declared[1].decode()).name if declared else "utf-8"
        codecs.getincrementaldecoder(name)("replace").decode(b"")
    except (LookupError, TypeError):
        name = "utf-8"
    return name, 0
