"""From a MIME tree to the parts that are its text, and to a note of what is left out."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from email.message import Message
from typing import Literal

from forum.importers.mail.attachments import Attachment
from forum.importers.mail.charsets import clean_text, decode, find_codec
from forum.importers.mail.flowed import unenrich, unflow
from forum.importers.mail.headers import Headers, decode_words
from forum.importers.mail.people import author

_DEEPEST = 8
_NO_LOSS = {"application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature"}
_SIZED = 1024 * 1024
_META_CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?([A-Za-z0-9_:-]{2,40})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the text: plain, or HTML; `forwarded` is told of a message within the message."""

    kind: Literal["plain", "html"]
    text: str
    forwarded: str = ""


@dataclass(slots=True)
class Content:
    pieces: list[Piece] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)


def read_content(message: Message) -> Content:
    """The text of a message, plain preferred where there is a choice, and what else it carried."""
    content = Content()
    _take(message, content, depth=0, forwarded="")
    return content


def _take(part: Message, content: Content, *, depth: int, forwarded: str) -> None:
    kind = part.get_content_type()
    inside = part.get_payload() if part.is_multipart() else None
    children = [child for child in inside if isinstance(child, Message)] if isinstance(inside, list) else []
    if kind == "message/rfc822" and children and depth < _DEEPEST:
        _take(children[0], content, depth=depth + 1, forwarded=_forwarding(children[0]))
    elif children and kind == "multipart/alternative" and depth < _DEEPEST:
        _take_alternative(children, content, depth=depth, forwarded=forwarded)
    elif children and kind.startswith("multipart/") and depth < _DEEPEST:
        for child in children:
            _take(child, content, depth=depth + 1, forwarded=forwarded)
    elif _is_text(part, kind, top=depth == 0):
        piece = _read_text(part, kind, forwarded)
        if piece.text.strip():
            content.pieces.append(piece)
        elif _file_name(part):
            content.attachments.append(_attachment(part))
    elif kind not in _NO_LOSS:
        content.attachments.append(_attachment(part))


def _take_alternative(children: list[Message], content: Content, *, depth: int, forwarded: str) -> None:
    """The first that says something, plain before enriched before HTML; files hung beside them are noted."""
    options: list[Content] = []
    for child in children:
        option = Content()
        _take(child, option, depth=depth + 1, forwarded=forwarded)
        options.append(option)

    def rank(option: Content) -> int:
        if not any(piece.text.strip() for piece in option.pieces):
            return 2
        return 1 if any(piece.kind == "html" for piece in option.pieces) else 0

    best = min(options, key=rank)
    if rank(best) == 0 and _is_excuse(best):
        best = next((option for option in options if rank(option) == 1), best)
    content.pieces.extend(best.pieces)
    for option in options:
        content.attachments.extend(option.attachments)


def _is_excuse(option: Content) -> bool:
    """A plain part that only says that the message is HTML."""
    text = " ".join(piece.text for piece in option.pieces)
    return len(text) < 300 and bool(
        re.search(r"\bhtml\b", text, re.I) and re.search(r"view|support|client|reader", text, re.I)
    )


def _is_text(part: Message, kind: str, *, top: bool) -> bool:
    if part.get_content_disposition() == "attachment" and not top:
        return False
    if kind in ("text/plain", "text/html", "text/enriched", "text/richtext"):
        return (
            top
            or not _file_name(part)
            or (part.get_content_disposition() == "inline" and kind == "text/plain")
        )
    if kind.startswith("multipart/") or kind in ("text/rfc822-headers", "message/delivery-status"):
        return True  # a multipart that does not hold together is shown as it stands
    # A whole message of an unheard-of type is likelier text than anything else, unless it looks binary.
    known = kind.partition("/")[0] in ("application", "image", "audio", "video", "model", "font", "message")
    return (
        (top or kind.startswith("text/"))
        and not known
        and b"\0" not in _payload(part)
        and not _file_name(part)
    )


def _read_text(part: Message, kind: str, forwarded: str) -> Piece:
    data = _payload(part)
    charset = _parameter(part, "charset")
    if kind == "text/html" and find_codec(charset) is None:
        meta = _META_CHARSET.search(data[:4096])
        charset = meta.group(1).decode("ascii") if meta else None
    text = clean_text(decode(data, charset))
    if kind == "text/html":
        return Piece("html", text, forwarded)
    if kind in ("text/enriched", "text/richtext"):
        text = unenrich(text)
    elif (_parameter(part, "format") or "").lower() == "flowed":
        text = unflow(text, delete_space=(_parameter(part, "delsp") or "").lower() == "yes")
    return Piece("plain", text, forwarded)


def _payload(part: Message) -> bytes:
    if part.is_multipart():
        inside = part.get_payload()
        texts = (
            [str(child.get_payload()) for child in inside if isinstance(child, Message)]
            if isinstance(inside, list)
            else []
        )
        return "\n\n".join(texts).encode("utf-8", "surrogateescape")
    data = part.get_payload(decode=True)
    return data if isinstance(data, bytes) else b""


def _parameter(part: Message, name: str) -> str | None:
    try:
        value = part.get_param(name)
    except (ValueError, TypeError, LookupError):
        return None
    if isinstance(value, tuple):
        value = value[2]
    return value or None


def _file_name(part: Message) -> str:
    try:
        name = part.get_filename()
    except (ValueError, TypeError, LookupError):
        name = None
    if not name:
        return ""
    return decode_words(name.encode("utf-8", "surrogateescape").decode("utf-8", "replace"))


def _attachment(part: Message) -> Attachment:
    raw = part.get_payload()
    size = len(raw) if isinstance(raw, str) else len(part.as_bytes())
    if str(part.get("content-transfer-encoding", "")).strip().lower() == "base64":
        size = size * 3 // 4 if size > _SIZED else len(_payload(part))
    name = _file_name(part)
    return Attachment(name or part.get_content_type(), size)


def _forwarding(message: Message) -> str:
    """One line that tells whose message is forwarded here."""
    block = "\n".join(f"{name}: {value}" for name, value in message.raw_items())
    headers = Headers(block.encode("utf-8", "surrogateescape"))
    said = [text for text in (author(headers).name, headers.text("date"), headers.text("subject")) if text]
    return "Forwarded message: " + (", ".join(said) or "without headers")
