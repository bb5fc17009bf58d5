"""The file of a request."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, cast

from flask import request
from flask_babel import gettext as _

from forum.core.errors import Invalid, WrongMediaType
from forum.media.kinds import MOST_BYTES
from forum.web import limits
from forum.web.params import FILE_FIELD


def sent_file() -> tuple[str, BinaryIO]:
    """Its name as it was sent, and its bytes. Raises Invalid for `file`; WrongMediaType where it is no form with files."""
    if request.mimetype != "multipart/form-data":
        raise WrongMediaType(_("Send the file as a form does: multipart/form-data, in a field called file."))
    several = request.files.getlist(FILE_FIELD)
    if not several or not (several[0].filename or several[0].content_length):
        raise Invalid({"file": _("Choose a file first.")})
    if len(several) > 1:
        raise Invalid({"file": _("Send one file at a time.")})
    return several[0].filename or "", cast(BinaryIO, several[0].stream)


@contextmanager
def within_limits(user_id: int) -> Iterator[None]:
    """What is kept counts for the hour; what is refused counts among the tries alone, of which there are more. Raises TooManyRequests."""
    limits.check("upload", user_id)
    limits.hit("upload:tries", user_id)
    yield
    limits.note("upload", user_id)


def too_large() -> str:
    return _("This file is larger than 10 MB. Make it smaller, and send it again.")


__all__ = ["MOST_BYTES", "sent_file", "too_large", "within_limits"]
