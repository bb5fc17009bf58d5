"""Message ids, and the ids a message says it answers."""

from __future__ import annotations

import re
from hashlib import blake2b

from forum.importers.mail.headers import Headers

_ID_LENGTH = 250
#: A hundred ancestors say where a message belongs; the first is kept, and the last ninety-nine.
_REFERENCES_KEPT = 100


def message_id(headers: Headers, digest: bytes) -> str:
    """The id without its brackets; a message without one gets a steady id made from what it says."""
    written = headers.raw("message-id")
    found = _bracketed(written)
    if found:
        return found[0]
    bare = "".join(written.split()).strip("<>\"'")
    if bare:
        return _short(bare)
    content = "\n".join(headers.raw(name) for name in ("from", "date", "subject", "to"))
    return f"{blake2b(content.encode() + digest, digest_size=16).hexdigest()}@missing-id.invalid"


def message_key(identifier: str) -> int:
    """63 bits that stand for an id in indexes."""
    return int.from_bytes(blake2b(identifier.encode("utf-8", "replace"), digest_size=8).digest(), "big") >> 1


def references(headers: Headers, own_id: str) -> tuple[str, ...]:
    """The ids of References, farthest ancestor first; each once, at its last place."""
    named = [identifier for value in headers.all_raw("references") for identifier in _listed(value)]
    ids = _once(named, own_id)
    return tuple(ids if len(ids) <= _REFERENCES_KEPT else [ids[0], *ids[1 - _REFERENCES_KEPT :]])


def in_reply_to(headers: Headers, own_id: str) -> tuple[str, ...]:
    """The ids of In-Reply-To, which mostly is one; prose about whom one answers is none."""
    named = [identifier for value in headers.all_raw("in-reply-to") for identifier in _bracketed(value)]
    return tuple(_once(named, own_id)[-3:])


def _once(ids: list[str], own_id: str) -> list[str]:
    last = {identifier: at for at, identifier in enumerate(ids)}
    return [
        identifier for at, identifier in enumerate(ids) if last[identifier] == at and identifier != own_id
    ]


def _listed(value: str) -> list[str]:
    """References, also where brackets are missing or an id was broken by folding."""
    if "<" in value:
        return _bracketed(value)
    return [_short(word.strip("\"';:>")) for word in re.split(r"[\s,]+", value) if "@" in word.strip("@")]


def _bracketed(value: str) -> list[str]:
    found = []
    for piece in value.split("<")[1:]:
        inner, closed, _ = piece.partition(">")
        if closed:
            # A space within an id comes from folding; several words are prose and no id.
            words = inner.split()
            identifier = "".join(words) if (len(words) <= 2 and "@" in inner) or len(words) == 1 else ""
        else:
            identifier = (inner.split() or [""])[0]
            identifier = identifier if "@" in identifier else ""
        identifier = identifier.strip("\"'").rstrip(":;,")
        if identifier:
            found.append(_short(identifier))
    return found


def _short(identifier: str) -> str:
    """The id in the form it is compared and stored in."""
    identifier = "".join(char for char in identifier if char.isprintable())
    # Programs change the case of the host, which names the same host; never that of what stands before it.
    local, at, host = identifier.rpartition("@")
    identifier = f"{local}{at}{host.lower()}"
    if len(identifier) <= _ID_LENGTH:
        return identifier
    digest = blake2b(identifier.encode("utf-8", "replace"), digest_size=16).hexdigest()
    return f"{identifier[: _ID_LENGTH - 33]}~{digest}"
