"""Subjects as titles: without the marks that mail programs and lists put in front."""

from __future__ import annotations

import re

from forum.importers.mail.headers import Headers

TITLE_LENGTH = 200
_WORDS = "re|aw|antw|sv|vs|vb|rv|rif|ref|odp|fwd?|wg|tr|doorst|enc|res|回复|答复|转发|返信|답장"
_REPLY = re.compile(rf"(?:{_WORDS})(?:\s*[\[(^]\s*\d+\s*[\])]?)?\s*[:：]\s*", re.IGNORECASE)
_FORWARD_TAIL = re.compile(r"\s*\((?:fwd|forwarded|re)\)\s*$", re.IGNORECASE)
_TAG = re.compile(r"\[([^\[\]]{1,60})\]\s*")
_LETTERS = re.compile(r"[\W_]+")


def title(headers: Headers) -> str:
    """The subject without reply marks and the list's own tag; may be empty."""
    subject = headers.text("subject")
    tags = _list_names(headers)
    before = None
    while subject != before:
        before = subject
        subject = subject[mark.end() :] if (mark := _REPLY.match(subject)) else subject
        tag = _TAG.match(subject)
        if tag and ("@" in tag.group(1) or _LETTERS.sub("", tag.group(1)).casefold() in tags):
            subject = subject[tag.end() :]
        subject = _FORWARD_TAIL.sub("", subject).strip()
    return subject if len(subject) <= TITLE_LENGTH else subject[: TITLE_LENGTH - 1].rstrip() + "…"


def same_subject(one: str, other: str) -> bool:
    """Whether two titles say the same but for case, spaces and punctuation."""
    return _LETTERS.sub("", one).casefold() == _LETTERS.sub("", other).casefold()


def own_subject(title: str, answered: str) -> str:
    """The title of a reply that goes by another one than what it answers, which is to be told; else nothing."""
    return "" if not title or same_subject(title, answered) else title


def _list_names(headers: Headers) -> set[str]:
    """What the list may call itself in a tag: `users` and `httpd users` of `<users.httpd.example.org>`."""
    found: set[str] = set()
    for value in (headers.raw("list-id"), headers.raw("x-mailing-list"), headers.raw("list-post")):
        label = value.partition("<")[0].strip('" ') or ""
        inside = re.search(r"<?(?:mailto:)?([^\s<>]+)>?\s*$", value)
        parts = re.split(r"[.@]", inside.group(1)) if inside else []
        for name in (label, parts[0] if parts else "", " ".join(parts[:2])):
            if name:
                found.add(_LETTERS.sub("", name).casefold())
    return found - {""}
