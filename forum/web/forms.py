"""Forms: shown once more where something was wrong, with what was typed and why."""

from typing import Any

from flask import Response, request

from forum.core.errors import ForumError, TooManyRequests, Unavailable
from forum.web.csrf import FIELD
from forum.web.errors import wants_json
from forum.web.respond import page


def again(template: str, error: ForumError, **context: Any) -> Response:
    """The form once more. Programs get the error as it is; passwords are never sent back."""
    if wants_json():
        raise error
    errors = error.errors or {"": error.message}
    values = {name: text for name, text in request.form.items() if name != FIELD and "password" not in name}
    response = page(template, **{"status": error.status, "values": values, "errors": errors, **context})
    if isinstance(error, TooManyRequests | Unavailable):
        response.headers["Retry-After"] = str(error.retry_after)
    return response
