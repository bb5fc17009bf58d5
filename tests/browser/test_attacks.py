"""Every attack string in a real Chromium: nothing opens, asks, leads away or is stopped by the policy.

Each page shows two hundred texts twice: without a policy, where what could run would run, and with that of the site,
where what is stopped would be reported. Then everything is unfolded, hovered over and given the focus.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route
from playwright.sync_api import TimeoutError as TookTooLong

from forum.markup import MarkupRefused, render
from forum.web.headers import content_security_policy
from tests.conftest import make_config
from tests.markup import samples
from tests.markup.places import PLACES, as_shown, everybody

pytestmark = pytest.mark.browser

HOST = "http://forum.test"
BATCH = 200
SCHEMES = {"http:", "https:", "mailto:"}
LISTEN = "addEventListener('securitypolicyviolation', e => stopped(e.violatedDirective + ' ' + e.blockedURI), true)"
# What a reader does with a text, and more; links are followed by nobody, their addresses are read as the browser does.
TOUCH = """() => {
  addEventListener("click", (event) => event.preventDefault(), true);
  for (const element of document.querySelectorAll("main *")) {
    if (element.localName === "details") element.open = true;
    for (const kind of ["mouseover", "mouseenter", "mousemove", "pointerover", "focus", "click", "toggle", "keydown", "animationstart", "load", "error"])
      element.dispatchEvent(new Event(kind, { bubbles: true, cancelable: true }));
    if (element.tabIndex >= 0) element.focus();
  }
  const named = [...document.querySelectorAll("main [id], main [name]")].map((e) => e.id || e.name);
  return {
    schemes: [...new Set([...document.links].map((link) => link.protocol))],
    elsewhere: [...document.links].filter((link) => /^[\\\\/]{2}/.test(link.getAttribute("href").trim())).length,
    clobbered: named.filter((name) => name && (/^[A-Za-z_$][\\w$]*$/.test(name) || name in document)),
  };
}"""


@dataclass
class Seen:
    """What a page did that a text must not make it do."""

    dialogs: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    navigations: list[str] = field(default_factory=list)
    reports: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return any((self.dialogs, self.requests, self.navigations, self.reports, self.links))


class Looker:
    """Shows HTML in a browser, and says what happened."""

    def __init__(self, context: BrowserContext, policy: str) -> None:
        self._context, self._policy = context, policy
        self._body = ""
        context.route("**/*", self._answer)

    def look(self, html: str, *, has_policy: bool) -> Seen:
        seen = Seen()
        self._body = html
        page = self._context.new_page()
        try:
            self._listen(page, seen)
            page.goto(f"{HOST}/{'policy' if has_policy else 'open'}", wait_until="commit")
            with suppress(TookTooLong):
                page.wait_for_load_state("load", timeout=5_000)
            with suppress(Exception):  # where it has been led away there is nothing to be touched
                found = page.evaluate(TOUCH)
                seen.links += sorted(set(found["schemes"]) - SCHEMES) + found["clobbered"]
                seen.links += ["//"] * found["elsewhere"]
            page.wait_for_timeout(50)
        finally:
            page.close()
        return seen

    def _listen(self, page: Page, seen: Seen) -> None:
        def ask(request: Any) -> None:
            if request.is_navigation_request() and request.frame == page.main_frame:
                seen.navigations.append(request.url)
            else:
                seen.requests.append(request.url)

        def dismiss(dialog: Any) -> None:
            seen.dialogs.append(dialog.message)
            dialog.dismiss()

        def report(what: str) -> None:
            seen.reports.append(what)

        page.on("dialog", dismiss)
        page.on("request", lambda request: None if request.url in OWN_ADDRESSES else ask(request))
        page.on("popup", lambda popup: seen.navigations.append(f"popup {popup.url}"))
        page.expose_function("stopped", report)
        page.add_init_script(LISTEN)

    def _answer(self, route: Route) -> None:
        if route.request.url not in OWN_ADDRESSES:
            route.fulfill(status=204)
            return
        headers = {"Content-Type": "text/html; charset=utf-8"}
        if route.request.url.endswith("/policy"):
            headers["Content-Security-Policy"] = self._policy
        page = f"<!doctype html><html lang=en><title>x</title><link rel=icon href='data:,'><main>{self._body}</main></html>"
        route.fulfill(status=200, headers=headers, body=page)


OWN_ADDRESSES = {f"{HOST}/policy", f"{HOST}/open", "data:,"}


@pytest.fixture
def looker(chromium: Browser, tmp_path: Any) -> Iterator[Looker]:
    context = chromium.new_context(service_workers="block")
    context.set_default_timeout(30_000)
    yield Looker(context, content_security_policy(make_config("sqlite://", tmp_path)))
    context.close()


def shown(attack: str, place: str) -> str:
    with suppress(MarkupRefused):
        return as_shown(render(place.replace("{}", attack), mentions=everybody).html)
    return ""


def pages() -> Iterator[str]:
    """Every attack by itself and in a place that changes from one to the next, our own in every place."""
    texts = [
        shown(attack, place)
        for number, attack in enumerate(samples.attacks())
        for place in ("{}", PLACES[1 + number % (len(PLACES) - 1)])
    ]
    texts += [shown(attack, place) for attack in samples.OWN + samples.PLANTED for place in PLACES]
    for start in range(0, len(texts), BATCH):
        yield "\n".join(texts[start : start + BATCH])


def test_no_attack_does_anything_in_a_browser(looker: Looker) -> None:
    for number, html in enumerate(pages()):
        for has_policy in (False, True):
            seen = looker.look(html, has_policy=has_policy)
            assert not seen, (number, has_policy, seen, html)


def test_what_is_planted_is_seen_to_open_a_dialog(looker: Looker) -> None:
    assert looker.look(among("<img src='data:,' onerror=alert(1)>"), has_policy=False).dialogs[:1] == ["1"]
    assert looker.look(among("<b onmouseover=alert(2)>x</b>"), has_policy=False).dialogs[:1] == ["2"]


def test_what_is_planted_is_seen_to_ask(looker: Looker) -> None:
    assert looker.look(among("<img src=https://evil.example/p.gif>"), has_policy=False).requests
    assert looker.look(among("<p style='background:url(/x.png)'>x</p>"), has_policy=False).requests


def test_what_is_planted_is_seen_to_lead_away(looker: Looker) -> None:
    away = "<meta http-equiv=refresh content='0;url=https://evil.example/'>"
    assert looker.look(among(away), has_policy=False).navigations
    script = "<script>location = '/elsewhere'</script>"
    assert looker.look(among(script), has_policy=False).navigations


@pytest.mark.parametrize(
    "html",
    ["<script>alert(1)</script>", "<p style='color:red'>x</p>", "<img src=https://evil.example/p.gif>"],
)
def test_what_is_planted_is_seen_to_be_reported(looker: Looker, html: str) -> None:
    seen = looker.look(among(html), has_policy=True)
    assert seen.reports
    assert not seen.dialogs


@pytest.mark.parametrize(
    "html", ["<a href=javascript:alert(1)>x</a>", "<a href=//evil.example>x</a>", "<p id=cookie>x</p>"]
)
def test_links_and_names_that_are_planted_are_seen(looker: Looker, html: str) -> None:
    assert looker.look(among(html), has_policy=True).links


def test_harmless_texts_are_seen_to_do_nothing(looker: Looker) -> None:
    assert not looker.look(among("<p>fine</p>"), has_policy=True)
    assert not looker.look(among("<p>fine</p>"), has_policy=False)


def among(html: str) -> str:
    """Harm among harmless texts, as it would stand on a page."""
    fine = shown("fine", PLACES[11])
    return fine + html + fine
