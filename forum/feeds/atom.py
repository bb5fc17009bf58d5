"""Atom (RFC 4287), written: a feed of posts with all that they say.

Ids are tag URIs (RFC 4151) made of what never changes: the kind and the number of the thing, never its title or address.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

from forum.core import settings
from forum.markup import SafeHTML
from forum.web.links import site_address

MIMETYPE = "application/atom+xml"
NAMESPACE = "http://www.w3.org/2005/Atom"
TAGGED_SINCE = "2026"  # a year in which the site held its name: part of every id, so never to be changed
NOTHING_YET = datetime(2026, 1, 1, tzinfo=UTC)

# What XML 1.0 cannot hold, not even escaped.
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Author:
    name: str
    address: str | None = None  # of the profile, for who may open it


@dataclass(frozen=True, slots=True)
class Entry:
    """One post. `address` is its permalink; `place`, and each of `tags`, is (slug, name)."""

    id: str
    title: str
    address: str
    author: Author
    published: datetime
    updated: datetime
    html: SafeHTML
    place: tuple[str, str]
    tags: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class Feed:
    """`own` is the address of the feed itself, None where that holds a token: nothing in a feed gives it away."""

    id: str
    title: str
    subtitle: str
    address: str
    own: str | None
    entries: Sequence[Entry]
    since: datetime | None = None  # said where there is no entry


def tag(kind: str, number: int | None = None) -> str:
    """`tag:forum.example.org,2026:post/123`"""
    authority = settings.current().feed_authority or urlsplit(site_address()).hostname
    return f"tag:{authority},{TAGGED_SINCE}:{kind}" + (f"/{number}" if number is not None else "")


def written(feed: Feed) -> bytes:
    root = ET.Element("feed", xmlns=NAMESPACE)
    _text(root, "id", feed.id)
    _text(root, "title", feed.title)
    if feed.subtitle:
        _text(root, "subtitle", feed.subtitle)
    updated = max((entry.updated for entry in feed.entries), default=feed.since or NOTHING_YET)
    _text(root, "updated", _moment(updated))
    ET.SubElement(root, "link", rel="alternate", type="text/html", href=feed.address)
    if feed.own:
        ET.SubElement(root, "link", rel="self", type=MIMETYPE, href=feed.own)
    _text(root, "generator", "Collegium")
    for entry in feed.entries:
        _entry(root, entry)
    whole: bytes = ET.tostring(root, encoding="utf-8")
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + whole


def _entry(root: ET.Element, entry: Entry) -> None:
    element = ET.SubElement(root, "entry")
    _text(element, "id", entry.id)
    _text(element, "title", entry.title)
    ET.SubElement(element, "link", rel="alternate", type="text/html", href=entry.address)
    _text(element, "published", _moment(entry.published))
    _text(element, "updated", _moment(entry.updated))
    author = ET.SubElement(element, "author")
    _text(author, "name", entry.author.name)
    if entry.author.address:
        _text(author, "uri", entry.author.address)
    for slug, name in (entry.place, *entry.tags):
        ET.SubElement(element, "category", term=_clean(slug), label=_clean(name))
    _text(element, "content", str(entry.html)).set("type", "html")


def _text(parent: ET.Element, name: str, text: str) -> ET.Element:
    element = ET.SubElement(parent, name)
    element.text = _clean(text)
    return element


def _clean(text: str) -> str:
    return _NO_XML.sub("", text)


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
