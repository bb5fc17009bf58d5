"""Two people and three tabs talk: what one says the other sees once, whatever becomes of the line and of the server."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from forum.app import create_app
from forum.core import migrations
from forum.core.transactions import transaction
from tests.browser.conftest import PASSWORD, PHONE, ROOT, WIDE, Open, Site, give_passwords, wait_for_scripts
from tests.browser.test_live import on_line
from tests.cast import make_cast
from tests.conftest import KEY, make_config

pytestmark = pytest.mark.browser


def begin(page: Page, people: str, body: str) -> str:
    """Write to somebody; answers the address of the conversation."""
    page.goto("/messages/new")
    page.fill("[name=people]", people)
    page.fill("[name=body]", body)
    with page.expect_navigation():
        page.click("main form.form .button--main")
    page.evaluate("() => new Promise((done) => setTimeout(done))")
    return re.sub(r"[?#].*", "", page.url.partition("/messages")[1] + page.url.partition("/messages")[2])


def say(page: Page, text: str) -> None:
    page.fill("#say textarea", text)
    page.keyboard.press("Control+Enter")


def bubbles(page: Page) -> Any:
    return page.locator(".bubble .bubble__text")


def state(page: Page, text: str) -> Any:
    return page.locator(".bubble", has_text=text).locator("[data-part=state]")


def test_two_people_and_three_tabs_talk(site: Site, sign_in_as: Open) -> None:
    stella, otto = sign_in_as(site.cast.member), sign_in_as(site.cast.other, viewport=PHONE)
    address = begin(stella, site.cast.other.username, "Half an hour on **Wednesday**?")
    on_line(stella)
    otto.goto("/messages")
    expect(otto.locator(".top [data-count=messages]")).to_have_text("1")
    otto.locator(".conv-row").first.click()
    on_line(otto)
    expect(otto.locator(".day--unread")).to_have_text("1 unread")
    expect(otto.locator(".bubble strong")).to_have_text("Wednesday")
    expect(otto.locator(".top [data-count=messages]")).to_have_text("")
    expect(state(stella, "Wednesday")).to_have_text("Read")

    tab = otto.context.new_page()
    wait_for_scripts(tab)
    tab.set_viewport_size(WIDE)
    tab.goto(address)
    on_line(tab)
    otto.bring_to_front()
    otto.locator("#say textarea").press_sequentially("With ")
    expect(stella.locator("[data-part=typing]")).to_contain_text("is writing")
    say(otto, "With pleasure.")
    for page in (stella, otto, tab):
        expect(bubbles(page)).to_have_count(2)
        expect(page.locator(".bubble").last).to_contain_text("With pleasure.")
    expect(stella.locator("[data-part=typing]")).not_to_contain_text("is writing")

    # An answer to it, a nod, other words, and taken away.
    stella.bring_to_front()
    last = stella.locator(".bubble").last
    last.locator(".bubble__menu > summary").click()
    last.locator("[data-reply]").click()
    say(stella, "And I the tea.")
    expect(tab.locator(".bubble").last.locator(".bubble__ref")).to_contain_text("With pleasure.")
    last = tab.locator(".bubble").last
    tab.bring_to_front()
    last.locator(".bubble__menu > summary").click()
    last.locator(".bubble__kinds button").first.click()
    for page in (stella, otto, tab):
        expect(page.locator(".bubble").last.locator(".chip .num")).to_have_text("1")
    stella.bring_to_front()
    stella.locator(".bubble").last.locator(".bubble__menu > summary").click()
    with stella.expect_navigation():
        stella.locator(".bubble").last.get_by_role("link", name="Edit").click()
    stella.fill("[name=body]", "And I the cake.")
    with stella.expect_navigation():
        stella.click("main form.form .button--main")
    for page in (stella, otto, tab):
        expect(page.locator(".bubble").last).to_contain_text("And I the cake.")
        expect(page.locator(".bubble").last).to_contain_text("edited")
    on_line(stella)
    menu = stella.locator(".bubble").last
    menu.locator(".bubble__menu > summary").click()
    menu.locator("[data-delete]").click()
    menu.locator("[data-delete]").click()
    for page in (stella, otto, tab):
        expect(page.locator(".bubble").last).to_contain_text("Message deleted")
        expect(bubbles(page)).to_have_count(3)

    # An hour without a line, and a reload in it: kept, in order, sent once.
    otto.bring_to_front()
    otto.context.set_offline(True)
    expect(otto.locator("#line .banner")).to_contain_text("The line is lost")
    for text in ("Said without a line.", "And once more."):
        say(otto, text)
    expect(state(otto, "And once more.")).to_contain_text("Goes out when the line is back")
    expect(tab.locator(".bubble--sending")).to_have_count(2)
    say(stella, "Are you there?")
    otto.context.set_offline(False)
    for page in (stella, otto, tab):
        expect(bubbles(page)).to_have_count(6)
        expect(page.locator(".bubble--sending")).to_have_count(0)
    for page in (stella, otto, tab):
        assert [text.strip() for text in bubbles(page).all_inner_texts()][3:] == [
            "Are you there?",
            "Said without a line.",
            "And once more.",
        ]
    otto.reload()
    expect(bubbles(otto)).to_have_count(6)
    otto.fill("#say textarea", "Half a thought")
    expect(tab.locator("#say textarea")).to_have_value("Half a thought")


def test_messages_work_without_scripts(site: Site, sign_in_as: Open) -> None:
    stella = sign_in_as(site.cast.insider, java_script_enabled=False)
    stella.goto("/messages/new")
    stella.fill("[name=people]", site.cast.grace.username)
    stella.fill("[name=body]", "Plain as it is.")
    stella.click("main form.form .button--main")
    address = stella.url
    stella.fill("#say textarea", "Once more.")
    stella.click("#say .button--main")
    expect(bubbles(stella)).to_have_text(["Plain as it is.", "Once more."])
    grace = sign_in_as(site.cast.grace, java_script_enabled=False)
    grace.goto(address)
    expect(grace.locator(".day--unread")).to_have_text("2 unread")
    grace.get_by_role("button", name="Mark as read").click()
    expect(grace.locator(".day--unread")).to_have_count(0)
    stella.reload()
    expect(state(stella, "Once more.")).to_have_text("Read")


@pytest.fixture
def mortal(tmp_path: Path) -> Iterator[Any]:
    """A server that can be killed and started again on the same address."""
    url = f"sqlite:///{tmp_path}/forum.db"
    app = create_app(make_config(url, tmp_path))
    with app.app_context():
        migrations.upgrade()
        with transaction():
            cast = make_cast()
        give_passwords(app)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {
        **os.environ,
        "DATABASE_URL": url,
        "INSTANCE_PATH": str(tmp_path),
        "SECRET_KEY": KEY,
        "RATE_LIMITS": "off",
        "LOG_LEVEL": "WARNING",
        "PYTHONPATH": str(ROOT),
    }
    for name in ("SITE_URL", "REDIS_URL"):
        environment.pop(name, None)

    class Mortal:
        address = f"http://127.0.0.1:{port}"
        people = cast
        process: Any = None

        def start(self) -> None:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "forum.cli.entry", "serve", "--port", str(port)],
                env=environment,
                cwd=tmp_path,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
            )
            assert "Collegium is at" in self.process.stdout.readline()

        def kill(self) -> None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
            self.process.stdout.close()

    server = Mortal()
    server.start()
    yield server
    server.kill()


def test_a_server_that_is_killed_loses_and_doubles_nothing(mortal: Any, chromium: Browser) -> None:
    contexts: list[BrowserContext] = []

    def enter(user: Any) -> Page:
        context = chromium.new_context(base_url=mortal.address, viewport=WIDE)
        contexts.append(context)
        page = context.new_page()
        page.add_init_script("Math.random = () => 0.05")  # no long pauses by chance
        wait_for_scripts(page)
        page.goto("/signin")
        page.fill("input[name=email]", user.email)
        page.fill("input[name=password]", PASSWORD)
        page.click("main form:has(input[name=password]) button[type=submit]")
        page.wait_for_url("**/")
        return page

    stella, otto = enter(mortal.people.member), enter(mortal.people.other)
    address = begin(stella, mortal.people.other.username, "0")
    on_line(stella)
    otto.goto(address)
    on_line(otto)
    for number in range(1, 13):
        say(stella if number % 2 else otto, str(number))
        if number in (4, 8):
            mortal.kill()
        elif number in (6, 10):
            mortal.start()
    everything = {str(number) for number in range(13)}
    for page in (stella, otto):
        expect(page.locator(".bubble--sending")).to_have_count(0, timeout=60_000)
        expect(bubbles(page)).to_have_count(13, timeout=60_000)
    heard = [[text.strip() for text in bubbles(page).all_inner_texts()] for page in (stella, otto)]
    assert heard[0] == heard[1]
    assert set(heard[0]) == everything
    for start in (1, 2):  # what one person said stands in the order in which it was said
        said = [text for text in heard[0] if int(text) and int(text) % 2 == start % 2]
        assert said == sorted(said, key=int)
    stella.reload()
    assert [text.strip() for text in bubbles(stella).all_inner_texts()] == heard[0]
    for context in contexts:
        context.close()
