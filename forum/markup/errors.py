"""The one way in which text is turned down."""

from enum import StrEnum


class Reason(StrEnum):
    """Why a text is not rendered. Stable: doors choose the words a person reads by it."""

    TOO_LONG = "too_long"
    TOO_DEEP = "too_deep"
    TOO_MANY_COLUMNS = "too_many_columns"
    TOO_COMPLEX = "too_complex"


MESSAGES = {
    Reason.TOO_LONG: "This text is too long. Please split it into several posts.",
    Reason.TOO_DEEP: "Quotes or lists are nested too deeply here.",
    Reason.TOO_MANY_COLUMNS: "A table may have at most 20 columns.",
    Reason.TOO_COMPLEX: "This text has too much formatting to be shown. Please shorten it, or paste it as code.",
}


class MarkupRefused(ValueError):
    """A text that will not be rendered: it exceeds a cap of `limits.py`.

    `reason` is a stable code, `message` an English sentence for the person who wrote the text.
    """

    def __init__(self, reason: Reason, message: str = "") -> None:
        self.reason = Reason(reason)
        self.message = message or MESSAGES[self.reason]
        super().__init__(self.reason, self.message)

    def __str__(self) -> str:
        return f"{self.reason}: {self.message}"
