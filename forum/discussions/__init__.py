"""The one engine under every discussion: topics, posts, what has been read of them."""

from flask import Flask


def register(app: Flask) -> None:
    from forum.discussions import broadcasts, mailing, notices, removals, sockets, stilling, tasks  # noqa: F401 - they listen, answer events, and are called by schedule
    from forum.discussions.actions.pacing import pace_in_words
    from forum.discussions.api import discussions_api
    from forum.discussions.places import answer_of
    from forum.discussions.queries.attachments import PostUses
    from forum.discussions.queries.tags import tags_of
    from forum.discussions.returning import way_back
    from forum.discussions.routes import discussions
    from forum.discussions.viewing import init_viewing
    from forum.media.uses import register_uses

    init_viewing(app, app.extensions["forum_config"])
    app.register_blueprint(discussions)
    app.register_blueprint(discussions_api)
    app.jinja_env.globals.update(way_back=way_back, tags_of=tags_of, answer_of=answer_of)
    register_uses(app, PostUses())
    app.jinja_env.filters["pace"] = pace_in_words
