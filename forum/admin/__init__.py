"""The pages of the society's staff."""

from flask import Flask


def register(app: Flask) -> None:
    from forum.admin.routes import staff

    app.register_blueprint(staff)
