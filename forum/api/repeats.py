"""An unsafe request under an `Idempotency-Key`: answered as the first time, before any door is asked.

A door may well refuse the second time what it allowed the first: the topic is deleted by then, or locked. What the first
answer told is told again only as long as what it is about may still be read.
"""

from flask import Flask, Response, current_app, g, request

from forum.access.doors import finder_of
from forum.access.viewer import current_viewer
from forum.core.errors import ForumError, NotFound
from forum.web import limits, submissions
from forum.web.csrf import SAFE
from forum.web.operations import API, operation_of


def init_repeats(app: Flask) -> None:
    @app.before_request
    def answer_again() -> Response | None:
        viewer = current_viewer()
        if not _is_unsafe_operation() or viewer.id is None:
            return None
        bearer = g.get("bearer")
        by = " ".join(sorted(bearer.scopes)) if bearer else "session"
        keyed = submissions.read_key(viewer.id, signed_in_by=by)
        if keyed is None:
            return None
        submissions.turns.take(keyed)
        g.keyed_turn = keyed
        answered = _answer_of(keyed)
        if answered is not None:
            return answered
        limits.hit("keyed", viewer.id)
        g.keyed = keyed
        return None

    @app.after_request
    def answer_as_the_twin(response: Response) -> Response:
        """Refused, since another process has done it while this one was on its way."""
        if "keyed" not in g or not 400 <= response.status_code < 500:
            return response
        try:
            return _answer_of(g.keyed) or response
        except ForumError:
            return response

    @app.teardown_request
    def give_turn(_error: BaseException | None) -> None:
        if "keyed_turn" in g:
            submissions.turns.give(g.pop("keyed_turn"))


def _is_unsafe_operation() -> bool:
    if request.method in SAFE or not request.path.startswith(f"{API}/"):
        return False
    return operation_of(current_app.view_functions.get(request.endpoint or "")) is not None


def _answer_of(keyed: submissions.Keyed) -> Response | None:
    found = submissions.find_answered(keyed)
    if found is None:
        return None
    find = finder_of(current_app.view_functions[request.endpoint or ""])
    if found.body is not None and find is not None:
        subject = find(current_viewer(), **(request.view_args or {}))
        if subject is None:
            raise NotFound
    return submissions.say_again(found)
