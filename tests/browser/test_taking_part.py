"""A person's way in: reading, registering, answering, being refused in words; and what moderators do, as others see it."""

import email
import re
import time
from collections.abc import Callable
from email.message import Message
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, Site
from tests.factories import choice, make_post, make_topic

pytestmark = pytest.mark.browser

Open = Callable[..., Page]


def wait_for_mail(outbox: Path, to: str, subject: str = "", seconds: float = 30) -> Message:
    """The newest message to somebody, once the worker has sent it."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        for path in sorted(outbox.glob("*.eml"), reverse=True):
            message = email.message_from_bytes(path.read_bytes())
            if message["To"] == to and subject in str(message["Subject"]):
                return message
        time.sleep(0.2)
    raise AssertionError(f"no mail to {to}")


def text_of(message: Message) -> str:
    parts = [part for part in message.walk() if part.get_content_type() == "text/plain"]
    return parts[0].get_payload(decode=True).decode()  # type: ignore[union-attr]


def reply(page: Page, text: str) -> None:
    page.fill("form.composer textarea[name=body]", text)
    with page.expect_navigation():
        page.click("form.composer .button--main")


def test_a_visitor_reads_registers_confirms_and_answers_where_guests_may(
    site: Site, open_browser: Open
) -> None:
    with site.app.app_context():
        open_topic = make_topic(site.cast.welcome, site.cast.member, "Who takes consent on your ward?")
        for_members = make_topic(
            site.cast.welcome,
            site.cast.member,
            "Read by all, answered by members",
            audience=choice("public", "members"),
        )
    page = open_browser()
    page.goto("/")
    page.get_by_role("link", name="Who takes consent on your ward?").first.click()
    expect(page.get_by_role("heading", name="Who takes consent on your ward?")).to_be_visible()
    expect(page.locator(".composer__shut")).to_contain_text("Sign in")

    page.goto("/register")
    page.fill("input[name=name]", "Nora Newcomer")
    page.fill("input[name=email]", "nora@example.org")
    page.fill("input[name=password]", "short")
    page.click("form[action='/register'] button[type=submit]")
    expect(page.locator(".errors")).to_be_visible()
    assert page.input_value("input[name=name]") == "Nora Newcomer"  # what was typed is kept
    page.fill("input[name=password]", "seven quiet herons wade")
    page.click("form[action='/register'] button[type=submit]")
    expect(page.locator("main")).to_contain_text(re.compile("e-mail|message", re.I))

    link = re.search(r"https?://\S+/confirm/\S+", text_of(wait_for_mail(site.outbox, "nora@example.org")))
    assert link
    page.goto("/confirm/" + link[0].partition("/confirm/")[2])
    page.click("main form button[type=submit]")
    if "/signin" in page.url or page.locator("a[href^='/signin']").count():
        page.goto("/signin")
        page.fill("input[name=email]", "nora@example.org")
        page.fill("input[name=password]", "seven quiet herons wade")
        page.click("form[action='/signin'] button[type=submit]")
    page.goto(f"/t/{open_topic.id}")
    reply(page, "With us it is the **nurse** who asks.")
    expect(page.locator(".post__body strong", has_text="nurse")).to_be_visible()

    page.goto(f"/t/{for_members.id}")
    expect(page.locator(".composer__shut")).to_contain_text("only members can answer")
    page.goto("/new?category=porch")
    expect(page.locator("main")).not_to_contain_text("Porch /")


def test_a_member_starts_a_topic_a_moderator_locks_it_and_both_see_so(site: Site, sign_in_as: Open) -> None:
    member = sign_in_as(site.cast.member)
    member.goto("/new?category=lounge")
    member.fill("input[name=title]", "Counting the night shifts")
    member.fill("textarea[name=body]", "How do you count yours?\n\n- by hour\n- by night")
    member.get_by_role("button", name="Post the topic").click()
    expect(member.get_by_role("heading", name="Counting the night shifts")).to_be_visible()
    expect(member.locator(".audience").first).to_contain_text("Members can read this and answer.")
    where = member.url

    moderator = sign_in_as(site.cast.moderator)
    moderator.goto(where)
    moderator.locator("header.topic-head summary", has_text="Moderate").click()
    moderator.get_by_role("link", name="Lock …").click()
    moderator.fill("textarea[name=reason]", "Answered in the handbook.")
    moderator.click("main form button[type=submit]")
    expect(moderator.locator(".topic-head__state")).to_contain_text("Locked")

    member.reload()
    expect(member.locator(".topic-head__state")).to_contain_text("Answered in the handbook.")
    expect(member.locator(".composer__shut")).to_contain_text("locked")
    moderator.goto("/moderation/log")
    expect(moderator.locator(".log")).to_contain_text("Answered in the handbook.")


def test_unread_counts_are_right_for_everyone_as_they_read(site: Site, sign_in_as: Open) -> None:
    with site.app.app_context():
        topic = make_topic(site.cast.nook, site.cast.other, "Rotas in three cities")
        for n in range(30):
            make_post(topic, site.cast.other, f"Answer {n}.")
    tall = {"width": 1360, "height": 5000}  # the whole page is in sight at once
    reader, writer = sign_in_as(site.cast.grace, viewport=tall), sign_in_as(site.cast.other)
    reader.goto("/unread")
    expect(reader.get_by_role("link", name="Rotas in three cities")).to_be_visible()
    writer.goto("/unread")
    expect(writer.get_by_role("link", name="Rotas in three cities")).to_have_count(0)

    with reader.expect_response(lambda r: r.url.endswith("/read") and r.status == 204):
        reader.goto(f"/t/{topic.id}")
    reader.goto("/c/nook")
    expect(reader.locator(".topic-row", has_text="Rotas in three cities")).to_contain_text("11 new")
    reader.locator(".topic-row__new").first.click()
    expect(reader.locator(".post[data-number='21']")).to_be_visible()

    # Two browsers at once: what one has read, the other no longer counts.
    writer.goto(f"/t/{topic.id}?go=last")
    reply(writer, "And another.")
    second = sign_in_as(site.cast.grace, viewport=PHONE)
    second.goto("/c/nook")
    second.get_by_role("button", name="Mark all read").click()
    expect(second.locator(".topic-row", has_text="Rotas in three cities")).not_to_contain_text("new")
    reader.goto("/unread")
    expect(reader.get_by_role("link", name="Rotas in three cities")).to_have_count(0)
    writer.goto(f"/t/{topic.id}?go=last")
    reply(writer, "One more.")
    reader.goto("/c/nook")
    expect(reader.locator(".topic-row", has_text="Rotas in three cities")).to_contain_text("1 new")


def test_everything_can_be_done_without_scripts(site: Site, open_browser: Open) -> None:
    with site.app.app_context():
        topic = make_topic(site.cast.lounge, site.cast.other, "Plain forms alone")
        first = make_post(topic, site.cast.other, "A branch begins.")
        make_post(topic, site.cast.member, "A leaf.", parent=first)
    page = open_browser(java_script_enabled=False, viewport=PHONE)
    page.goto("/signin")
    page.fill("input[name=email]", site.cast.member.email or "")
    page.fill("input[name=password]", "a long enough passphrase")
    page.click("form[action='/signin'] button[type=submit]")
    page.goto(f"/t/{topic.id}")
    page.click("text=Threaded")
    expect(page.locator(".thread__replies .post__body", has_text="A leaf.")).to_be_visible()
    page.locator("summary", has_text="").locator("visible=true").last.click()
    page.goto(f"/t/{topic.id}")
    reply(page, "Sent by a plain form.")
    expect(page.locator(".post__body", has_text="Sent by a plain form.")).to_be_visible()
    page.goto(f"/t/{topic.id}")
    button = page.get_by_role("button", name="Mark read to here")
    if button.count():
        button.first.click()
        expect(button).to_have_count(0)
    page.goto("/unread")
    expect(page.get_by_role("link", name="Plain forms alone")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1360])
def test_no_page_is_wider_than_its_window(site: Site, sign_in_as: Open, scheme: str, width: int) -> None:
    with site.app.app_context():
        topic = make_topic(site.cast.lounge, site.cast.other, "Width " + "verylongword" * 12)
        make_post(topic, site.cast.member, "x" * 400)
    page = sign_in_as(site.cast.staff, viewport={"width": width, "height": 800}, color_scheme=scheme)
    for address in (
        "/",
        "/c",
        "/c/lounge",
        f"/t/{topic.id}",
        f"/t/{topic.id}?view=threaded",
        "/new",
        "/settings/profile",
        "/staff/people",
        "/staff/audiences",
        "/moderation/log",
    ):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
