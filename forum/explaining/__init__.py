"""Understanding who sees what: explaining access, and looking at pages as somebody else would see them."""

from flask import Flask


def register(app: Flask) -> None:
    from forum.explaining.api import explaining_api
    from forum.explaining.routes import explaining

    app.register_blueprint(explaining)
    app.register_blueprint(explaining_api)
