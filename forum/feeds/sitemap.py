"""The sitemap (sitemaps.org 0.9): addresses of what everybody may read, for search engines.

An index names the parts; each begins at a key, the id of its first topic, so that a part is as quick to read at the end
as at the start.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from xml.etree import ElementTree as ET

from forum.web.links import absolute

MIMETYPE = "application/xml"
NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"

Line = tuple[str, datetime | None]  # path, when something changed there


def index(lines: Iterable[Line]) -> bytes:
    return _written("sitemapindex", "sitemap", lines)


def part(lines: Iterable[Line]) -> bytes:
    return _written("urlset", "url", lines)


def _written(outer: str, inner: str, lines: Iterable[Line]) -> bytes:
    root = ET.Element(outer, xmlns=NAMESPACE)
    for path, changed in lines:
        element = ET.SubElement(root, inner)
        ET.SubElement(element, "loc").text = absolute(path)
        if changed is not None:
            moment = changed.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
            ET.SubElement(element, "lastmod").text = moment
    whole: bytes = ET.tostring(root, encoding="utf-8")
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + whole
