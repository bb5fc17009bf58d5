"""What is remembered is what is there: another row, another object; never shared between databases or kept where something is changed."""

from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient

from forum.accounts.actions import profiles
from forum.accounts.models import User
from forum.core.db import db
from forum.core.remembered import Remembered, only_reads
from forum.core.transactions import transaction
from tests.cast import Cast
from tests.factories import make_topic

SignIn = Callable[[User], FlaskClient]


def test_an_object_is_loaded_once_for_a_row(app: Flask) -> None:
    loads: list[int] = []

    def load() -> int:
        loads.append(1)
        return len(loads)

    kept: Remembered[int] = Remembered(2)
    with app.app_context():
        assert [kept.get("a", (1, "x"), load), kept.get("a", (1, "x"), load)] == [1, 1]
        assert kept.get("a", (1, "y"), load) == 2
        assert kept.get("b", (1, "y"), load) == 3
        kept.get("c", (), load)
        assert kept.get("a", (1, "y"), load) == 5  # only so many are kept
        assert kept.get("nobody", (), lambda: None) is None


def test_only_a_request_that_reads_may_remember(app: Flask) -> None:
    with app.app_context():
        assert not only_reads()
    for method, expected in [("GET", True), ("HEAD", True), ("POST", False), ("PUT", False)]:
        with app.test_request_context("/", method=method):
            assert only_reads() is expected
            with transaction():
                assert not only_reads()


def test_what_changes_behind_its_back_is_seen_on_the_next_request(
    app: Flask, cast: Cast, sign_in: SignIn
) -> None:
    with app.app_context():
        topic = make_topic(cast.lounge, cast.member, "Before")
    browser, address = sign_in(cast.other), f"/t/{topic.id}/{topic.slug}"
    for _ in range(2):
        assert "Before" in browser.get(address).text
    with app.app_context(), transaction():
        db.session.execute(db.text("UPDATE topics SET title = 'After' WHERE id = :id"), {"id": topic.id})
        db.session.execute(
            db.text("UPDATE users SET name = 'Quentin Quick' WHERE id = :id"), {"id": cast.other.id}
        )
    page = browser.get(address).text
    assert "After" in page
    assert "Quentin Quick" in page


def test_ones_own_name_is_new_on_the_next_page(app: Flask, cast: Cast, sign_in: SignIn) -> None:
    browser = sign_in(cast.other)
    assert "/people/otto" in browser.get("/").text
    with app.app_context():
        profiles.change_username(cast.other, username="ottoline")
    assert "/people/ottoline" in browser.get("/").text
