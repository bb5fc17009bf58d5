"""Tokens to read feeds with."""

from collections.abc import Callable

import pytest
from flask import Flask

from forum.accounts.actions import make_feed_token
from forum.accounts.models import User
from forum.core.db import db


@pytest.fixture
def token_of(app: Flask) -> Callable[[User], str]:
    """A new feed token of somebody."""

    def make(user: User) -> str:
        with app.app_context():
            return make_feed_token(db.session.get_one(User, user.id), name="A reader")

    return make
