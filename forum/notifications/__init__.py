"""Who hears of what: notifications, how closely people follow topics and places, and what they want to be told of."""

from flask import Flask


def register(app: Flask) -> None:
    from forum.notifications import broadcasts, silencing, tasks, words  # noqa: F401 - they listen, and are called by schedule
    from forum.notifications.api import notifications_api
    from forum.notifications.routes import notifications

    app.jinja_env.globals["hearing"] = words
    app.register_blueprint(notifications)
    app.register_blueprint(notifications_api)
