"""Moderation: the log, for now."""

from flask import Flask


def register(app: Flask) -> None:
    from forum.moderation.routes import moderation

    app.register_blueprint(moderation)
