"""What a browser calls itself, in two words that its owner recognizes."""

from flask import request

from forum.accounts.actions.signing_in import Browser
from forum.accounts.identity import current_session
from forum.web.request import client_network

_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


def this_browser() -> Browser:
    session = current_session()
    return Browser(
        device=device_name(request.headers.get("User-Agent", "")),
        network=client_network(),
        session_id=session.id if session else None,
    )


def network_name(network: str) -> str:
    """The part of an address that is kept, as one knows it from elsewhere: `192.0.2.x` of `192.0.2.0/24`."""
    address, _slash, _bits = network.partition("/")
    if ":" in address:
        return f"{address.rstrip(':')}:x"
    return f"{address.rpartition('.')[0]}.x" if "." in address else address


def device_name(user_agent: str) -> str:
    """`Firefox, Windows`; empty for what is not known. Nothing of the header itself is kept."""
    browser = next((name for mark, name in _BROWSERS if mark in user_agent), "")
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), "")
    return ", ".join(part for part in (browser, system) if part)
