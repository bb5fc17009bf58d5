"""Light or dark, as a browser chose it: a cookie that pages and scripts read."""

from flask import Response, current_app, has_request_context, request

from forum.config import Config

COOKIE = "theme"
THEMES = {"light", "dark"}
YEAR = 31_536_000


def theme() -> str:
    """`light` or `dark`; empty: as the device."""
    chosen = request.cookies.get(COOKIE, "") if has_request_context() else ""
    return chosen if chosen in THEMES else ""


def set_theme(response: Response, chosen: str) -> None:
    config: Config = current_app.extensions["forum_config"]
    age = YEAR if chosen in THEMES else 0
    response.set_cookie(COOKIE, chosen, max_age=age, secure=config.is_https, samesite="Lax", path="/")
