"""What goes with a topic: by its words, its own place first, and never what its reader may not read."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from forum.accounts.actions import ignore
from forum.accounts.models import User
from forum.core.db import db
from forum.core.transactions import transaction
from forum.discussions.actions.audiences import set_audience
from forum.discussions.actions.concealing import hide_topic
from forum.discussions.models import Topic
from tests.api.conftest import Program
from tests.cast import Cast
from tests.factories import choice, make_topic

SignIn = Callable[[User], FlaskClient]


@pytest.fixture
def topics(app: Flask, cast: Cast) -> dict[str, Topic]:
    with app.app_context():
        return {
            "this": make_topic(cast.welcome, cast.member, "Screening for breast cancer"),
            "elsewhere": make_topic(cast.porch, cast.member, "Age and breast cancer screening"),
            "here": make_topic(cast.welcome, cast.other, "Breast cancer screening, by age group"),
            "closed": make_topic(cast.secret, cast.confidant, "Screening for breast cancer, closed"),
            "unlike": make_topic(cast.welcome, cast.member, "Coffee machines"),
        }


def titles(app: Flask, browser: FlaskClient, topic: Topic) -> list[str]:
    return [one["title"] for one in Program(app, browser).get(f"/topics/{topic.id}/related").json["items"]]


def test_the_likest_come_first_and_those_of_the_same_place(
    app: Flask, cast: Cast, topics: dict[str, Topic], sign_in: SignIn, client: FlaskClient
) -> None:
    here, elsewhere = topics["here"].title, topics["elsewhere"].title
    assert titles(app, sign_in(cast.member), topics["this"]) == [here, elsewhere]
    assert titles(app, client, topics["this"]) == [here]
    assert titles(app, sign_in(cast.confidant), topics["this"])[0] == here
    assert titles(app, sign_in(cast.member), topics["unlike"]) == []
    assert client.get(f"/t/{topics['closed'].id}/related").status_code == 404


def test_what_is_hidden_closed_or_by_somebody_ignored_is_gone_at_once(
    app: Flask, cast: Cast, topics: dict[str, Topic], sign_in: SignIn, client: FlaskClient
) -> None:
    address = f"/t/{topics['this'].id}/related?part=1"
    assert topics["here"].title in client.get(address).text  # and the page is kept
    with app.app_context():
        set_audience(topics["here"], actor=db.session.get_one(User, cast.staff.id), choice=choice("members"))
        ignore(db.session.get_one(User, cast.other.id), reader=db.session.get_one(User, cast.insider.id))
    assert topics["here"].title not in client.get(address).text
    assert topics["here"].title in sign_in(cast.member).get(address).text
    assert topics["here"].title not in sign_in(cast.insider).get(address).text
    with app.app_context():
        hide_topic(topics["elsewhere"], actor=db.session.get_one(User, cast.staff.id), reason="No.")
    assert topics["elsewhere"].title not in sign_in(cast.grace).get(address).text


def test_a_topic_leads_to_them_and_pays_nothing_for_it(
    app: Flask, cast: Cast, topics: dict[str, Topic], client: FlaskClient, count_statements: Any
) -> None:
    page = f"/t/{topics['this'].id}/{topics['this'].slug}"
    related = f"/t/{topics['this'].id}/related"
    assert f'href="{related}"' in client.get(page).text
    for address in (page, related):
        client.get(address)
        with count_statements() as sent:
            client.get(address)
        assert len(sent) == 1, sent


def test_tags_in_common_count_without_any_common_word(
    app: Flask, cast: Cast, topics: dict[str, Topic], client: FlaskClient
) -> None:
    with app.app_context(), transaction():
        for name, tag_ids in (("this", [7, 8]), ("unlike", [8])):
            db.session.get_one(Topic, topics[name].id).tag_ids = tag_ids
    assert topics["unlike"].title in titles(app, client, topics["this"])
