"""Answers: a page, a way on, JSON."""

from typing import Any, NamedTuple
from urllib.parse import urlsplit

import orjson
from flask import Response, current_app, g, make_response, redirect, render_template, request
from itsdangerous import BadSignature, URLSafeSerializer

NOTICE_COOKIE = "notice"


def page(template: str, *, status: int = 200, **context: Any) -> Response:
    """The page, with the notice that the last action left."""
    response = make_response(render_template(template, **context), status)
    if request.cookies.get(NOTICE_COOKIE) and "notice" in g:
        response.delete_cookie(NOTICE_COOKIE, path="/")
    return response


class Notice(NamedTuple):
    """What the last action has to say; `undo` is where it is taken back, if it can be."""

    words: str
    undo: str = ""


def see(address: str, *, notice: str = "", undo: str = "") -> Response:
    """Go on to another page of ours (303); a notice is shown there once, with a button that posts to `undo`."""
    response = make_response(redirect(address, 303))
    if notice:
        value = _signer().dumps([notice, undo])
        secure = current_app.extensions["forum_config"].is_https
        response.set_cookie(
            NOTICE_COOKIE, value, max_age=60, secure=secure, httponly=True, samesite="Lax", path="/"
        )
    return response


def take_notice() -> Notice | None:
    """What the last action had to say, shown once."""
    value = request.cookies.get(NOTICE_COOKIE)
    if not value:
        return None
    found: Notice | None = None
    try:
        found = Notice(*_signer().loads(value))
    except (BadSignature, TypeError):
        found = None  # of another key, or of an earlier version
    g.notice = found
    return found


def as_json(value: Any, *, status: int = 200, mimetype: str = "application/json") -> Response:
    return Response(orjson.dumps(value), status=status, mimetype=mimetype)


def safe_next(address: str | None, otherwise: str) -> str:
    """An address within this site, or the other one: nobody is sent elsewhere."""
    if not address or not address.startswith("/") or address.startswith(("//", "/\\")):
        return otherwise
    if any(ord(c) < 32 or c in "\\\x7f" for c in address):
        return otherwise
    try:
        parts = urlsplit(address)
    except ValueError:
        return otherwise
    return otherwise if parts.scheme or parts.netloc else address


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.secret_key or "", salt="notice")
