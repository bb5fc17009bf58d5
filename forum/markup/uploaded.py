"""What was uploaded and stands in stored HTML: found, and put in other words where nobody could see it."""

import re
from html import escape

from forum.markup.phrases import REMOVED_SLOT
from forum.markup.pictures import REMOVED
from forum.markup.quotes import show_quotes
from forum.markup.safe_html import SafeHTML

_NAMED = re.compile(r'(?:href|src)="/uploads/([1-9]\d{0,18})/', re.ASCII)
_WRITTEN = re.compile(r"/uploads/([1-9]\d{0,18})/", re.ASCII)
LARGEST_ID = 2**63 - 1
_SHOWN = re.compile(
    r'(?:<a class="picture" href="[^"]*">)?<img class="picture__image"[^>]*>(?:<span class="picture__play">[^<]*</span>)?(?:</a>)?'
)
_ATTRIBUTE = re.compile(r'\b(src|alt)="([^"]*)"')


def uploads_in(html: SafeHTML) -> frozenset[int]:
    """What was uploaded and stands in stored HTML, but for what is quoted: that stands where it was written."""
    if '="/uploads/' not in html:
        return frozenset()
    return frozenset(int(found) for found in _NAMED.findall(str(show_quotes(html, {}, ""))))


def uploads_named(text: str) -> frozenset[int]:
    """What was uploaded and is named in a text as it was written, in whatever way."""
    found = (int(number) for number in _WRITTEN.findall(text)) if "/uploads/" in text else ()
    return frozenset(number for number in found if number <= LARGEST_ID)


def without_upload(body: str, upload_id: int) -> str:
    """A text as it was written, without an upload: its words and its address are gone with it."""
    if f"/uploads/{upload_id}/" not in body:
        return body
    address = rf"(?:https?://[^/\s()<>]+)?/uploads/{upload_id}/[^\s()<>\"'\]]*"
    words = r"(?:\\.|[^\[\]\\]|\[(?:\\.|[^\[\]\\])*\])*"
    title = r"(?:\s+(?:\"[^\"]*\"|'[^']*'))?"
    body = re.sub(rf"!?\[{words}\]\(\s*<?{address}>?{title}\s*\)", f"![]({REMOVED})", body)
    return re.sub(address, REMOVED, body)


def shown_without_upload(html: SafeHTML, upload_id: int) -> SafeHTML:
    """Stored HTML without an upload: that it was removed stands in its place."""
    if f"/uploads/{upload_id}/" not in html:
        return html
    image = rf'<img class="picture__image" src="/uploads/{upload_id}/[^>]*>'
    picture = rf'<a class="picture" href="/uploads/{upload_id}/[^"]*">{image}(?:<span class="picture__play">[^<]*</span>)?</a>'
    site = r"(?:https?://[^/\"]+)?"
    link = rf'<a\b[^>]*\shref="{site}/uploads/{upload_id}/[^>]*>.*?</a>'
    shown = re.sub(f"{picture}|{image}|{link}", REMOVED_SLOT, str(html), flags=re.DOTALL)
    return SafeHTML(re.sub(rf"{site}/uploads/{upload_id}/[^\s<>\"']*", REMOVED, shown))


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
