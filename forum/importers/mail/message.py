"""One message of an archive, read whole: who, when, about what, in answer to whom, and its text as Markdown."""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from forum.importers.mail import attachments, dates, identity, people, plaintext, subjects
from forum.importers.mail.addresses import hide_addresses, hide_addresses_in_html
from forum.importers.mail.attachments import Attachment
from forum.importers.mail.charsets import guess
from forum.importers.mail.escaping import escape_inline, escape_line
from forum.importers.mail.headers import Headers
from forum.importers.mail.mbox import Record
from forum.importers.mail.parts import Piece, read_content
from forum.importers.mail.people import Person

#: Longer texts are cut, with a note that says so. 200 KB is a book's chapter; what is longer is data.
TEXT_LIMIT = 200 * 1024

_COLUMNS = re.compile(r"\S {3,}\S")
EMPTY = "*This message has no text.*"


class BrokenRecord(Exception):
    """What stands here is not a message; the reason is the text."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Which message this is, what it names, who wrote it, and what tells its text from others."""

    message_id: str
    references: tuple[str, ...]
    in_reply_to: tuple[str, ...]
    author: Person
    body_key: int

    @property
    def key(self) -> int:
        return identity.message_key(self.message_id)


@dataclass(frozen=True, slots=True)
class Envelope(Identity):
    """What the headers tell, which is all that threading needs."""

    sent_at: datetime | None
    title: str


@dataclass(frozen=True, slots=True)
class Text:
    """The body as Markdown. `is_cut` tells that some of it was left out for its length."""

    markdown: str
    is_cut: bool


def read_envelope(record: Record, *, now: datetime) -> Envelope:
    headers = _headers(record)
    known = _identity(record, headers)
    return Envelope(
        message_id=known.message_id,
        references=known.references,
        in_reply_to=known.in_reply_to,
        author=known.author,
        body_key=known.body_key,
        sent_at=dates.sent_at(headers, guess(record.from_line), now=now),
        title=hide_addresses(subjects.title(headers)),
    )


def read_identity(record: Record) -> Identity:
    return _identity(record, _headers(record))


def _identity(record: Record, headers: Headers) -> Identity:
    message_id = identity.message_id(headers, record.digest)
    return Identity(
        message_id=message_id,
        references=identity.references(headers, message_id),
        in_reply_to=identity.in_reply_to(headers, message_id),
        author=people.author(headers),
        body_key=int.from_bytes(record.body_digest[:8], "big") >> 1,
    )


def _headers(record: Record) -> Headers:
    headers = Headers(record.header)
    if not headers:
        raise BrokenRecord("no headers")
    return headers


def read_text(
    data: bytes, *, was_cut: bool, is_reply: bool, subject: str, html_to_markdown: Callable[[str], str]
) -> Text:
    """The text of a message. `subject` stands on top where a reply goes by another title than what it answers."""
    content = read_content(email.message_from_bytes(data, policy=email.policy.compat32))
    blocks: list[str] = []
    signature = ""
    files = list(content.attachments)
    for piece in content.pieces:
        if signature:
            # Text after a signature, as a list's footer is: the signature is only set apart at the end.
            blocks.append(_as_paragraph(signature))
            signature = ""
        text, signature, more = _piece(piece, is_reply=is_reply, html_to_markdown=html_to_markdown)
        files.extend(more)
        blocks.append(_forwarded(piece.forwarded, text) if piece.forwarded else text)
    is_cut = sum(map(len, blocks)) > TEXT_LIMIT
    body = "\n\n".join(block for block in blocks if block.strip())
    if is_cut:
        body = _cut(body)
    notes = [f"*{escape_inline(str(file))}*" for file in dict.fromkeys(files)]
    if is_cut or was_cut:
        notes.append("*The message is longer than this; the rest was not imported.*")
    body = "\n\n".join(part for part in (body or ("" if notes else EMPTY), *notes) if part)
    if signature.strip():
        fits = signature.count("\n") < plaintext.SIGNATURE_LINES
        body += f"\n\n{plaintext.SIGNATURE_MARK}\n{signature}" if fits else f"\n\n{_as_paragraph(signature)}"
    return Text(add_subject(body, subject), is_cut or was_cut)


def add_subject(body: str, subject: str) -> str:
    """A body with a subject on top, where there is one to tell."""
    return _subject_line(subject) + body if subject else body


def drop_subject(body: str, subject: str) -> str:
    """The body without the subject that was put on top of it."""
    return body.removeprefix(_subject_line(subject)) if subject else body


def _subject_line(subject: str) -> str:
    return f"**{escape_inline(subject)}**\n\n"


def _piece(
    piece: Piece, *, is_reply: bool, html_to_markdown: Callable[[str], str]
) -> tuple[str, str, list[Attachment]]:
    if piece.kind == "html":
        return html_to_markdown(hide_addresses_in_html(piece.text)).strip(), "", []
    text, files = attachments.cut_encoded_files(piece.text)
    text = hide_addresses(text)
    converted = plaintext.to_markdown(text, is_reply=is_reply)
    return converted.body, converted.signature, files


def _forwarded(told: str, text: str) -> str:
    return f"{escape_inline(told)}\n\n" + "\n".join(f"> {line}" if line else ">" for line in text.split("\n"))


def _as_paragraph(signature: str) -> str:
    if _COLUMNS.search(signature.expandtabs()):
        return "\n".join(plaintext.fence(["--", *(line.expandtabs() for line in signature.split("\n"))]))
    return "\\\n".join(["\\-\\-", *(escape_line(line) or "\\" for line in signature.split("\n"))])


def _cut(body: str) -> str:
    """The start of a text, ended between two blocks, with no fence left open."""
    body = body[:TEXT_LIMIT]
    body = body[: body.rfind("\n\n")] if "\n\n" in body else body
    fences = [line for line in body.split("\n") if line.lstrip("> ").startswith("```")]
    return body + ("\n" + fences[-1] if len(fences) % 2 else "")
