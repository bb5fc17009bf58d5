"""Every fault answered once: a page for people, problem+json for programs."""

import logging
from typing import cast

from flask import Flask, Response, g, render_template, request
from flask_babel import gettext as _
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException, InternalServerError

from forum.core.db import db
from forum.core.errors import (
    Conflict,
    Forbidden,
    ForumError,
    Invalid,
    Malformed,
    NotFound,
    SignInNeeded,
    TooManyRequests,
    Unavailable,
)
from forum.web.respond import as_json

log = logging.getLogger(__name__)

BY_STATUS: dict[int, type[ForumError]] = {400: Malformed, 403: Forbidden, 404: NotFound, 409: Conflict}


def init_errors(app: Flask) -> None:
    app.register_error_handler(ForumError, answer)
    app.register_error_handler(HTTPException, _answer_http)
    app.register_error_handler(OperationalError, _answer_database)
    app.register_error_handler(Exception, _answer_unexpected)


def wants_json() -> bool:
    if request.path.startswith("/api/") or request.is_json:
        return True
    return request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json"


def answer(error: ForumError) -> Response:
    title = title_of(error.status)
    if wants_json():
        problem = {"type": "about:blank", "title": title, "status": error.status, "code": error.code}
        if error.message:
            problem["detail"] = error.message
        if error.errors:
            problem["errors"] = error.errors
        response = as_json(problem, status=error.status, mimetype="application/problem+json")
    else:
        response = Response(_page(error, title), status=error.status, mimetype="text/html")
    if isinstance(error, TooManyRequests | Unavailable):
        response.headers["Retry-After"] = str(error.retry_after)
    challenge = getattr(error, "challenge", "")
    if challenge and request.path.startswith("/api/"):
        response.headers["WWW-Authenticate"] = challenge
    response.headers["Cache-Control"] = "no-store" if error.status == 404 else "private, no-store"
    return response


def _page(error: ForumError, title: str) -> str:
    """The error within the frame of all pages for whoever is signed in; plain where the frame itself may fail."""
    viewer = g.get("viewer")
    framed = viewer is not None and not viewer.is_visitor and error.status < 500
    for within in (True, False) if framed else (False,):
        try:
            return render_template(
                "errors/error.html", status=error.status, title=title, error=error, framed=within
            )
        except Exception:
            log.exception("the error page failed")
            db.session.rollback()
    return f"<!doctype html><title>{error.status}</title><h1>{error.status}</h1>"


def _answer_http(error: HTTPException) -> Response:
    if isinstance(error, InternalServerError) or error.code is None:
        return answer(_generic(500))
    if error.response is not None or error.code < 400:
        return cast(Response, Response.force_type(error.get_response()))
    kind = BY_STATUS.get(error.code)
    told = kind() if kind else _generic(error.code)
    response = answer(told)
    allowed = getattr(error, "valid_methods", None)
    if allowed:
        response.headers["Allow"] = ", ".join(sorted(allowed))
    return response


def _answer_database(error: OperationalError) -> Response:
    """The database is away or busy: nothing was done, come again."""
    db.session.rollback()
    log.error("database: %s", str(error.orig).splitlines()[0] if error.orig else "unavailable")
    return answer(
        Unavailable(message=_("The database does not answer at this moment. Nothing was lost: try again."))
    )


def _answer_unexpected(error: Exception) -> Response:
    if isinstance(error, RecursionError | UnicodeError) and request.method not in {"GET", "HEAD"}:
        log.warning("unreadable input: %r", error)
        return answer(Invalid({"body": _("This cannot be read as text.")}))
    log.error("unexpected: %s %s", request.method, request.path, exc_info=error)
    db.session.rollback()
    return answer(_generic(500))


def _generic(status: int) -> ForumError:
    error = ForumError(
        _("Something went wrong on our side. Its number is %(id)s.", id=g.get("request_id", ""))
        if status >= 500
        else ""
    )
    error.status = status
    error.code = {
        405: "method_not_allowed",
        413: "too_large",
        415: "unsupported_media_type",
        500: "internal",
    }.get(status, f"http_{status}")
    return error


def title_of(status: int) -> str:
    match status:
        case 400:
            return _("That cannot be read")
        case 401:
            return _("Sign in first")
        case 403:
            return _("Not for you to do")
        case 404:
            return _("Not here")
        case 405:
            return _("Not that way")
        case 409 | 412:
            return _("Somebody was faster")
        case 413:
            return _("Too large")
        case 415:
            return _("The wrong kind")
        case 422:
            return _("Something needs another look")
        case 429:
            return _("A little slower")
        case 503:
            return _("One moment")
    return _("Something went wrong")


__all__ = ["SignInNeeded", "answer", "init_errors", "title_of", "wants_json"]
