"""Addresses of people within texts, hidden: archives are read by more than those who wrote to each other."""

from __future__ import annotations

import re

#: `name@` and a host with a dot. What goes on after it is a place, not a person: `git@host.example:path`, `ftp://me@host/`.
_ADDRESS = re.compile(r"(?<=[\w.+%=~-])@((?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24})\b(?!/|:\S)")
_NOBODY = re.compile(r"(?:.*\.)?example\.(?:com|org|net)", re.IGNORECASE)
_MAIL_LINK = re.compile(r"""\bhref\s*=\s*(["']?)\s*mailto:[^"'>\s]*\1""", re.IGNORECASE)


def hide_addresses(text: str) -> str:
    """`ann@garden.test` as `ann@…`: people who know each other still see who is meant."""
    if "@" not in text:
        return text
    return _ADDRESS.sub(lambda found: found.group() if _NOBODY.fullmatch(found.group(1)) else "@…", text)


def hide_addresses_in_html(html: str) -> str:
    """As above; links that would write to somebody lead nowhere."""
    return hide_addresses(_MAIL_LINK.sub("", html))
