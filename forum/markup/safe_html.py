"""HTML that has been through both sanitizers, and the column that keeps it."""

from typing import Any

from markupsafe import Markup
from sqlalchemy import Dialect, Text
from sqlalchemy.types import TypeDecorator


class SafeHTML(Markup):
    """HTML made by this package. Templates print it as it is; nothing else may be printed so.

    Only `forum.markup` calls this constructor: everybody else has it from `render()`, or from a
    `SafeHTMLText` column into which only such HTML can have been written.
    """

    __slots__ = ()


class SafeHTMLText(TypeDecorator[SafeHTML]):
    """A text column that takes nothing but `SafeHTML`, and gives it back as such.

    `body_html: Mapped[SafeHTML] = mapped_column(SafeHTMLText)`
    """

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: SafeHTML | None, dialect: Dialect) -> str | None:
        if value is None:
            return None
        if not isinstance(value, SafeHTML):
            raise TypeError(f"only SafeHTML may be stored here, not {type(value).__name__}")
        return str.__str__(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> SafeHTML | None:
        return None if value is None else SafeHTML(value)
