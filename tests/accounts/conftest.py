"""What the tests of accounts share."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_babel import Babel

from forum.accounts.models import User
from forum.core.db import db
from forum.web.limits import Limiter


@pytest.fixture
def words() -> Iterator[None]:
    """Enough of an application to say in words what is wrong; no database."""
    app = Flask("words")
    Babel(app)
    with app.app_context():
        yield


@pytest.fixture
def account(app: Flask) -> Callable[[str], User | None]:
    """An account as it stands in the database now, by address or username."""

    def look(email_or_username: str) -> User | None:
        from forum.accounts.queries import find_account

        with app.app_context():
            found = find_account(email_or_username)
            if found is not None:
                db.session.expunge(found)
            return found

    return look


@pytest.fixture
def limited(app: Flask, monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Rate limits switched on; answers the pauses that were made instead of waiting for them."""
    config = replace(app.extensions["forum_config"], rate_limits=True)
    monkeypatch.setitem(app.extensions, "forum_limits", Limiter(config))
    pauses: list[float] = []
    monkeypatch.setattr(time, "sleep", pauses.append)
    return pauses


def is_signed_in(browser: FlaskClient) -> bool:
    return browser.get("/settings/account").status_code == 200
