"""Which addresses a link may have, read as a browser reads them."""

import re

SCHEMES = frozenset({"http", "https", "mailto"})

_AROUND = "".join(chr(code) for code in range(0x21))
_DROPPED = re.compile("[\t\n\r]")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]*):")
_WEB = re.compile(r"https?:", re.IGNORECASE)


def as_browser_reads(url: str) -> str:
    """The address after what a browser takes away first: leading and trailing controls and spaces, tabs, line ends."""
    return _DROPPED.sub("", url.strip(_AROUND))


def is_safe_address(url: str) -> bool:
    """Whether a link may lead there: http, https, mailto, or a place on this site.

    An address of another host without a scheme (`//host`, and `/\\host`, which browsers take for the
    same) is refused, as is a relative address that could be mistaken for a scheme.
    """
    address = as_browser_reads(url)
    if any(control in address for control in "\x00\x7f"):
        return False
    scheme = _SCHEME.match(address)
    if scheme:
        return scheme.group(1).lower() in SCHEMES and len(address) > scheme.end()
    if address[:1] in ("/", "\\") and address[1:2] in ("/", "\\"):
        return False
    return ":" not in re.split(r"[/?#]", address, maxsplit=1)[0]


def leads_away(url: str) -> bool:
    """Whether the address is on the web at large, rather than on this site."""
    return bool(_WEB.match(as_browser_reads(url)))
