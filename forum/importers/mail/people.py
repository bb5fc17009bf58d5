"""Who wrote a message: a name to show and an address never shown, out of every form of From."""

from __future__ import annotations

import re
from dataclasses import dataclass

from forum.importers.mail.charsets import clean_line
from forum.importers.mail.headers import Headers, decode_words

NAME_LENGTH = 64
_ADDRESS = re.compile(r"[^\s@<>()\[\],;:\"]+@[^\s@<>()\[\],;:\"]+")
_VIA = re.compile(r"\s+\(?via\s+.+$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Person:
    """`key` tells people apart: the address in lower case, or the name where there is no address."""

    key: str
    name: str
    address: str | None


def author(headers: Headers) -> Person:
    """The writer, looking through lists that put their own address in place of the writer's."""
    written = [text for text in map(headers.raw, ("from", "reply-to", "sender", "return-path")) if text]
    people = [parse_person(text) for text in written] or [parse_person("")]
    person = people[0]
    if person.address is None:
        # From may be without an address that another header holds; the name in From stays.
        other = next((p for p in people[1:] if p.address), person)
        name = person.name if person.key not in ("unknown", person.address) else other.name
        return Person(other.key, name, other.address)
    if not _VIA.search(person.name):
        return person
    name = _VIA.sub("", person.name).strip("'\" ")
    for header in ("x-original-from", "reply-to"):
        origin = parse_person(headers.raw(header))
        if origin.address and origin.address != person.address:
            return Person(origin.key, name or origin.name, origin.address)
    return Person(f"name:{name.casefold()}", name, None)


def parse_person(written: str) -> Person:
    """`addr (Name)`, `Name <addr>`, `"Name" <addr>`, `<addr>`, `addr`, `name at host (Name)`, or only a name."""
    phrase, given = _split(clean_line(written))
    name = _clean_name(decode_words(phrase))
    address = _clean_address(given)
    if not _ADDRESS.fullmatch(address) and (found := _ADDRESS.search(given)):
        name, address = name or _clean_name(given[: found.start()]), found.group().casefold()
    shown = name or _clean_name(re.sub(r"[._]+", " ", address.partition("@")[0])) or "Unknown sender"
    if _ADDRESS.fullmatch(address):
        return Person(address, shown, address)
    key = address or (f"name:{name.casefold()}" if name else "unknown")
    return Person(key[:250], shown, None)


def _split(text: str) -> tuple[str, str]:
    """The phrase and the address, still as written."""
    quoted = re.match(r'\s*"((?:[^"\\]|\\.)*)"\s*<([^<>]*)>?', text)
    if quoted:
        return re.sub(r"\\(.)", r"\1", quoted.group(1)), quoted.group(2)
    address, bracket, _ = text.partition("(")
    if bracket and "@" in address and "<" not in address:
        return _comment(text), address
    angled = re.match(r"([^<]*)<([^<>]*)>?(.*)", text)
    if angled:
        return angled.group(1).strip() or _comment(angled.group(3)), angled.group(2)
    if bracket:
        return _comment(text), address
    return ("", text) if "@" in text or "!" in text or " at " in text else (text, "")


def _comment(text: str) -> str:
    """What the first parentheses hold, those within it among it; all that follows where they are never closed."""
    inside: list[str] = []
    depth = 0
    for found in re.finditer(r"\\(.)|(.)", text, re.DOTALL):
        escaped, char = found.groups()
        depth += {"(": 1, ")": -1}.get(char or "", 0)
        if depth == 0 and inside:
            break
        if depth > 0:
            inside.append(escaped or char)
    return "".join(inside)[1:].strip()


def _clean_name(name: str) -> str:
    name = name.strip("\"', ")
    # A name that is an address would show what is not to be shown.
    name = re.sub(r"@\S*", "", name).strip("\"'<>,;: ") if "@" in name else name
    name = name if any(char.isalnum() for char in name) else ""
    return name if len(name) <= NAME_LENGTH else name[: NAME_LENGTH - 1].rstrip() + "…"


def _clean_address(address: str) -> str:
    address = re.sub(r"\([^()]*\)", "", decode_words(address)).strip("\"'<>,;: ").casefold()
    address = re.sub(r"^mailto:", "", address)
    address = re.sub(r"\s+(?:at|\(at\)|\[at\])\s+", "@", address)
    first = address.split(",")[0].strip() if "," in address else address
    if "@" not in first and "!" in first:
        # A bang path: the last host and the user are what tells the person.
        host, _, user = first.rpartition("!")
        first = f"{user}@{host.rpartition('!')[2]}" if user and host else first
    return first[:250]
