"""The interface for programs as a whole: its limits, its description. What it offers stands in the slices."""

from flask import Flask, Response, g, request

from forum.access.viewer import current_viewer
from forum.web import limits
from forum.web.csrf import HEADER, csrf_token
from forum.web.operations import API
from forum.web.request import client_network


def register(app: Flask) -> None:
    from forum.api import tasks  # noqa: F401 - called by schedule
    from forum.api.repeats import init_repeats
    from forum.api.routes import api

    app.register_blueprint(api)

    @app.before_request
    def count_request() -> None:
        if request.path.startswith(API):
            viewer = current_viewer()
            limits.hit("api", client_network() if viewer.is_visitor else viewer.id)

    init_repeats(app)

    @app.after_request
    def hand_out_token(response: Response) -> Response:
        """Whoever is signed in by cookie needs it for unsafe requests. Only pages of ours can read it here."""
        if request.path.startswith(API) and "session" in g:
            response.headers[HEADER] = csrf_token()
        return response
