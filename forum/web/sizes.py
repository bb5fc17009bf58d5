"""How much a request may hold: little, but where a door takes files, and then only from whoever has an account.

A form with a larger file is heard out, where its door asks for that: the file is thrown away piece by piece, and what was
typed beside it is given back.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, TypeVar

from flask import Flask, current_app, g, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.sansio.multipart import Data, Epilogue, Field, MultipartDecoder, NeedData

from forum.core.errors import TooLarge

AROUND = 600_000  # the other fields of a form, and what stands between its parts
HEARD = 32 * 1024 * 1024  # read of a form whose file is too large
PIECE = 64 * 1024
MOST_FIELDS = 100

Rescue = Callable[[Mapping[str, str]], ResponseReturnValue]
V = TypeVar("V", bound=Callable[..., Any])


def takes_files(most: int, why: Callable[[], str], rescue: Rescue | None = None) -> Callable[[V], V]:
    """Mark a door that takes a file of so many bytes; `why` says it in words to whoever sends more.

    `rescue` answers them with the fields of their form. It changes nothing: the form was not looked at for its token.
    """

    def mark(view: V) -> V:
        view.takes_files = (most, why, rescue)  # type: ignore[attr-defined]
        return view

    return mark


def init_sizes(app: Flask) -> None:
    """After it is known who asks, and before anything is read of what they send."""

    @app.before_request
    def allow_more() -> ResponseReturnValue | None:
        view = current_app.view_functions.get(request.endpoint or "")
        allowed = getattr(view, "takes_files", None)
        if allowed is None or request.method != "POST" or not g.viewer.has_account:
            return None
        most, why, rescue = allowed
        if request.content_length is None or request.content_length <= most + AROUND:
            request.max_content_length = most + AROUND
            return None
        if rescue is None or request.mimetype != "multipart/form-data":
            raise TooLarge(why())
        answer: ResponseReturnValue = rescue(_fields_beside_file())
        return answer


def _fields_beside_file() -> dict[str, str]:
    """What was typed in the form, as far as it comes within what is read of it."""
    request.max_content_length = request.content_length
    boundary = request.mimetype_params.get("boundary", "").encode("ascii", "replace")
    decoder = MultipartDecoder(boundary, max_form_memory_size=None, max_parts=MOST_FIELDS)
    fields: dict[str, bytearray] = {}
    field, left, kept = "", HEARD, 0
    with suppress(ValueError, RequestEntityTooLarge, OSError):
        while left > 0 and (piece := request.stream.read(min(PIECE, left))):
            left -= len(piece)
            decoder.receive_data(piece)
            while not isinstance(event := decoder.next_event(), NeedData | Epilogue):
                if isinstance(event, Field):
                    field = event.name
                    fields[field] = bytearray()
                elif not isinstance(event, Data):
                    field = ""  # of a file
                elif field and kept < AROUND:
                    fields[field] += event.data
                    kept += len(event.data)
    return {name: bytes(value).decode("utf-8", "replace") for name, value in fields.items()}
