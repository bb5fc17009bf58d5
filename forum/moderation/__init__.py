"""Moderation: what is reported, what is decided about it, and the log."""

from flask import Flask


def register(app: Flask) -> None:
    from forum.moderation import notices, settling  # noqa: F401 - they listen
    from forum.moderation.api import moderation_api
    from forum.moderation.routes import moderation

    app.register_blueprint(moderation)
    app.register_blueprint(moderation_api)
