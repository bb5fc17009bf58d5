"""The one engine under every discussion: topics, posts, what has been read of them."""

from flask import Flask


def register(app: Flask) -> None:
    """The doors of this package."""
