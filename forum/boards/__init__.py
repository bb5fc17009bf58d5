"""Categories and what stands in them."""

from flask import Flask


def register(app: Flask) -> None:
    """The doors of this package."""
