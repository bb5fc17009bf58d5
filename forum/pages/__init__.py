"""The front page and what belongs to no slice."""

from flask import Flask


def register(app: Flask) -> None:
    from forum.pages.profiles import profiles
    from forum.pages.routes import pages
    from forum.pages.tags import tags

    app.register_blueprint(pages)
    app.register_blueprint(profiles)
    app.register_blueprint(tags)
