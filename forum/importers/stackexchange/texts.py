"""Texts of Stack Exchange as Markdown of ours: pure functions, worked by the processes that render."""

import re
from collections.abc import Mapping
from contextlib import suppress
from html import unescape

from forum.discussions.queries.tags import tag_key
from forum.discussions.tag_params import MOST_TAGS, clean_tag
from forum.markup import html_to_markdown

LONG = (
    100_000  # characters; beyond them nothing is looked for in a text: three times what can be written there
)
# HTML that people write into Markdown there; here it would stand as they typed it.
_TAGS = r"</?(?:a|b|blockquote|br|code|dd|del|dl|dt|em|h[1-6]|hr|i|img|kbd|li|ol|p|pre|s|strike|strong|sub|sup|ul)\b[^>]*>"
_HTML = re.compile(_TAGS, re.IGNORECASE)
_CODE = re.compile(r"(`+)(?!`).*?(?<!`)\1(?!`)|^(?: {4}|\t).*$", re.MULTILINE | re.DOTALL)
_LANGUAGE = re.compile(r"^<!--\s*language(-all)?:\s*(?:lang-)?([\w+#.-]+)\s*-->\s*$", re.IGNORECASE)
_COMMENT = re.compile(r"^<!--.*?-->\s*$", re.MULTILINE)
_TAG_LINK = re.compile(r"\[(?:meta-)?tag:([\w.+#-]+)\]")
_SPOILER = re.compile(r"(?:^>!.*(?:\n|\Z)(?:^>.*(?:\n|\Z))*)", re.MULTILINE)
_MATH = re.compile(r"\$\$(?=[^$]*[\\^_{}])[^$<>]+\$\$|\$(?=[^$\n]*[\\^_{}])[^$\n<>]+\$")
_ELEMENT = re.compile(r"(<pre\b.*?</pre>|<code\b.*?</code>|<[^>]*>)", re.IGNORECASE | re.DOTALL)
_FIRST = re.compile(r"^([ \t]*)(#|>|[+-](?=\s)|\d+(?=[.)]\s)|```|~~~|:::)", re.MULTILINE)
_PLAIN_BREAK = re.compile(r"\n+")
_IDS = r"(?:questions/(?P<q>\d{1,12})(?:/[^\s)\]>\"'/#]*(?:/(?P<qa>\d{1,12}))?)?|q/(?P<s>\d{1,12})(?:/\d+)?|a/(?P<a>\d{1,12})(?:/\d+)?)"


def body_of(html: str, markdown: str | None) -> str:
    """The text of a post: what its author typed where that is known and means the same here, else its HTML put back."""
    if markdown is not None and len(markdown) <= LONG:
        text = from_markdown(markdown)
        if not _HTML.search(_CODE.sub("", text)):
            return text
    return from_html(html)


def from_markdown(text: str) -> str:
    """Their Markdown as ours: languages of code, spoilers and tags said in our way."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "<!--" in text:
        text = _COMMENT.sub("", _fenced(text))
    text = _SPOILER.sub(_spoiler, text)
    return _TAG_LINK.sub(r"`\1`", text).strip("\n")


def from_html(html: str) -> str:
    """HTML as Markdown; formulas stay as they were typed, as code."""
    if "$" in html:
        html = "".join(
            part if number % 2 else _MATH.sub(lambda found: f"<code>{found[0]}</code>", part)
            for number, part in enumerate(_ELEMENT.split(html))
        )
    return html_to_markdown(html).strip("\n")


def from_comment(text: str) -> str:
    """A comment: emphasis, code and links mean something in it, and nothing else does."""
    text = unescape(text) if "&#" in text else text
    text = _PLAIN_BREAK.sub("\n\n", text.replace("\r\n", "\n").strip())
    return _FIRST.sub(lambda m: f"{m[1]}{_escaped(m[2])}", _TAG_LINK.sub(r"`\1`", text))


def plain_of(html: str, *, most: int) -> str:
    """The words of a short text alone, on one line, cut after a word where they are more than that."""
    words = " ".join(unescape(re.sub(r"<[^<>]*>", " ", html[:LONG])).split())
    return words if len(words) <= most else words[: most - 2].rpartition(" ")[0].rstrip(" ,;:.-") + " …"


def tags_of(text: str) -> list[str]:
    """Tags as a dump has them, `<one><two>` or `|one|two|`: as many as a topic can have, each as it can be typed here."""
    found = []
    for name in re.split(r"[<>|]+", text):
        with suppress(ValueError):
            found.append(clean_tag(name))
    return list({tag_key(name): name for name in found}.values())[:MOST_TAGS]


def title_of(text: str) -> str:
    return " ".join(text.split())[:200]


def link_pattern(hosts: frozenset[str]) -> re.Pattern[str] | None:
    """What leads to a post of the same site: its id is in one of the groups, that of an answer before its question's."""
    if not hosts:
        return None
    names = "|".join(re.escape(host) for host in sorted(hosts))
    return re.compile(rf"(?:https?:)?//(?:{names})/{_IDS}(?:\?[^\s)\]>\"'#]*)?(?:#[\w_-]*)?", re.IGNORECASE)


