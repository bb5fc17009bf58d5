"""Private talk: conversations of two and of groups, their messages, and who may write to whom."""

from flask import Flask


def register(app: Flask) -> None:
    from forum.media.uses import register_uses
    from forum.messaging import broadcasts, mailing, removals, sockets, tasks  # noqa: F401 - they listen and answer
    from forum.messaging import page as pages
    from forum.messaging.api import messaging_api
    from forum.messaging.routes import messaging
    from forum.messaging.uploads import MessageUses

    register_uses(app, MessageUses())
    app.jinja_env.globals["talk"] = pages
    app.register_blueprint(messaging)
    app.register_blueprint(messaging_api)
