"""What programs follow the site by: Atom feeds of the site, a category, a topic, a person; the sitemap."""

from flask import Flask


def register(app: Flask) -> None:
    from forum.feeds.routes import feeds

    app.register_blueprint(feeds)
