"""What the tests of accounts share."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from forum.accounts.models import User
from forum.accounts.passwords import hash_password
from forum.core.db import db
from forum.core.transactions import transaction
from tests.accounts.mailbox import Mailbox

PASSWORD = "kettle orbit violin seven"
OTHER_PASSWORD = "marsh lantern copper quill"

SetPassword = Callable[..., None]


@pytest.fixture
def mailbox(app: Flask) -> Mailbox:
    return Mailbox(app)


@pytest.fixture
def set_password(app: Flask) -> SetPassword:
    """Give somebody of the cast a password to sign in with."""

    def give(user: User, password: str = PASSWORD) -> None:
        with app.app_context():
            hashed = hash_password(password)
            with transaction():
                db.session.execute(update(User).where(User.id == user.id).values(password_hash=hashed))

    return give


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
