"""A real Chromium in which the pages of a crawl are shown, with the styles and scripts of the application."""

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote, urlsplit

from flask import Flask
from playwright.sync_api import Browser, Route
from playwright.sync_api import Page as Tab

from tests.browser.conftest import WIDE
from tests.face.crawl import Page

HOST = "http://localhost"


class Window:
    """One tab. What its scripts ask for is answered as for a visitor; they change nothing."""

    def __init__(self, tab: Tab, app: Flask) -> None:
        self.tab = tab
        self.client = app.test_client()
        self.html = ""
        self.kept: dict[str, tuple[str, bytes]] = {}
        tab.route("**/*", self._answer)

    def show(self, page: Page) -> None:
        self.html = page.html
        self.tab.goto(HOST + quote(page.address.removeprefix("POST "), safe="/?=&%@:+"))

    def _answer(self, route: Route) -> None:
        request = route.request
        parts = urlsplit(request.url)
        if request.resource_type == "document":
            route.fulfill(content_type="text/html; charset=utf-8", body=self.html)
        elif request.method != "GET" or not parts.path.startswith("/static/"):
            route.abort()
        else:
            if parts.path not in self.kept:
                with self.client.get(parts.path) as answer:
                    self.kept[parts.path] = answer.mimetype, answer.get_data()
            kind, body = self.kept[parts.path]
            route.fulfill(content_type=f"{kind}; charset=utf-8", body=body)


@contextmanager
def open_window(chromium: Browser, app: Flask) -> Iterator[Window]:
    # The scripts of a test run beside those of the page, whatever its policy says.
    context = chromium.new_context(viewport=WIDE, reduced_motion="reduce", bypass_csp=True)
    tab = context.new_page()
    tab.set_default_timeout(30_000)
    try:
        yield Window(tab, app)
    finally:
        context.close()
