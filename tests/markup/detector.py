"""Says whether HTML could do harm in a browser, knowing nothing of our allow-lists.

It parses as browsers do (html5lib), looks at every element and attribute, reads addresses as browsers
do, and then does the same with what the parsed tree is when written out and parsed again.
"""

import re

from bleach._vendor import html5lib

HARMLESS = frozenset(
    [
        "a",
        "abbr",
        "b",
        "bdi",
        "blockquote",
        "br",
        "caption",
        "code",
        "col",
        "colgroup",
        "dd",
        "del",
        "details",
        "div",
        "dl",
        "dt",
        "em",
        "figcaption",
        "figure",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "i",
        "ins",
        "kbd",
        "li",
        "mark",
        "ol",
        "p",
        "pre",
        "q",
        "s",
        "samp",
        "small",
        "span",
        "strong",
        "sub",
        "summary",
        "sup",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "time",
        "tr",
        "u",
        "ul",
        "var",
    ]
)
ADDRESSES = frozenset(
    [
        "action",
        "archive",
        "background",
        "cite",
        "classid",
        "codebase",
        "data",
        "formaction",
        "href",
        "icon",
        "longdesc",
        "manifest",
        "ping",
        "poster",
        "profile",
        "src",
        "srcset",
        "usemap",
        "xlink:href",
    ]
)
SCHEMES = frozenset({"http", "https", "mailto"})
# Names that no script can come upon as a variable, and no page has for anything else.
PLACE = re.compile(r"(?:…|post-\d+|text|guidelines)-(?:h|note|ref)-[^\s\"'<>&#]{1,120}")
OWN = re.compile(r"/uploads/[0-9]+/[0-9]+(x[0-9]+)?\.webp")
XHTML = "{http://www.w3.org/1999/xhtml}"


def harm_in(html: str) -> list[str]:
    """What could run, load, navigate, restyle or hide the page; empty if nothing."""
    found: list[str] = []
    for round_number in range(2):
        tree = html5lib.parseFragment(html, treebuilder="etree")
        for element in tree.iter():
            found += _harm_of(element)
        if round_number == 0:
            html = html5lib.serialize(
                tree, tree="etree", quote_attr_values="always", omit_optional_tags=False
            )
    return found


def requests_in(html: str) -> list[str]:
    """Addresses that a browser asks for without being told to."""
    tree = html5lib.parseFragment(html, treebuilder="etree")
    return [
        str(dict(e.attrib))
        for e in tree.iter()
        if _name(e) in {"img", "link", "video", "audio", "iframe"} and not _is_own_picture(e)
    ]


def _harm_of(element) -> list[str]:
    name = _name(element)
    if name in ("DOCUMENT_FRAGMENT", ""):
        return []
    found = [] if name in HARMLESS or (name == "img" and _is_own_picture(element)) else [f"<{name}>"]
    for key, value in element.attrib.items():
        attribute = (key if isinstance(key, str) else key[1]).rpartition("}")[2].lower()
        if attribute.startswith("on") or attribute in {
            "style",
            "srcdoc",
            "http-equiv",
            "name",
            "target",
            "is",
        }:
            found.append(f"<{name} {attribute}>")
        elif attribute == "id" and not PLACE.fullmatch(value):
            found.append(f"<{name} id={value!r}>")
        elif attribute in ADDRESSES and not is_address_harmless(value):
            found.append(f"<{name} {attribute}={value!r}>")
    return found


def _is_own_picture(element) -> bool:
    """Whether it loads nothing but pictures that were made here."""
    several = element.attrib.get("srcset", "")
    sources = [
        element.attrib.get("src", ""),
        *(part.split()[0] for part in several.split(",") if part.strip()),
    ]
    return all(OWN.fullmatch(source) for source in sources if source)


def is_address_harmless(address: str) -> bool:
    """Whether a click leads to the web, to a mail program or to this site, and nowhere else."""
    read = re.sub("[\t\r\n]", "", address.strip("".join(map(chr, range(0x21)))))
    scheme = re.match(r"([A-Za-z][A-Za-z0-9+.-]*):", read)
    if scheme:
        return scheme[1].lower() in SCHEMES
    return not re.match(r"[/\\]{2}", read)


def _name(element) -> str:
    if not isinstance(element.tag, str):
        return "" if "Comment" in repr(element.tag) else repr(element.tag)
    return element.tag.removeprefix(XHTML)
