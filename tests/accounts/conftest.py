"""What the tests of accounts share."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from forum.accounts.models import User
from forum.core.db import db


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


def is_signed_in(browser: FlaskClient) -> bool:
    return browser.get("/settings/account").status_code == 200
