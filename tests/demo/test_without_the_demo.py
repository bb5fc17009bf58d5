"""Where the demo is not, nothing speaks of it."""

from collections.abc import Callable
from typing import Any

from flask.testing import FlaskClient

from tests.cast import Cast


def test_nothing_is_offered_outside_the_demo(
    client: FlaskClient, cast: Cast, submit: Callable[..., Any]
) -> None:
    page = client.get("/signin").text
    assert "This is a demo" not in page
    assert "/signin/demo" not in page
    assert submit(client, "/signin/demo", username=cast.member.username).status_code == 404
