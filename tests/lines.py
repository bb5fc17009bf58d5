"""A tab of somebody's browser, or a program, on the live line; without a network."""

from collections.abc import Callable
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

ORIGIN = {"Origin": "http://localhost"}


class Line:
    """What is asked and heard on one connection."""

    def __init__(
        self,
        app: Flask,
        browser: FlaskClient | None = None,
        *,
        auth: Any = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        self.app = app
        self._client = app.extensions["socketio"].test_client(
            app,
            flask_test_client=browser,
            auth=auth,
            headers=ORIGIN if headers is None else headers,
        )

    @property
    def is_open(self) -> bool:
        return bool(self._client.is_connected())

    def ask(self, event: str, *sent: Any) -> dict[str, Any]:
        """The acknowledgement."""
        told: dict[str, Any] = self._client.emit(event, *sent, callback=True)
        return told

    def heard(self, name: str = "") -> list[Any]:
        """What came since it was last asked: (name, payload), or the payloads of one name."""
        came = [(each["name"], *each["args"]) for each in self._client.get_received()] if self.is_open else []
        return [each[1] for each in came if each[0] == name] if name else came

    def last_words(self) -> list[Any]:
        """What came, also where the line is closed."""
        came = [(each["name"], *each["args"]) for each in self._client.queue]
        self._client.queue = []
        return came

    def close(self) -> None:
        self._client.disconnect()


OpenLine = Callable[..., Line]
