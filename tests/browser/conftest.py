"""A real server and a real Chromium. The server is a process of its own, as people run it."""

import contextlib
import itertools
import os
import re
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page

from forum.accounts.models import User
from forum.app import create_app
from forum.core import migrations
from forum.core.db import db
from forum.core.transactions import transaction
from tests.cast import Cast, make_cast
from tests.conftest import KEY, make_config

ROOT = Path(__file__).parents[2]
PASSWORD = "a long enough passphrase"
PHONE = {"width": 390, "height": 844}
WIDE = {"width": 1360, "height": 900}


@dataclass(frozen=True)
class Site:
    """A running forum: where it is, its database (for setting the scene), its people, its outbox."""

    address: str
    app: Flask
    cast: Cast
    outbox: Path


class Inbox:
    """What a mail server takes, as files in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.count = folder, itertools.count(1)
        folder.mkdir()

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - so it is called
        (self.folder / f"{next(self.count):06}.eml").write_bytes(envelope.content)
        return "250 taken"


def mail_server(folder: Path) -> Controller:
    """An SMTP server on this machine, running."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(Inbox(folder), hostname="127.0.0.1", port=port)
    controller.start()
    return controller


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("site")
    url = f"sqlite:///{folder}/forum.db"
    app = create_app(make_config(url, folder))
    with app.app_context():
        migrations.upgrade()
        with transaction():
            cast = make_cast()
        give_passwords(app)
    server_of_mail = mail_server(folder / "outbox")
    environment = {
        **os.environ,
        "MAIL_URL": f"smtp://127.0.0.1:{server_of_mail.port}",
        "DATABASE_URL": url,
        "INSTANCE_PATH": str(folder),
        "SECRET_KEY": KEY,
        "RATE_LIMITS": "off",
        "LOG_LEVEL": "WARNING",
        "PYTHONPATH": str(ROOT),
    }
    for name in ("SITE_URL", "REDIS_URL"):
        environment.pop(name, None)
    with open(folder / "server.log", "w") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "forum.cli.entry", "serve", "--port", "0"],
            env=environment,
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
    assert server.stdout is not None
    line = server.stdout.readline()
    found = re.search(r"http://[\d.]+:\d+", line)
    assert found, line + (folder / "server.log").read_text()
    yield Site(found[0], app, cast, folder / "outbox")
    server.terminate()
    server.wait(20)
    server.stdout.close()
    server_of_mail.stop()
    faults = [text for text in (folder / "server.log").read_text().splitlines() if '"level": "error"' in text]
    assert not faults, "\n".join(faults)


def give_passwords(app: Flask) -> None:
    from forum.accounts.passwords import hash_password

    hashed = hash_password(PASSWORD)
    with transaction():
        for user in db.session.query(User):
            user.password_hash = hashed


Open = Callable[..., Page]


@pytest.fixture
def open_browser(chromium: Browser, site: Site) -> Iterator[Open]:
    """A fresh browser for one person; what its console or the policy complains of fails the test."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def fresh(**options: Any) -> Page:
        context = chromium.new_context(
            base_url=site.address, viewport=options.pop("viewport", WIDE), **options
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        if options.get("java_script_enabled", True):
            wait_for_scripts(page)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda message: complaints.append(message.text) if is_fault(message) else None)
        return page

    yield fresh
    for context in contexts:
        with contextlib.suppress(Exception):
            context.close()
    assert not complaints, complaints


# Settles when what the page came with is connected; at once on what has no scripts (a picture, a document of JSON).
CONNECTED = """() => new Promise((done) => {
  const connected = () => !document.querySelector("script[type=module]") || performance.getEntriesByName("connected").length;
  const look = () => (connected() ? done() : setTimeout(look, 5));
  look();
})"""


def wait_for_scripts(page: Page) -> None:
    """From here on, whoever goes to a page clicks only once its scripts are there."""
    go, reload = page.goto, page.reload

    def after(act: Callable[..., Any]) -> Callable[..., Any]:
        def do(*args: Any, **options: Any) -> Any:
            answer = act(*args, **options)
            page.evaluate(CONNECTED)
            return answer

        return do

    page.goto, page.reload = after(go), after(reload)  # type: ignore[method-assign]


def is_fault(message: Any) -> bool:
    """Errors of our own making; that a refused form answers 4xx, or that a test cuts the line, is meant."""
    meant = (
        "the server responded with a status of 4",
        "net::ERR_INTERNET_DISCONNECTED",
        "WebSocket connection to",
    )
    return message.type == "error" and not any(text in message.text for text in meant)


@pytest.fixture
def sign_in_as(open_browser: Open) -> Callable[..., Page]:
    """Sign in through the form."""

    def enter(user: User, **options: Any) -> Page:
        page = open_browser(**options)
        page.goto("/signin")
        page.fill("input[name=email]", user.email or "")
        page.fill("input[name=password]", PASSWORD)
        page.click("main form:has(input[name=password]) button[type=submit]")
        page.wait_for_url("**/")
        return page

    return enter
