"""Categories and what stands in them."""

from flask import Flask


def register(app: Flask) -> None:
    from forum.boards.api import boards_api
    from forum.boards.navigation import init_navigation
    from forum.boards.queries import categories_for, category_of_place
    from forum.boards.routes import boards
    from forum.discussions.places import use_labels

    use_labels(category_of_place, categories_for)
    init_navigation(app)
    app.register_blueprint(boards)
    app.register_blueprint(boards_api)
