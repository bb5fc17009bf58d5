"""What a topic page may weigh and ask for (styles and scripts are weighed in `tests/house/test_styles.py`)."""

import gzip
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page

from tests.browser.conftest import Site
from tests.conftest import SignIn
from tests.face.scene import Scene
from tests.factories import make_post, make_topic
from tests.house.sources import ROOT

HTML_AT_MOST = 15 * 1024
COLD_AT_MOST, WARM_AT_MOST, MODULES_AT_MOST = 12, 2, 6
POSTS = 20


@pytest.mark.one_database
@pytest.mark.parametrize("viewer", ["visitor", "member", "staff"])
def test_a_page_of_twenty_posts_stays_light(app: Flask, foreign: Scene, sign_in: SignIn, viewer: str) -> None:
    user, topic = foreign.viewers[viewer], foreign.topics["everything"]
    browser = app.test_client() if user is None else sign_in(user)
    page = browser.get(f"/t/{topic.id}/{topic.slug}")
    assert page.text.count('class="post__body"') + page.text.count("post__gone") >= POSTS
    assert len(gzip.compress(page.data, 6)) <= HTML_AT_MOST


def test_no_font_is_fetched() -> None:
    for path in (ROOT / "static/css").glob("*.css"):
        assert "@font-face" not in path.read_text("utf-8"), path.name


@pytest.mark.browser
def test_a_topic_asks_for_little(site: Site, sign_in_as: Any, open_browser: Any) -> None:
    with site.app.app_context():
        topic = make_topic(site.cast.welcome, site.cast.other, "To be weighed")
        for _n in range(POSTS - 1):
            make_post(topic, site.cast.other)
    member = sign_in_as(site.cast.member)
    assert len(fetched(member, f"/t/{topic.id}/{topic.slug}")) <= WARM_AT_MOST + MODULES_AT_MOST
    visitor = open_browser()
    for page, cold in ((member, False), (visitor, True)):
        for most in (COLD_AT_MOST if cold else WARM_AT_MOST, WARM_AT_MOST):
            asked = fetched(page, f"/t/{topic.id}/{topic.slug}")
            assert len(asked) <= most, asked
        modules = page.evaluate(
            "performance.getEntriesByType('resource').filter((one) => one.name.endsWith('.js')).length"
        )
        assert modules <= MODULES_AT_MOST


def fetched(page: Page, path: str) -> list[str]:
    """The addresses that the server was asked for, but for images; what the browser had already does not count."""
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    asked: dict[str, str] = {}

    def note(event: Any) -> None:
        if event["type"] != "Image":
            asked[event["requestId"]] = event["request"]["url"]

    def had(event: Any) -> None:
        if event["response"].get("fromDiskCache"):
            asked.pop(event["requestId"], None)

    session.on("Network.requestWillBeSent", note)
    session.on("Network.requestServedFromCache", lambda event: asked.pop(event["requestId"], None))
    session.on("Network.responseReceived", had)
    page.goto(path)
    page.wait_for_load_state("networkidle")
    session.detach()
    return list(asked.values())
