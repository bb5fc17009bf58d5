"""Staff arrange the places, and see who reads what."""

from collections.abc import Callable
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from forum.accounts.models import User
from tests.cast import Cast
from tests.factories import choice, make_topic

SignIn = Callable[[User], FlaskClient]
Submit = Callable[..., Any]


def test_staff_make_a_place_and_change_who_it_is_for(
    app: Flask, cast: Cast, sign_in: SignIn, submit: Submit
) -> None:
    staff = sign_in(cast.staff)
    assert staff.get("/staff/categories/new").status_code == 200
    fields = {"name": "Trial design", "read": "members", "reply": "members", "start": "members", "hue": "3"}
    assert submit(staff, "/staff/categories/new", **fields).status_code == 303
    assert "Trial design" in sign_in(cast.member).get("/c").text
    guest = sign_in(cast.guest)
    assert guest.get("/c/trial-design").status_code == 404
    changed = {**fields, "read": "guests", "reply": "guests"}
    assert submit(staff, "/staff/categories/trial-design", **changed).status_code == 303
    assert guest.get("/c/trial-design").status_code == 200
    again = submit(staff, "/staff/categories/new", **fields, slug="trial-design")
    assert again.status_code == 422
    assert "Another category has this address" in again.text


def test_changing_a_place_gates_what_stands_in_it_on_the_next_request(
    app: Flask, cast: Cast, sign_in: SignIn, submit: Submit
) -> None:
    with app.app_context():
        inherits = make_topic(cast.porch, cast.member, "Inherits")
        opened = make_topic(cast.porch, cast.member, "Opened", audience=choice("guests", opened=True))
    guest = sign_in(cast.guest)
    assert guest.get(f"/t/{inherits.id}/inherits").status_code == 200
    fields = {"name": "Porch", "slug": "porch", "read": "members", "reply": "members", "start": "members"}
    assert submit(sign_in(cast.staff), "/staff/categories/porch", **fields).status_code == 303
    assert guest.get(f"/t/{inherits.id}/inherits").status_code == 404
    assert guest.get(f"/t/{opened.id}/opened").status_code == 200


def test_places_nest_two_deep_and_keep_their_order(
    app: Flask, cast: Cast, sign_in: SignIn, submit: Submit
) -> None:
    staff = sign_in(cast.staff)
    fields = {"name": "Deep", "read": "members", "reply": "members", "start": "members", "parent": "nook"}
    refused = submit(staff, "/staff/categories/new", **fields)
    assert refused.status_code == 422
    assert "two deep" in refused.text
    assert submit(staff, "/staff/categories/welcome/down").status_code == 303
    assert submit(staff, "/staff/categories/lounge/archive").status_code == 303
    refused = submit(sign_in(cast.member), "/new", category="lounge", title="Late", body="Too late?")
    assert "archive" in refused.text
    assert submit(staff, "/staff/categories/lounge/unarchive").status_code == 303


def test_the_matrix_says_what_each_kind_of_viewer_may(app: Flask, cast: Cast, sign_in: SignIn) -> None:
    with app.app_context():
        make_topic(cast.lounge, cast.member, audience=choice("guests", opened=True))
    page = sign_in(cast.staff).get("/staff/audiences")
    assert page.status_code == 200
    assert "Members and guests" in page.text
    row = page.text.partition('href="/staff/categories/closed-circle"')[2].partition("</tr>")[0]
    assert row.count("Nothing") == 5  # also for staff: the group is closed
    assert "Starts topics" in row
    assert "People of Trialists" in row
    row = page.text.partition('href="/staff/categories/lounge"')[2].partition("</tr>")[0]
    assert "No group" in row
    for person in (cast.member, cast.guest, cast.site_moderator):
        assert sign_in(person).get("/staff/audiences").status_code == 403
    assert app.test_client().get("/staff/audiences").status_code == 401
