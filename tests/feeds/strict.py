"""What RFC 4287 asks of a feed, to the letter: what must be there, how often, and in which form."""

import re
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

ATOM = "{http://www.w3.org/2005/Atom}"
MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})")
TAG = re.compile(r"tag:[a-z0-9.-]+,\d{4}(-\d{2}(-\d{2})?)?:[A-Za-z0-9/_-]+")
ONCE = {"id", "title", "updated"}
AT_MOST_ONCE = {
    "subtitle",
    "generator",
    "icon",
    "logo",
    "rights",
    "published",
    "content",
    "summary",
    "source",
}
IN_FEED = {"author", "category", "contributor", "generator", "icon", "id", "link", "logo", "rights", "subtitle", "title", "updated", "entry"}  # fmt: skip
IN_ENTRY = {"author", "category", "content", "contributor", "id", "link", "published", "rights", "source", "summary", "title", "updated"}  # fmt: skip


def faults_of(feed: bytes, *, with_self: bool = True) -> list[str]:
    """Everything that the RFC forbids or misses in a feed."""
    root = ET.fromstring(feed)
    if root.tag != f"{ATOM}feed":
        return [f"the root is {root.tag}"]
    found = list(_faults(root, "feed", IN_FEED))
    entries = root.findall(f"{ATOM}entry")
    for entry in entries:
        found += _faults(entry, "entry", IN_ENTRY)
        if entry.find(f"{ATOM}author") is None and root.find(f"{ATOM}author") is None:
            found.append("entry without an author")
        if entry.find(f"{ATOM}content") is None and not _links(entry, "alternate"):
            found.append("entry with neither content nor alternate")
    ids = [entry.findtext(f"{ATOM}id") for entry in entries]
    if len(set(ids)) != len(ids):
        found.append("two entries with one id")
    if with_self != bool(_links(root, "self")):
        found.append("self link" + (" missing" if with_self else " that holds a token"))
    newest = max((entry.findtext(f"{ATOM}updated") or "" for entry in entries), default=None)
    if newest is not None and newest != root.findtext(f"{ATOM}updated"):
        found.append("updated is not that of the newest entry")
    return found


def _faults(element: ET.Element, where: str, allowed: set[str]) -> list[str]:
    found = []
    names = [child.tag.removeprefix(ATOM) for child in element if child.tag.startswith(ATOM)]
    found += [f"{where}: {child.tag} is foreign" for child in element if not child.tag.startswith(ATOM)]
    found += [f"{where}: {name} may not stand here" for name in names if name not in allowed]
    found += [f"{where}: {name} {names.count(name)} times" for name in ONCE if names.count(name) != 1]
    found += [f"{where}: {name} more than once" for name in AT_MOST_ONCE if names.count(name) > 1]
    for child in element:
        name, text = child.tag.removeprefix(ATOM), child.text or ""
        if name in {"updated", "published"} and not MOMENT.fullmatch(text):
            found.append(f"{where}: {name} is {text!r}")
        if name == "id" and not TAG.fullmatch(text):
            found.append(f"{where}: id is {text!r}")
        if name == "link":
            parts = urlsplit(child.get("href", ""))
            if not (parts.scheme and parts.netloc) or " " in child.get("href", ""):
                found.append(f"{where}: link to {child.get('href')!r}")
        if name in {"author", "contributor"}:
            found += [f"{where}: author without a name"] * (child.findtext(f"{ATOM}name") in (None, ""))
        if name == "category" and not child.get("term"):
            found.append(f"{where}: category without a term")
        if name in {"title", "subtitle", "content"} and child.get("type", "text") not in {"text", "html"}:
            found.append(f"{where}: {name} of type {child.get('type')}")
        if name in {"title", "subtitle", "content"} and len(child):
            found.append(f"{where}: {name} holds elements")
    alternates = [(link.get("type"), link.get("hreflang")) for link in _links(element, "alternate")]
    if len(set(alternates)) != len(alternates):
        found.append(f"{where}: two alternates of one kind")
    return found


def _links(element: ET.Element, rel: str) -> list[ET.Element]:
    return [link for link in element.findall(f"{ATOM}link") if link.get("rel", "alternate") == rel]
