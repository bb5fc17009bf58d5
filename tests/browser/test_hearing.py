"""Two people: one answers, the other hears of it under the bell and by mail, and wants no more mail."""

import email
import re
import time
import urllib.request
from collections.abc import Callable
from email.message import Message
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from forum.accounts.models import User
from forum.admin.actions import change_settings
from forum.core import settings
from forum.core.db import db
from tests.browser.conftest import PHONE, Site
from tests.browser.test_taking_part import reply
from tests.factories import make_topic, make_user

pytestmark = pytest.mark.browser

Open = Callable[..., Page]


def mails_to(site: Site, to: str) -> list[Message]:
    found = [email.message_from_bytes(path.read_bytes()) for path in sorted(site.outbox.glob("*.eml"))]
    return [message for message in found if message["To"] == to]


def wait_for(site: Site, to: str, count: int, seconds: float = 60) -> list[Message]:
    deadline = time.monotonic() + seconds
    while len(found := mails_to(site, to)) < count and time.monotonic() < deadline:
        time.sleep(0.2)
    assert len(found) == count
    return found


def test_a_reply_is_heard_of_mailed_and_unsubscribed_from(site: Site, sign_in_as: Open) -> None:
    cast = site.cast
    with site.app.app_context():
        staff = db.session.get_one(User, cast.staff.id)
        change_settings({**settings.current().model_dump(), "mail_delay_minutes": 0}, actor=staff)
        topic = make_topic(cast.lounge, cast.grace, "Who rounds to the vial?")
        other = make_topic(cast.lounge, cast.grace, "And who keeps the port open?")
    address = f"/t/{topic.id}/{topic.slug}"
    greta, otto = sign_in_as(cast.grace, viewport=PHONE), sign_in_as(cast.other)
    otto.goto(address)
    reply(otto, "We do, on Mondays.")
    to = str(cast.grace.email)
    (mail,) = wait_for(site, to, 1)
    assert mail["Subject"] == "Re: Who rounds to the vial?"

    greta.goto("/")
    bell = greta.locator(".bell[href='/notifications']")
    expect(bell).to_contain_text("1")
    bell.click()
    line = greta.locator(".heard__one")
    expect(line).to_contain_text("replied to you in")
    line.get_by_role("link").click()
    expect(greta.locator("article[data-number='2']")).to_contain_text("We do, on Mondays.")
    with greta.expect_response(re.compile(r"/t/\d+/read$")):
        pass
    greta.goto("/notifications")
    expect(greta.get_by_text("Nothing new.")).to_be_visible()

    link = urlsplit(str(mail["List-Unsubscribe"]).strip("<>")).path
    sent = urllib.request.Request(site.address + link, data=b"List-Unsubscribe=One-Click", method="POST")
    with urllib.request.urlopen(sent) as answer:  # as a mail program does it: no cookie, no token
        assert answer.status == 200
    reply(otto, "On Tuesdays too.")
    otto.goto(f"/t/{other.id}/{other.slug}")
    reply(otto, "The nurses do.")
    mails = wait_for(site, to, 2)
    assert mails[1]["Subject"] == "Re: And who keeps the port open?"
    greta.goto("/notifications")
    expect(greta.locator(".heard__one")).to_have_count(2)


def test_one_follows_a_topic_and_mutes_it_again_with_the_keyboard_alone(site: Site, sign_in_as: Open) -> None:
    with site.app.app_context():
        author = make_user("flora", name="Flora Follows")
        topic = make_topic(site.cast.lounge, author, "A topic to be followed")
    page = sign_in_as(site.cast.member)
    page.goto(f"/t/{topic.id}/{topic.slug}")
    control = page.locator("details.menu:has(form[action$='/watch']) > summary")
    expect(control).to_contain_text("Normal")
    control.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(control).to_contain_text("Watching")
    control.click()
    expect(page.get_by_text("You chose this.")).to_be_visible()
    with page.expect_navigation():
        page.get_by_role("button", name=re.compile("^Muted")).click()
    page.goto("/settings/watching")
    expect(page.locator(".line", has_text="A topic to be followed")).to_contain_text("Muted")
    page.goto("/unread")
    expect(page.get_by_text("A topic to be followed")).to_have_count(0)
