"""Programs at the doors: every answer a test gets is held against what its operation declares."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from forum.accounts.models import User
from forum.web.operations import API, operation_of
from forum.web.schemas import Problem
from tests.factories import make_token

SignIn = Callable[[User], FlaskClient]


class Program:
    """A client of the API, signed in or not. `path` is below /api/v1."""

    def __init__(self, app: Flask, browser: FlaskClient, bearer: str = "") -> None:
        self.app, self.browser, self.bearer = app, browser, bearer
        self.token = "" if bearer else browser.get(f"{API}/openapi.json").headers.get("X-CSRF-Token", "")

    def call(self, method: str, path: str, **more: Any) -> TestResponse:
        signs_in = {"Authorization": f"Bearer {self.bearer}"} if self.bearer else {"X-CSRF-Token": self.token}
        headers = {**signs_in, **more.pop("headers", {})}
        answer = self.browser.open(API + path, method=method, headers=headers, **more)
        self.check(method, path, answer)
        return answer

    def check(self, method: str, path: str, answer: TestResponse) -> None:
        """The answer is what is declared: no other field, no other kind, no other media type."""
        assert answer.status_code < 500, answer.text
        assert "Set-Cookie" not in answer.headers
        if answer.status_code >= 400:
            assert answer.mimetype == "application/problem+json"
            problem = Problem.model_validate_json(answer.data)
            assert problem.status == answer.status_code
            assert answer.headers["Cache-Control"].endswith("no-store")
            return
        if answer.status_code in {204, 304}:
            assert answer.data == b""
            return
        endpoint, _arguments = self.app.url_map.bind("localhost").match(
            (API + path).partition("?")[0], method=method
        )
        what = operation_of(self.app.view_functions[endpoint])
        assert what is not None
        assert what.answers is not None
        assert answer.status_code == what.status
        assert answer.mimetype == "application/json"
        what.answers.model_validate_json(answer.data)

    def get(self, path: str, **more: Any) -> TestResponse:
        return self.call("GET", path, **more)

    def post(self, path: str, body: Any, **more: Any) -> TestResponse:
        return self.call("POST", path, json=body, **more)

    def put(self, path: str, body: Any = None, **more: Any) -> TestResponse:
        return self.call("PUT", path, json={} if body is None else body, **more)

    def patch(self, path: str, body: Any, **more: Any) -> TestResponse:
        return self.call("PATCH", path, json=body, **more)

    def delete(self, path: str, body: Any = None, **more: Any) -> TestResponse:
        return self.call("DELETE", path, **({} if body is None else {"json": body}), **more)

    def items(self, path: str) -> list[dict[str, Any]]:
        """A whole list, page by page."""
        found: list[dict[str, Any]] = []
        following: str | None = ""
        while following is not None:
            joint = "&" if "?" in path else "?"
            answer = self.get(f"{path}{joint}after={following}" if following else path)
            assert answer.status_code == 200, answer.text
            found += answer.json["items"]  # type: ignore[index]
            following = answer.json["next"]  # type: ignore[index]
        return found


ProgramOf = Callable[[User | None], Program]


@pytest.fixture
def program(app: Flask, sign_in: SignIn) -> ProgramOf:
    """`program(cast.member)`, or `program(None)` for nobody."""

    def make(user: User | None) -> Program:
        return Program(app, sign_in(user) if user is not None else app.test_client())

    return make


TokenProgramOf = Callable[..., Program]


@pytest.fixture
def by_token(app: Flask) -> TokenProgramOf:
    """`by_token(cast.member, "write")`: a program with a personal token of somebody, and no cookie."""

    def make(user: User, *scopes: str, **how: Any) -> Program:
        with app.app_context():
            text = make_token(user, *scopes, **how)
        return Program(app, app.test_client(), text)

    return make
