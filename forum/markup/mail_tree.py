"""The tree of a tidy HTML mail, written as Markdown. `incoming.py` is the way here."""

import re
import warnings
from collections.abc import Iterator
from urllib.parse import quote

from bs4 import BeautifulSoup, MarkupResemblesLocatorWarning, Tag
from markdownify import MarkdownConverter

from forum.markup.limits import TABLE_COLUMNS

_ADDRESS = re.compile(r"https?://[^\s<>\"\\]{3,1500}[^\s<>\"\\.,;:!?'*_`()\[\]{}]", re.IGNORECASE)
_SPECIAL = re.compile(r"[\\`*\[\]<>|@~]|(?<![^\W_])_|_(?![^\W_])|:(?=//)|&(?=[#a-zA-Z])")
_LINE_START = re.compile(r"(?m)^([ \t]*)(?:([#+=-]+)|(\d{1,9})([.)]))(?=\s|$)")
_HIDDEN = re.compile(r"display:none|visibility:hidden|mso-hide:all|max-height:0(?!\.?[1-9])", re.IGNORECASE)
_BACKTICKS = re.compile(r"`{3,}")
_SIGNATURE = re.compile(r"^\\--\s*?\n+", re.MULTILINE)
_MARGIN = "> \t-0123456789."  # what quotes and lists put before a line
_CELL_CHARS = 300
_SAME_AS = {"strike": "del", "tt": "code"}
# A paragraph or a division may stand in a cell of data; these may not.
_BLOCKS = ["ul", "ol", "blockquote", "pre", "h1", "h2", "h3", "h4", "h5", "h6"]


def tree_to_markdown(tidy: str) -> str:
    """Markdown for well-formed HTML of bounded size and depth."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", MarkupResemblesLocatorWarning)
        soup = BeautifulSoup(tidy, "html.parser")
    _rename(soup)
    _drop_hidden(soup)
    _flatten_layout(soup)
    _replace_pictures(soup)
    text = _SIGNATURE.sub("\n-- \n", _Converter().convert_soup(soup))
    return "\n".join(_tidy(text.split("\n"))).strip()


def _tidy(lines: list[str]) -> Iterator[str]:
    """The lines with no more than one blank one together and no line break before it; code as it is."""
    before, mark = "", ""
    for line in lines:
        bare = line.strip(_MARGIN)
        if mark:
            mark = "" if bare == mark else mark
        elif bare and set(bare) == {"`"}:
            mark = bare
        elif not line.strip("> \t"):
            line = line.rstrip()
            if before == line:
                continue
            before = before.rstrip()
        yield before
        before = line
    yield before


def _drop_hidden(soup: BeautifulSoup) -> None:
    for element in soup.find_all(style=True):
        if not element.decomposed and _HIDDEN.search(re.sub(r"\s", "", str(element.get("style")))):
            element.decompose()


def _flatten_layout(soup: BeautifulSoup) -> None:
    """Tables that only place things become what they place, in order. Inner ones are looked at first."""
    for table in reversed(soup.find_all("table")):
        if _holds_data(table):
            continue
        for part in _own(table, ["thead", "tbody", "tfoot", "tr"]):
            part.unwrap()
        for cell in _own(table, ["td", "th"]):
            cell.name = "div"
        table.name = "div"


def _holds_data(table: Tag) -> bool:
    widths = {len(row.find_all(["td", "th"])) for row in table.find_all("tr")}
    return (
        len(table.find_all("tr")) > 1
        and len(widths) == 1
        and 1 < min(widths) <= TABLE_COLUMNS
        and table.find(["table", *_BLOCKS]) is None
        and all(len(cell.get_text()) <= _CELL_CHARS for cell in table.find_all(["td", "th"]))
    )


def _own(table: Tag, names: list[str]) -> list[Tag]:
    return [part for part in table.find_all(names) if part.find_parent("table") is table]


def _rename(soup: BeautifulSoup) -> None:
    for old, new in _SAME_AS.items():
        for element in soup.find_all(old):
            element.name = new


def _replace_pictures(soup: BeautifulSoup) -> None:
    """Pictures with a text become links to them; without, they were for spacing or for counting readers."""
    for image in soup.find_all("img"):
        words = " ".join(str(image.get("alt") or "").split())
        address = str(image.get("src") or "")
        if words and address.startswith(("http://", "https://")) and image.find_parent("a") is None:
            image.name, image.attrs = "a", {"href": address}
            image.append(words)
        else:
            image.replace_with(words)


class _Converter(MarkdownConverter):
    """markdownify, with our escapes, addresses and fences."""

    class Options:
        heading_style = "atx"
        bullets = "-"
        table_infer_header = True

    def escape(self, text: str, parent_tags: set[str]) -> str:
        """Text that stays text; addresses in it stay links."""
        parts: list[str] = []
        at = 0
        if "a" not in parent_tags:
            for found in _ADDRESS.finditer(text):
                parts += [_escape(text[at : found.start()]), f"<{found[0]}>"]
                at = found.end()
        return "".join([*parts, _escape(text[at:])])

    def convert_a(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        address = str(el.get("href") or "")
        words = text.strip()
        if not words or not address or "_noformat" in parent_tags:
            return text
        before, after = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
        if el.get_text().strip() in (address, address.removeprefix("mailto:"), address.rstrip("/")):
            return f"{before}<{_plain(address.removeprefix('mailto:'))}>{after}"
        words = " ".join(words.split()) if "\n" in words else words
        return f"{before}[{words}](<{_plain(address)}>){after}"

    def convert_pre(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        if not text.strip():
            return ""
        mark = "`" * max([3, *(len(run) + 1 for run in _BACKTICKS.findall(text))])
        lines = text.strip("\n")
        return f"\n\n{mark}\n{lines}\n{mark}\n\n"


def _escape(text: str) -> str:
    text = _SPECIAL.sub(r"\\\g<0>", text)
    return _LINE_START.sub(lambda m: f"{m[1]}\\{m[2]}" if m[2] else f"{m[1]}{m[3]}\\{m[4]}", text)


def _plain(address: str) -> str:
    """An address that cannot end its angle brackets."""
    return quote(address, safe="!#$%&'()*+,/:;=?@[]~-._")
