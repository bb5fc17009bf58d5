"""E-mail addresses: what may be one, and the form in which two are compared."""

import re
import unicodedata

from flask_babel import gettext as _

MOST = 254
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")


def clean_email(text: str) -> str:
    """The address as mail is sent to it, host names in their ASCII form. ValueError for others; a line break never passes."""
    local, at, host = unicodedata.normalize("NFKC", text.strip()).rpartition("@")
    ascii_host = _ascii_host(host)
    if not at or len(local) > 64 or not _LOCAL.fullmatch(local) or not ascii_host:
        raise ValueError(_("This is not an e-mail address like name@example.org."))
    address = f"{local}@{ascii_host}"
    if len(address) > MOST:
        raise ValueError(_("At most %(count)s characters.", count=MOST))
    return address


def key_of(address: str) -> str:
    """What is compared: one person does not write their address twice in different cases."""
    return address.strip().casefold()


def _ascii_host(host: str) -> str:
    try:
        name = host.encode("idna").decode().lower()
    except UnicodeError:
        return ""
    labels = name.split(".")
    if len(labels) < 2 or labels[-1].isdigit() or not all(_LABEL.fullmatch(label) for label in labels):
        return ""
    return name
