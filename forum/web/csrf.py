"""Forgery: every unsafe request carries a token bound to the browser's cookie, and comes from our own pages."""

import hashlib
import hmac
import secrets
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, request
from flask_babel import gettext as _
from markupsafe import Markup

from forum.config import Config
from forum.core.errors import Forbidden

FIELD = "csrf_token"
HEADER = "X-CSRF-Token"
SAFE = {"GET", "HEAD", "OPTIONS"}

V = TypeVar("V", bound=Callable[..., Any])


def init_csrf(app: Flask, config: Config) -> None:
    app.extensions["csrf"] = config
    app.jinja_env.globals.update(csrf_token=csrf_token, csrf_field=csrf_field)

    @app.before_request
    def refuse_forgery() -> None:
        view = app.view_functions.get(request.endpoint or "")
        if request.method not in SAFE and view and not getattr(view, "comes_from_no_form", False):
            check()

    @app.after_request
    def set_visitor_cookie(response: Response) -> Response:
        value = g.get("visitor_cookie")
        if value:
            response.set_cookie(
                _visitor_cookie(),
                value,
                max_age=86400,
                secure=config.is_https,
                httponly=True,
                samesite="Lax",
                path="/",
            )
        return response


def comes_from_no_form(view: V) -> V:
    """Mark a view that browsers call by themselves, so that no page can give them a token: it does nothing in
    the name of whoever is signed in."""
    view.comes_from_no_form = True  # type: ignore[attr-defined]
    return view


def check() -> None:
    """Raise Forbidden unless the request comes from a page of ours and carries its token."""
    if "bearer" in g:
        return  # a program with a token of its own: no browser sends one by itself
    if is_api() and "session" not in g:
        return  # nobody is signed in: there is nothing to abuse, and the door says that one must
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
        raise Forbidden(_("This form was sent from another site."))
    origin = request.headers.get("Origin")
    if origin is not None and not _is_ours(origin) and not _is_withheld(origin):
        raise Forbidden(_("This form was sent from another site."))
    sent = request.headers.get(HEADER) or (request.form.get(FIELD) if not request.is_json else None) or ""
    bound = _binding()
    if not bound or not hmac.compare_digest(sent.encode("utf-8", "replace"), _token(bound).encode()):
        if is_api():
            raise Forbidden(_("Send the token that came with the last answer as %(header)s.", header=HEADER))
        raise Forbidden(_("This page had been open for too long. What you typed is kept: send it again."))


def is_api() -> bool:
    return request.path.startswith("/api/")


def csrf_token() -> str:
    """The token for the forms of this page. A visitor's browser gets a cookie to bind it to."""
    bound = g.get("new_session_token") or _binding()
    if not bound:
        bound = g.visitor_cookie = secrets.token_urlsafe(32)
    return _token(bound)


def csrf_field() -> Markup:
    return Markup('<input type="hidden" name="{}" value="{}">').format(FIELD, csrf_token())


def _binding() -> str:
    """The cookie a token goes with. A session that is over counts for nothing: the answer takes its cookie away."""
    config: Config = current_app.extensions["csrf"]
    session = None if g.get("stale_session") else request.cookies.get(config.session_cookie)
    return session or g.get("visitor_cookie") or request.cookies.get(_visitor_cookie()) or ""


def _token(binding: str) -> str:
    return token_for(current_app, binding)


def token_for(app: Flask, binding: str) -> str:
    """The token that goes with a cookie's value."""
    config: Config = app.extensions["csrf"]
    return hmac.new(b"csrf:" + config.secret_key.encode(), binding.encode(), hashlib.sha256).hexdigest()


def _visitor_cookie() -> str:
    config: Config = current_app.extensions["csrf"]
    return "__Host-visitor" if config.is_https else "visitor"


def _is_ours(origin: str) -> bool:
    config: Config = current_app.extensions["csrf"]
    if config.site_url:
        return origin == config.site_url
    return urlsplit(origin).netloc == request.host


def _is_withheld(origin: str) -> bool:
    """Forms on pages that send no referrer name no origin either; the browser still says whether it is its own."""
    return origin == "null" and request.headers.get("Sec-Fetch-Site", "same-origin") == "same-origin"
