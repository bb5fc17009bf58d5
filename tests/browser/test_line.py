"""The line of a page to the server, against a server made by the test: what is said on it, and what becomes of it when it is cut."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, WebSocketRoute

from tests.browser.conftest import Site

pytestmark = pytest.mark.browser

BEGIN = """async () => {
  const { src } = document.querySelector("script[type=module]");
  const { live } = await import(src.replace("app.js", "lib/live.js"));
  window.live = live;
  window.told = [];
  for (const name of ["state", "resync", "counts", "session:ended"]) live.on(name, (value) => window.told.push([name, value ?? null]));
}"""
ASK = """([event, object, timeout]) => window.live.ask(event, object, { timeout }).then((data) => ["answered", data], (error) => ["refused", error])"""


class Server:
    """The other end of every line of a page: Socket.IO 5 over Engine.IO 4, as far as a client hears of it."""

    def __init__(self, page: Page) -> None:
        self.lines: list[WebSocketRoute] = []
        self.heard: list[str] = []
        self.answers: dict[str, Any] = {}
        self.is_there = True
        page.route_web_socket("**/socket.io/**", self.take)

    def take(self, line: WebSocketRoute) -> None:
        if not self.is_there:
            line.close(code=1011)
            return
        self.lines.append(line)
        line.on_message(lambda text: self.answer(line, str(text)))
        line.send('0{"sid":"x","pingInterval":20000,"pingTimeout":15000,"maxPayload":65536}')

    def answer(self, line: WebSocketRoute, text: str) -> None:
        self.heard.append(text)
        if text == "40":
            line.send('40{"sid":"y"}')
        elif text.startswith("42"):
            number, _, rest = text[2:].partition("[")
            event, _object = json.loads("[" + rest)
            if event in self.answers:
                line.send(f"43{number}{json.dumps([self.answers[event]])}")

    def tell(self, name: str, *payload: Any) -> None:
        self.lines[-1].send(f"42{json.dumps([name, *payload])}")


@pytest.fixture
def page(site: Site, open_browser: Callable[..., Page]) -> Page:
    page = open_browser()
    page.add_init_script("Math.random = () => 0.01")  # no pauses by chance
    return page


def wait_for(page: Page, truth: str) -> None:
    page.wait_for_function(f"() => {truth}")


def test_the_line_speaks_socket_io_asks_and_is_answered(site: Site, page: Page) -> None:
    server = Server(page)
    page.goto("/c")
    page.evaluate(BEGIN)
    wait_for(page, "window.live.state === 'on'")
    assert server.heard[0] == "40"
    server.lines[-1].send("2")
    server.answers = {
        "message:send": {"ok": True, "data": {"message": {"id": "7"}}},
        "message:edit": {"ok": False, "error": {"code": "forbidden", "message": "Not yours."}},
    }
    assert page.evaluate(ASK, ["message:send", {"body": "ä"}, 5000]) == ["answered", {"message": {"id": "7"}}]
    assert page.evaluate(ASK, ["message:edit", {"id": "7"}, 5000]) == [
        "refused",
        {"code": "forbidden", "message": "Not yours."},
    ]
    assert page.evaluate(ASK, ["typing", {}, 50]) == ["refused", {"code": "lost"}]
    assert "3" in server.heard
    server.tell("counts", {"notifications": 2, "messages": 0})
    server.tell("server:resync", {})
    wait_for(page, "window.told.length >= 4")
    assert page.evaluate("window.told") == [
        ["state", "on"],
        ["resync", None],
        ["counts", {"notifications": 2, "messages": 0}],
        ["resync", None],
    ]


def test_a_lost_line_comes_back_by_itself_and_what_was_under_way_is_unknown(site: Site, page: Page) -> None:
    server = Server(page)
    page.goto("/c")
    page.evaluate(BEGIN)
    wait_for(page, "window.live.state === 'on'")
    page.evaluate("void (window.under = live.ask('message:send', {}).catch((x) => x))")
    server.lines[-1].close()
    assert page.evaluate("window.under") == {"code": "lost"}
    assert page.evaluate(ASK, ["message:send", {}, 1]) == ["refused", {"code": "off"}]
    wait_for(page, "window.live.state === 'on'")
    assert len(server.lines) == 2
    page.evaluate("window.live.slack = 100")
    server.lines[-1].send("2")  # and then nothing, for longer than the beat
    wait_for(page, "window.told.filter(([name, state]) => state === 'on').length === 3")
    page.context.set_offline(True)
    wait_for(page, "window.live.state === 'off'")
    assert len(server.lines) == 3
    page.context.set_offline(False)
    wait_for(page, "window.live.state === 'on'")
    server.tell("session:ended", {"reason": "signed_out"})
    server.lines[-1].close()
    wait_for(page, "window.live.state === 'off'")
    assert page.evaluate(ASK, ["message:send", {}, 1]) == ["refused", {"code": "ended"}]
    page.evaluate("window.live.hurry()")
    assert page.evaluate("new Promise((done) => setTimeout(() => done(window.live.state), 100))") == "off"
    assert len(server.lines) == 4


def test_where_no_line_comes_about_the_same_is_asked_by_request(site: Site, page: Page) -> None:
    server = Server(page)
    server.is_there = False
    page.goto("/c")
    page.evaluate(BEGIN)
    wait_for(page, "window.live.state === 'polling'")
    assert page.evaluate("window.told.filter(([name]) => name === 'resync').length") >= 1
    assert page.evaluate(ASK, ["topic:join", {"topic_id": "1"}, 1])[0] == "refused"  # it is not there
    assert page.evaluate(ASK, ["typing", {}, 1]) == ["answered", {}]
    server.is_there = True
    wait_for(page, "window.live.state === 'on'")
