"""What the society's staff arrange: pages, and doors for programs."""

from flask import Flask


def register(app: Flask) -> None:
    from forum.admin.api import staff_api
    from forum.admin.routes import staff

    app.register_blueprint(staff)
    app.register_blueprint(staff_api)
