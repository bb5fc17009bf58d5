"""Bytes to text when the declared charset is missing, unknown or wrong."""

from __future__ import annotations

import codecs
import re

_ALIASES = {
    "ks_c_5601-1987": "cp949",
    "ks_c_5601": "cp949",
    "ksc5601": "cp949",
    "euc-kr": "cp949",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "iso-8859-8-i": "iso-8859-8",
    "iso-8859-8-e": "iso-8859-8",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "x-sjis": "cp932",
    "iso-2022-jp": "iso2022_jp_ext",
    "big5": "big5hkscs",
    "x-mac-roman": "mac_roman",
    "macintosh": "mac_roman",
    "iso-8859-1": "windows-1252",
    "iso8859-1": "windows-1252",
    "iso_8859-1": "windows-1252",
    "latin1": "windows-1252",
    "latin-1": "windows-1252",
    "windows-1252http-equivcontent-type": "windows-1252",
    "utf8mb4": "utf-8",
    "unicode-1-1-utf-7": "utf-7",
}
#: Python codecs that are no charsets of mail, or do more than map bytes to letters.
_NEVER = {
    "idna",
    "punycode",
    "unicode-escape",
    "raw-unicode-escape",
    "undefined",
    "mbcs",
    "oem",
    "utf-16",
    "utf-32",
}
_ISO_2022 = re.compile(rb"\x1b(\$[@B]|\([JI])")
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x9f\ud800-\udfff]")
_BIDI = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


def decode(data: bytes, declared: str | None) -> str:
    """Text of the bytes: as declared where that fits, else the best guess. Never fails."""
    codec = find_codec(declared)
    if _ISO_2022.search(data) and codec in (None, "ascii", "windows-1252", "utf-8"):
        codec = "iso2022_jp_ext"
    if codec in (None, "ascii", "windows-1252") or codec == "utf-8":
        return guess(data)
    try:
        return data.decode(codec)
    except (UnicodeDecodeError, ValueError):
        lenient = data.decode(codec, "replace")
        # A few bad bytes in a long text are damage; many mean that the label is wrong.
        return lenient if lenient.count("\ufffd") * 20 <= len(lenient) else guess(data)


def guess(data: bytes) -> str:
    """UTF-8 where it is valid (or nearly), else Windows-1252, which is what undeclared 8-bit mail mostly is."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        lenient = data.decode("utf-8", "replace")
    multibyte = sum(1 for char in lenient if char > "\x7f" and char != "\ufffd")
    if multibyte > 4 * lenient.count("\ufffd"):
        return lenient
    try:
        return data.decode("windows-1252")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def find_codec(name: str | None) -> str | None:
    """The Python codec for a charset name as mail writes it; none where it is unknown or not a charset."""
    if not name:
        return None
    name = name.strip().strip("\"'<>;").lower().removeprefix("charset=")
    name = _ALIASES.get(name, name)
    try:
        info = codecs.lookup(name)
    except (LookupError, ValueError):
        return None
    # codecs.lookup also knows zlib, base64 and rot13, which are no text.
    if not getattr(info, "_is_text_encoding", True) or info.name.replace("_", "-") in _NEVER:
        return None
    return "windows-1252" if info.name in ("cp1252", "iso8859-1") else info.name


def clean_line(text: str) -> str:
    """One line fit to be a name or a title: no control or direction characters, single spaces."""
    text = _BIDI.sub("", _CONTROLS.sub(" ", text.replace("\t", " ")))
    return " ".join(text.split())


def clean_text(text: str) -> str:
    """Text of a body: one kind of line end, no overstrikes, escape sequences or control characters."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\x08" in text:
        text = re.sub("[^\n\x08]\x08", "", text)
    if "\x1b" in text:
        text = re.sub("\x1b\\[[0-9;]*[A-Za-z]", "", text)
    text = text.replace("\x0c", "\n").replace("\u2028", "\n").replace("\u2029", "\n\n").replace("\x85", "\n")
    return _BIDI.sub("", _CONTROLS.sub("", text))
