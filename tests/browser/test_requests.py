"""How much a topic page asks the server for, the first time and again; and that nothing moves when its scripts come."""

from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Site
from tests.factories import make_post, make_topic

COLD_AT_MOST, WARM_AT_MOST, MODULES_AT_MOST = 12, 2, 6
POSTS = 20
SHIFTS_AT_MOST = 0.01  # of what a browser calls the cumulative layout shift; 0.1 is thought to be good
SHIFTED = """() => new Promise((tell) => {
  let sum = 0;
  new PerformanceObserver((list) => list.getEntries().forEach((one) => (sum += one.value)))
    .observe({ type: "layout-shift", buffered: true });
  requestAnimationFrame(() => setTimeout(() => tell(sum)));
})"""


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
    member.goto(f"/t/{topic.id}/{topic.slug}?go=last")
    member.wait_for_load_state("networkidle")
    assert member.locator(".composer__tools").is_visible()
    assert member.evaluate(SHIFTED) < SHIFTS_AT_MOST


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
