"""The demo goes into an empty database, whole, or not at all."""

import pytest
from flask import Flask
from sqlalchemy import func, select

from forum.accounts.models import User
from forum.core.db import db
from forum.core.errors import Conflict
from forum.demo.loader import State, load_demo, state_of_database
from forum.demo.parsing import read_demo
from tests.cast import Cast


def test_a_database_that_holds_anything_else_is_refused(app: Flask, cast: Cast) -> None:
    with app.app_context():
        before = db.session.scalar(select(func.count(User.id)))
        with pytest.raises(Conflict, match="something else"):
            load_demo(read_demo())
        result = app.test_cli_runner().invoke(args=["demo", "load"])
        assert result.exit_code == 1
        assert "something else" in result.output
        assert db.session.scalar(select(func.count(User.id))) == before
        assert state_of_database() is State.OTHER


def test_a_demo_that_breaks_off_leaves_nothing(app: Flask) -> None:
    demo = read_demo()
    broken = demo.model_copy(
        update={"topics": [demo.topics[0].model_copy(update={"category": "nowhere"}), *demo.topics[1:]]}
    )
    with app.app_context():
        with pytest.raises(KeyError):
            load_demo(broken)
        assert state_of_database() is State.EMPTY
