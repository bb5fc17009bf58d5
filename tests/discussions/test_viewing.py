"""View counts: people, each once a day; no robots, no reloads, and nothing that says who."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from forum.accounts.models import User
from forum.core import clock
from forum.core.db import db
from forum.discussions.actions.splitting import merge_topic
from forum.discussions.models import Topic
from forum.discussions.viewing import Views, is_robot, write_views
from tests.api.conftest import Program
from tests.cast import Cast
from tests.elsewhere import needs_redis
from tests.factories import make_topic

SignIn = Callable[[User], FlaskClient]
CHROME = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36"
)
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:131.0) Gecko/20100101 Firefox/131.0"
SAFARI = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1"
ROBOTS = [
    "",
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
    "Mozilla/5.0 (compatible; YandexBot/3.0)",
    "Mozilla/5.0 (compatible; Yahoo! Slurp; http://help.yahoo.com/help/us/ysearch/slurp)",
    "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2)",
    "facebookexternalhit/1.1 (+preview)",
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 HeadlessChrome/130.0.0.0 Safari/537.36",
    "curl/8.5.0",
    "python-requests/2.32",
    "Go-http-client/2.0",
    "ia_archiver",
]


@pytest.fixture(autouse=True)
def nothing_seen(app: Flask) -> None:
    app.extensions["forum_views"] = Views(app.extensions["forum_config"])


@pytest.fixture
def topic(app: Flask, cast: Cast) -> Topic:
    with app.app_context():
        return make_topic(cast.welcome, cast.member, "Looked at")


def look(browser: FlaskClient, topic: Topic, agent: str = CHROME, address: str = "192.0.2.1") -> int:
    where = {"REMOTE_ADDR": address}
    answer = browser.post(f"/t/{topic.id}/view", headers={"User-Agent": agent}, environ_overrides=where)
    assert "Set-Cookie" not in answer.headers
    return answer.status_code


def count_of(app: Flask, topic: Topic) -> int:
    with app.app_context():
        write_views()
        return db.session.scalar(select(Topic.view_count).where(Topic.id == topic.id)) or 0


def test_a_person_counts_once_a_day_whatever_they_reload_or_open_twice(
    app: Flask, cast: Cast, topic: Topic, sign_in: SignIn
) -> None:
    browser, other_device = sign_in(cast.member), sign_in(cast.member)
    for _ in range(3):
        assert look(browser, topic) == 204
        look(other_device, topic, SAFARI, "198.51.100.7")
    assert count_of(app, topic) == 1
    look(sign_in(cast.guest), topic)
    assert count_of(app, topic) == 2
    clock.freeze(clock.now() + timedelta(days=1))
    look(browser, topic)
    assert count_of(app, topic) == 3


def test_visitors_are_told_apart_without_being_known(app: Flask, topic: Topic, client: FlaskClient) -> None:
    for agent in (
        CHROME,
        FIREFOX,
        SAFARI,
        f"{CHROME} 1",
        f"{CHROME} 2",
    ):  # who calls themselves otherwise is no other
        look(client, topic, agent, "192.0.2.1")
        look(client, topic, agent, "::ffff:192.0.2.1")
        look(client, topic, agent, "192.0.2.2")
    look(client, topic, CHROME, "2001:db8:1:2::7")
    look(client, topic, CHROME, "2001:db8:1:2:ffff::8")
    look(client, topic, CHROME, "2001:db8:1:3::7")
    assert count_of(app, topic) == 4
    kept = str(vars(app.extensions["forum_views"].seen.storage))
    assert "view" in kept
    assert "192.0.2" not in kept
    assert "2001:db8" not in kept
    assert "Mozilla" not in kept


@pytest.mark.one_database
def test_robots_do_not_count(app: Flask, topic: Topic, client: FlaskClient) -> None:
    for agent in ROBOTS:
        assert is_robot(agent), agent
        look(client, topic, agent)
    assert not any(map(is_robot, (CHROME, FIREFOX, SAFARI)))
    client.get(f"/t/{topic.id}/{topic.slug}", headers={"User-Agent": CHROME})  # without its scripts
    assert count_of(app, topic) == 0


def test_twenty_at_once_are_twenty_and_written_together(
    app: Flask, topic: Topic, count_statements: Any
) -> None:
    with ThreadPoolExecutor(10) as pool:
        list(pool.map(lambda n: look(app.test_client(), topic, CHROME, f"192.0.2.{n % 20}"), range(60)))
    with app.app_context(), count_statements() as sent:
        assert write_views() == 1
        assert write_views() == 0
    assert len(sent) == 2  # where merged topics went, and the counts
    assert count_of(app, topic) == 20


def test_what_could_not_be_written_waits(
    app: Flask, topic: Topic, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    look(client, topic)
    with app.app_context(), monkeypatch.context() as broken:
        broken.setattr("forum.discussions.viewing.transaction", lambda: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            write_views()
    assert count_of(app, topic) == 1


def test_what_waits_for_a_topic_that_is_merged_goes_where_that_went(
    app: Flask, cast: Cast, topic: Topic, client: FlaskClient
) -> None:
    with app.app_context():
        second, third = make_topic(cast.welcome, cast.member), make_topic(cast.welcome, cast.member)
    for one in (topic, second, third):
        look(client, one)
    with app.app_context():
        merge_topic(topic, actor=cast.staff, target_id=second.id)
        merge_topic(second, actor=cast.staff, target_id=third.id)
    assert [count_of(app, one) for one in (topic, second, third)] == [0, 0, 3]


def test_the_count_stands_in_the_head_in_lists_and_for_programs(
    app: Flask, cast: Cast, topic: Topic, client: FlaskClient, sign_in: SignIn
) -> None:
    page = f"/t/{topic.id}/{topic.slug}"
    browser = sign_in(cast.member)
    assert "view" not in browser.get(page).text.partition("topic-head__row")[2].partition("</span>")[0]
    look(client, topic)
    look(browser, topic)
    count_of(app, topic)
    assert "2 views" in browser.get(page).text
    assert "2 views" in browser.get("/c/welcome").text
    assert Program(app, browser).get(f"/topics/{topic.id}").json["view_count"] == 2


def test_other_sites_and_who_may_not_read_count_nothing(
    app: Flask, cast: Cast, topic: Topic, client: FlaskClient
) -> None:
    refused = client.post(
        f"/t/{topic.id}/view", headers={"User-Agent": CHROME, "Sec-Fetch-Site": "cross-site"}
    )
    assert refused.status_code == 403
    with app.app_context():
        closed = make_topic(cast.secret, cast.confidant)
    assert look(client, closed) == 404
    assert (count_of(app, topic), count_of(app, closed)) == (0, 0)


@pytest.mark.one_database
def test_redis_remembers_for_all_processes(app: Flask, topic: Topic) -> None:
    from dataclasses import replace

    from tests.conftest import redis_url

    config = replace(app.extensions["forum_config"], redis_url=needs_redis(redis_url()))
    one, other = Views(config), Views(config)
    who = f"user {topic.id}"
    assert one.note(topic.id, who)
    assert not other.note(topic.id, who)
