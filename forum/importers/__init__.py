"""Importers: what was written elsewhere becomes topics, posts and people here."""

from flask import Flask


def register(app: Flask) -> None:
    """Importing is done by commands; what is registered here is the listener that gives people what is theirs."""
    from forum.importers import claiming  # noqa: F401
