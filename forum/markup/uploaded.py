"""What was uploaded and stands in stored HTML: found, and put in other words where nobody could see it."""

import re
from html import escape

from forum.markup.quotes import show_quotes
from forum.markup.safe_html import SafeHTML

_NAMED = re.compile(r'(?:href|src)="/uploads/([1-9]\d{0,18})/', re.ASCII)
_SHOWN = re.compile(r'(?:<a class="picture" href="[^"]*">)?<img class="picture__image"[^>]*>(?:</a>)?')
_ATTRIBUTE = re.compile(r'\b(src|alt)="([^"]*)"')


def uploads_in(html: SafeHTML) -> frozenset[int]:
    """What was uploaded and stands in stored HTML, but for what is quoted: that stands where it was written."""
    if '="/uploads/' not in html:
        return frozenset()
    return frozenset(int(found) for found in _NAMED.findall(str(show_quotes(html, {}, ""))))


def first_picture(html: SafeHTML) -> str | None:
    """The address of the first picture that stands in stored HTML and is not quoted, as wide as a text."""
    if '="/uploads/' not in html:
        return None
    found = _SHOWN.search(str(show_quotes(html, {}, "")))
    return dict(_ATTRIBUTE.findall(found[0])).get("src") if found else None


def pictures_as_links(html: SafeHTML, otherwise: str) -> SafeHTML:
    """With a link in place of each picture, where nobody is signed in who could see it; `otherwise` for one without words."""
    if '="/uploads/' not in html:
        return html

    def link(found: re.Match[str]) -> str:
        known = dict(_ATTRIBUTE.findall(found[0]))
        words = known.get("alt") or escape(otherwise)
        is_link = found[0].startswith("<a")  # without one it has no words, or stands in a link already
        return f'<a class="image-link" href="{known["src"]}">{words}</a>' if is_link else words

    return SafeHTML(_SHOWN.sub(link, str(html)))