def linked_ids(texts: list[str], pattern: re.Pattern[str] | None) -> set[int]:
    if pattern is None:
        return set()
    return {_named(found) for text in texts for found in pattern.finditer(text)}


def with_own_links(text: str, pattern: re.Pattern[str] | None, known: Mapping[int, int]) -> str:
    """Links to posts that stand here too lead to them. Code stays as it is."""
    if pattern is None or not known or len(text) > LONG:
        return text
    pieces, at = [], 0
    for code in _CODE.finditer(text):
        pieces += [_linked(text[at : code.start()], pattern, known), code[0]]
        at = code.end()
    return "".join([*pieces, _linked(text[at:], pattern, known)])


def _linked(text: str, pattern: re.Pattern[str], known: Mapping[int, int]) -> str:
    def leads(found: re.Match[str]) -> str:
        post_id = known.get(_named(found))
        if post_id is None:
            return found[0]
        before = text[max(0, found.start() - 3) : found.start()]
        if before.endswith("["):
            return found[0]  # the words of a link that leads elsewhere, or here by itself
        if before.endswith(("](", "](<", "]: ", '"', "'")):
            return f"/posts/{post_id}"
        if before.endswith("<") and text[found.end() : found.end() + 1] == ">":
            return f"/posts/{post_id}"
        return f"[{found[0]}](/posts/{post_id})"

    said = pattern.sub(leads, text)
    return re.sub(r"(?<!\()<(/posts/\d+)>", r"[\1](\1)", said)


def _named(found: re.Match[str]) -> int:
    return int(found["qa"] or found["a"] or found["q"] or found["s"])


def _escaped(mark: str) -> str:
    return f"{mark}\\" if mark.isdigit() else f"\\{mark}"


def _fenced(text: str) -> str:
    """Code that its writer gave a language: indented after `<!-- language: … -->`, fenced here."""
    lines, made, language, everywhere = text.split("\n"), [], "", ""
    at = 0
    while at < len(lines):
        hint = _LANGUAGE.match(lines[at])
        if hint:
            language = hint[2].lower()
            everywhere = language if hint[1] else everywhere
            at += 1
            continue
        named = language or everywhere
        if (
            named
            and lines[at].startswith(("    ", "\t"))
            and (at == 0 or not lines[at - 1].strip() or language)
        ):
            end = at
            while end < len(lines) and (not lines[end].strip() or lines[end].startswith(("    ", "\t"))):
                end += 1
            code = lines[at:end]
            while code and not code[-1].strip():
                code.pop()
            fence = "`" * max(3, 1 + max((len(m) for m in re.findall(r"`+", "\n".join(code))), default=0))
            shown = "" if named in ("none", "default", "all") else named
            made += ["", f"{fence}{shown}", *(re.sub(r"^(?: {4}|\t)", "", line) for line in code), fence, ""]
            at, language = end, ""
            continue
        if lines[at].strip():
            language = ""
        made.append(lines[at])
        at += 1
    return "\n".join(made)


def _spoiler(found: re.Match[str]) -> str:
    lines = [re.sub(r"^>!? ?", "", line) for line in found[0].rstrip("\n").split("\n")]
    return "\n".join([":::spoiler", *lines, ":::", ""])
