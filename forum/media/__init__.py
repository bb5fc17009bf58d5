"""Uploads: pictures made anew from their pixels, other files as they are, kept in a folder or in S3, served to those who may read where they stand."""

from flask import Flask


def register(app: Flask) -> None:
    from forum.media import tasks  # noqa: F401 - it adds its schedule
    from forum.media.api import media_api
    from forum.media.routes import media
    from forum.media.storage import open_storage

    app.extensions["forum_media"] = open_storage(app.extensions["forum_config"])
    app.register_blueprint(media)
    app.register_blueprint(media_api)
