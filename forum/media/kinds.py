"""What is taken as an upload, and how much of it: the one list, told in `docs/operating.md`."""

import re
import zipfile
from pathlib import Path
from typing import BinaryIO

from flask_babel import gettext as _

from forum.core.errors import Invalid

MOST_BYTES = 10 * 1024 * 1024  # of one file
MOST_A_DAY = 200 * 1024 * 1024

PICTURES = ("jpg", "jpeg", "png", "gif", "webp")
_PICTURE = re.compile(rb"\xff\xd8\xff|\x89PNG\r\n\x1a\n|GIF8[79]a|RIFF....WEBP", re.DOTALL)

_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_OLE = (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",)
TEXT: tuple[bytes, ...] = ()

# Endings, and how such a file begins; texts begin with anything that is text.
FILES: dict[str, tuple[bytes, ...]] = {
    "pdf": (b"%PDF-",),
    **dict.fromkeys(("docx", "xlsx", "pptx", "odt", "ods", "odp", "epub", "zip"), _ZIP),
    **dict.fromkeys(("doc", "xls", "ppt"), _OLE),
    "rtf": (b"{\\rtf",),
    "7z": (b"7z\xbc\xaf\x27\x1c",),
    "gz": (b"\x1f\x8b",),
    **dict.fromkeys(("txt", "md", "csv", "tsv", "json", "bib", "ris", "ics"), TEXT),
}
_PROGRAM = (b"MZ", b"\x7fELF", b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe", b"#!")
_MARKED_UP = re.compile(
    rb"^\s*(?:\xef\xbb\xbf)?\s*<(?:\?xml|!doctype|!--|html|head|body|svg|script|iframe|style|math|[a-z]+:)",
    re.IGNORECASE,
)
_IN_NAMES = {
    "html",
    "htm",
    "xhtml",
    "xht",
    "mht",
    "mhtml",
    "svg",
    "svgz",
    "xml",
    "xsl",
    "xslt",
    "swf",
    "js",
    "mjs",
}
_RUN_BY_NAME = {
    *(
        "exe",
        "dll",
        "msi",
        "bat",
        "cmd",
        "com",
        "scr",
        "ps1",
        "vbs",
        "vbe",
        "jse",
        "wsf",
        "hta",
        "lnk",
        "jar",
    ),
    *(
        "sh",
        "app",
        "apk",
        "dmg",
        "iso",
        "reg",
        "docm",
        "xlsm",
        "pptm",
        "xlam",
        "chm",
        "cpl",
        "py",
        "pl",
        "php",
    ),
}


def accepted() -> str:
    """For `<input type=file accept=…>`."""
    return ",".join(f".{ending}" for ending in (*PICTURES, *FILES))


def is_picture(begin: bytes) -> bool:
    """By how it begins, whatever it is called."""
    return bool(_PICTURE.match(begin[:16]))


def refuse_file(name: str, file: BinaryIO) -> None:
    """Whether a file that is no picture may stay as it is. Raises Invalid for `file`, in words."""
    ending = Path(name).suffix.lower().removeprefix(".")
    begin = file.read(4096)
    if not begin:
        raise Invalid({"file": _("This file is empty.")})
    if ending in _IN_NAMES or _MARKED_UP.match(begin):
        raise Invalid({"file": _("Web pages, SVG and XML are not taken: a browser could run what is in them. Send a picture as PNG, or a text as PDF.")})  # fmt: skip
    if ending in _RUN_BY_NAME or begin.startswith(_PROGRAM):
        raise Invalid({"file": _("Programs are not taken.")})
    if ending in PICTURES:
        raise Invalid({"file": _("This is no picture that can be read. Save it anew as JPEG or PNG.")})
    if ending not in FILES:
        raise Invalid({"file": _("Files of this kind are not taken. Pictures: JPEG, PNG, GIF, WebP. Files: %(endings)s.", endings=", ".join(FILES))})  # fmt: skip
    if not (begin.startswith(FILES[ending]) if FILES[ending] else _is_text(begin)):
        raise Invalid(
            {"file": _("What is in this file is not what its name says (.%(ending)s).", ending=ending)}
        )
    if FILES[ending] is _ZIP and ending != "zip" and not _is_zip(file):
        raise Invalid(
            {"file": _("What is in this file is not what its name says (.%(ending)s).", ending=ending)}
        )


def _is_text(begin: bytes) -> bool:
    if b"\x00" in begin or re.search(rb"[\x01-\x08\x0e-\x1a\x1c-\x1f\x7f]", begin):
        return False
    return b"<script" not in begin.lower()


def _is_zip(file: BinaryIO) -> bool:
    """Whether it has the table of contents of an archive; nothing is unpacked."""
    file.seek(0)
    return zipfile.is_zipfile(file)


def why_refused(word: str) -> str:
    """Why a picture was not taken, in words."""
    return {
        "pixels": _("This picture has too many pixels: 25 million at most (for instance 5,000 by 5,000). Make it smaller, and send it again."),
        "frames": _("This animation is too long: 200 frames at most."),
        "slow": _("This picture takes too long to be read. Save it anew as JPEG or PNG."),
    }.get(word) or _("This picture cannot be read: it is damaged, or something else. Save it anew as JPEG or PNG.")  # fmt: skip
