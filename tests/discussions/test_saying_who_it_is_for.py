"""What is said of an audience before and after a topic is posted, and to whom."""

import re
from collections.abc import Callable
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from forum.accounts.models import User
from tests.cast import Cast
from tests.factories import choice, make_category, make_topic

SignIn = Callable[[User], FlaskClient]
Submit = Callable[..., Any]


def said(page: str) -> str:
    found = re.search(r'class="audience">.*?audience__text"[^>]*>(?:<span[^>]*>)?([^<]*)<', page, re.S)
    assert found
    return found[1]


def test_the_composer_says_who_reads_what_is_chosen_before_it_is_posted(
    app: Flask, cast: Cast, sign_in: SignIn, submit: Submit
) -> None:
    browser, place = sign_in(cast.member), {"category": "lounge", "inherits": "0"}
    assert said(browser.get("/new?category=lounge").text) == "Members can read this and answer."
    looked = submit(browser, "/new", **place, step="look", read="guests", reply="members", body="Half a")
    assert looked.status_code == 200
    assert said(looked.text) == "Members and guests can read this; members can answer."
    assert "Half a" in looked.text
    named = submit(browser, "/new", **place, step="look", read="people", people="otto, mina")
    assert said(named.text).startswith("2 named people, and those who moderate here, can read this")
    back = submit(browser, "/new", **place, read="guests", title="", body="Without a title.")
    assert back.status_code == 422
    assert said(back.text) == "Members and guests can read this and answer."
    wrong = submit(browser, "/new", **place, step="look", read="people", people="nobody-at-all")
    assert wrong.status_code == 422
    assert "nobody-at-all" in wrong.text
    nowhere = submit(browser, "/new", category="", step="look")
    assert nowhere.status_code == 422


def test_a_choice_wider_than_what_stands_around_opens_the_topic(
    app: Flask, cast: Cast, sign_in: SignIn, submit: Submit
) -> None:
    """The place says guests, the place around it members: guests read only what is opened for them."""
    with app.app_context():
        make_category("annex", read="guests", parent=cast.lounge)
    browser, guest = sign_in(cast.member), sign_in(cast.guest)
    assert said(browser.get("/new?category=annex").text) == "Members can read this and answer."
    fields = {"category": "annex", "title": "For guests too", "body": "B"}
    plain = submit(browser, "/new", **fields, client_id="one")
    assert guest.get(plain.headers["Location"]).status_code == 404
    opened = submit(browser, "/new", **fields, client_id="two", inherits="0", read="guests", reply="guests")
    assert guest.get(opened.headers["Location"]).status_code == 200
    assert said(guest.get(opened.headers["Location"]).text) == "Members and guests can read this and answer."
    rows = browser.get("/c/annex").text
    assert "Members and guests" in rows


def test_a_secret_group_that_answers_is_named_to_its_own_people_alone(
    app: Flask, cast: Cast, sign_in: SignIn
) -> None:
    with app.app_context():
        group = cast.secret_group.id
        topic = make_topic(cast.lounge, cast.confidant, audience=choice("members", "group", group_id=group))
    address = f"/t/{topic.id}/{topic.slug}"
    for user, sentence in (
        (cast.member, "Members can read this; some of them can answer."),
        (cast.staff, "Members can read this; some of them can answer."),
        (
            cast.confidant,
            "Members can read this; the people of Jury, and those who moderate here, can answer.",
        ),
    ):
        browser = sign_in(user)
        page = browser.get(address).text
        assert said(page) == sentence, user.username
        assert ("Jury" in page) == (user is cast.confidant)
        told = browser.get(f"/api/v1/topics/{topic.id}").get_json()["audience"]
        assert told["sentence"] == sentence
        assert told["group_id"] == (str(group) if user is cast.confidant else None)


def test_a_place_behind_a_gate_is_not_said_to_be_for_guests(app: Flask, cast: Cast, sign_in: SignIn) -> None:
    with app.app_context():
        make_category("annex", read="guests", parent=cast.lounge)
    sentence = "Members can read this and answer."
    assert said(sign_in(cast.member).get("/c/annex").text) == sentence
    told = sign_in(cast.member).get("/api/v1/categories/annex").get_json()["audience"]
    assert told["sentence"] == sentence
    assert sentence in sign_in(cast.staff).get("/staff/audiences").text
    assert sign_in(cast.guest).get("/c/annex").status_code == 404
