"""An author changes who reads a topic and sees who is affected; staff look as a guest and come back."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, Site
from tests.factories import make_post, make_topic

pytestmark = pytest.mark.browser

Open = Callable[..., Page]


def test_an_author_changes_the_audience_and_sees_who_is_affected(site: Site, sign_in_as: Open) -> None:
    with site.app.app_context():
        topic = make_topic(site.cast.welcome, site.cast.member, "What we tell relatives")
        make_post(topic, site.cast.guest, "We say it twice.")
    author = sign_in_as(site.cast.member, viewport=PHONE)
    author.goto(f"/t/{topic.id}")
    author.get_by_role("link", name="Why?").click()
    expect(author.get_by_role("heading", name="Who sees this, and why")).to_be_visible()
    author.fill("input[name=viewer]", "@gaspard")
    author.get_by_role("button", name="Tell me why").click()
    expect(author.locator(".told")).to_contain_text("Reads and answers")
    author.get_by_role("link", name="Change who reads it").click()
    author.locator("input[name=inherits][value='0']").check()
    author.locator("input[name=read][value=members]").check()
    author.locator("input[name=reply][value=members]").check()
    author.get_by_role("button", name="Show what would change").click()
    effect = author.locator("section", has=author.get_by_role("heading", name="What would change"))
    expect(effect).to_contain_text("Can no longer read it")
    expect(effect).to_contain_text("Guests")
    expect(effect).to_contain_text("Have written in it, and would lose it")
    expect(effect).to_contain_text("Gaspard Guest")
    expect(author.locator("input[name=read][value=members]")).to_be_checked()  # what was chosen is kept

    guest = sign_in_as(site.cast.guest)
    guest.goto(f"/t/{topic.id}")
    expect(guest.get_by_role("heading", name="What we tell relatives")).to_be_visible()
    author.get_by_role("button", name="Change it").click()
    expect(author.locator(".topic-head .audience")).to_contain_text("Members can read this and answer.")
    guest.reload()
    expect(guest.get_by_role("heading", name="What we tell relatives")).to_have_count(0)


def test_staff_look_as_a_guest_and_come_back(site: Site, sign_in_as: Open) -> None:
    with site.app.app_context():
        inside = make_topic(site.cast.lounge, site.cast.other, "Only among ourselves")
        outside = make_topic(site.cast.porch, site.cast.other, "With guests")
    staff = sign_in_as(site.cast.staff)
    staff.goto(f"/t/{outside.id}")
    staff.locator("header.topic-head summary", has_text="What one can do").click()
    staff.get_by_role("link", name="See it as somebody else").click()
    staff.locator("input[name=guise][value=guest]").check()
    staff.get_by_role("button", name="Look").click()
    banner = staff.locator(".banner--preview")
    expect(banner).to_contain_text("a guest")
    expect(staff.get_by_role("heading", name="With guests")).to_be_visible()
    expect(staff.locator("#reply")).to_contain_text("Here they could answer.")
    staff.goto("/c")
    places = staff.locator("main .places")  # above it may stand single topics open to guests
    expect(places).to_contain_text("Porch")
    expect(places).not_to_contain_text("Lounge")
    staff.goto(f"/t/{inside.id}")
    expect(staff.get_by_role("heading", name="Only among ourselves")).to_have_count(0)
    expect(banner).to_be_visible()
    staff.get_by_role("button", name="End the preview").click()
    expect(staff.get_by_role("heading", name="Only among ourselves")).to_be_visible()
    expect(banner).to_have_count(0)
    staff.goto("/moderation/log")
    expect(staff.locator(".log")).to_contain_text("As a guest")
