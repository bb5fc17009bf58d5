"""The front page and what belongs to no slice."""

from flask import Flask


def register(app: Flask) -> None:
    """The doors of this package."""
