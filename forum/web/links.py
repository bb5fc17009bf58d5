"""Addresses with the host, for mail and feeds: from the configuration, never from what a request claims."""

from urllib.parse import quote

from flask import current_app

from forum.config import Config

NOWHERE = "http://127.0.0.1:8000"
SAFE = "/?&=#%~:;,@!$()*+-._"


def site_address() -> str:
    """Where the site is, without a slash at the end."""
    config: Config = current_app.extensions["forum_config"]
    return str(config.site_url or current_app.extensions.get("forum_address") or NOWHERE)


def absolute(path: str) -> str:
    """`/confirm/…` as it can be opened from outside."""
    return site_address() + quote(path, safe=SAFE)
