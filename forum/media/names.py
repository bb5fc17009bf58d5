"""Names of files, made harmless; and how an answer says them (RFC 6266)."""

import re
import unicodedata
from urllib.parse import quote

LONGEST = 100
_UNWANTED = {
    "Cc",
    "Cf",
    "Cs",
    "Co",
    "Cn",
    "Zl",
    "Zp",
}  # what cannot be seen, turns text around, or breaks a line
_RESERVED = re.compile(r'[<>:"|?*%#&\\/`\[\]]+')
_DEVICES = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)", re.IGNORECASE)


def safe_name(name: str, otherwise: str = "file") -> str:
    """A name to show and to save under: the last part of a path, nothing that leads elsewhere, at most 100 characters."""
    name = unicodedata.normalize("NFC", re.split(r"[/\\]", name)[-1])
    name = "".join(
        " " if c.isspace() else c for c in name if unicodedata.category(c) not in _UNWANTED or c.isspace()
    )
    name = re.sub(r"\s+", " ", _RESERVED.sub("_", name)).strip(" .")
    stem, dot, ending = name.rpartition(".")
    if not dot:
        stem, ending = name, ""
    ending = ending[:10].lower()
    stem = stem[: LONGEST - 1 - len(ending)].strip(" .") or otherwise
    if _DEVICES.match(stem + "."):
        stem = f"_{stem}"
    return f"{stem}.{ending}" if ending else stem


def in_address(name: str) -> str:
    """A name as the last part of an address, also within Markdown."""
    return quote(name, safe="")


def disposition(kind: str, name: str) -> str:
    """`Content-Disposition`: plain characters for old programs, all of them for the others."""
    plain = "".join(c if c.isascii() and c.isprintable() and c not in '"\\%;' else "_" for c in name)
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
