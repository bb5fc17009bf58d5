"""Groups: who is in them. Pages come later; the audience rule needs them now."""

from flask import Flask


def register(app: Flask) -> None:
    """The doors of this package."""
