"""The words that stand on a page: what is read, heard, or said later by a script."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

WORD = re.compile(r"[A-Za-z]{2,}")
SPOKEN = {
    "title", "aria-label", "aria-description", "aria-roledescription", "aria-valuetext", "placeholder", "alt", "label",
    "summary",
}  # fmt: skip
IN_HEAD = {"description", "og:description", "og:title", "og:site_name"}
# Code is in no language, names stand in `bdi`, and what stands in a field is the writer's.
NOT_WORDS = {"script", "style", "code", "bdi", "textarea"}
ADDRESS = re.compile(r"https?://\S+|(?<![^\s(])/[\w/.%-]+")
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
SAYS = re.compile(
    r"^[A-Z⟦]|\s.*[A-Za-z]|…$"
)  # a sentence; names of parts, keys and addresses are `lower-case`


class Words(HTMLParser):
    """Gathers the texts of a page with where they stand: the element, and the attribute if they stand in one.

    Not the text of a part that says by `lang` that it is in a language of its own.
    """

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[tuple[str, bool]] = []  # (element, whether its text counts)
        self.found: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        for name, value in given.items():
            if (
                name in SPOKEN
                or (tag == "input" and name == "value" and given.get("type") in {"submit", "button"})
                or (name == "content" and IN_HEAD & {given.get("name", ""), given.get("property", "")})
                or (name.startswith("data-") and name != "data-behavior" and SAYS.search(value))
            ):
                self.found.append((f"{tag}[{name}]", value))
        if tag not in VOID:
            counts = not self.open or self.open[-1][1]
            self.open.append(
                (tag, counts and tag not in NOT_WORDS and (tag == "html" or "lang" not in given))
            )

    def handle_endtag(self, tag: str) -> None:
        if any(tag == name for name, _counts in self.open):
            while self.open.pop()[0] != tag:
                pass

    def handle_data(self, data: str) -> None:
        if data.strip() and self.open and self.open[-1][1]:
            self.found.append((self.open[-1][0], data.strip()))


def texts(html: str) -> list[tuple[str, str]]:
    words = Words()
    words.feed(html)
    words.close()
    return words.found


def plain_words(html: str, known: set[str]) -> Iterator[tuple[str, str]]:
    """What stands in plain Latin letters, but for words that are known: names, addresses."""
    for where, text in texts(html):
        if set(WORD.findall(ADDRESS.sub("", text))) - known:
            yield where, text
