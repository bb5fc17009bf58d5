"""How much a request may hold: little, but where a door takes files, and then only from whoever has an account."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, current_app, g, request

from forum.core.errors import TooLarge

AROUND = 600_000  # the other fields of a form, and what stands between its parts

V = TypeVar("V", bound=Callable[..., Any])


def takes_files(most: int, why: Callable[[], str]) -> Callable[[V], V]:
    """Mark a door that takes a file of so many bytes; `why` says it in words to whoever sends more."""

    def mark(view: V) -> V:
        view.takes_files = (most, why)  # type: ignore[attr-defined]
        return view

    return mark


def init_sizes(app: Flask) -> None:
    """After it is known who asks, and before anything is read of what they send."""

    @app.before_request
    def allow_more() -> None:
        view = current_app.view_functions.get(request.endpoint or "")
        allowed = getattr(view, "takes_files", None)
        if allowed is None or request.method != "POST" or not g.viewer.has_account:
            return
        most, why = allowed
        if request.content_length is not None and request.content_length > most + AROUND:
            raise TooLarge(why())
        request.max_content_length = most + AROUND
