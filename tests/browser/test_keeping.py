"""Bookmarks, ignoring, view counts and related topics in a real browser, as the people concerned."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from forum.discussions.models import Topic
from tests.browser.conftest import PHONE, Site
from tests.factories import make_post, make_topic

pytestmark = pytest.mark.browser

Open = Callable[..., Page]
AGENT = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36"
)


def begun(site: Site, title: str, *answers: str) -> Topic:
    with site.app.app_context():
        topic = make_topic(site.cast.welcome, site.cast.other, title)
        for text in answers:
            make_post(topic, site.cast.other, text)
        return topic


def address(topic: Topic) -> str:
    return f"/t/{topic.id}/{topic.slug}"


def test_a_post_is_kept_annotated_found_again_and_given_up(site: Site, sign_in_as: Open) -> None:
    topic = begun(site, "A table worth keeping", "Here it is.")
    page = sign_in_as(site.cast.member)
    page.goto(address(topic))
    page.get_by_role("button", name="Keep post 2").click()
    expect(page.get_by_role("status").filter(has_text="Kept.")).to_be_visible()
    page.get_by_role("link", name="Add a note or a reminder").click()
    page.get_by_label("Note").fill("For Monday")
    page.get_by_label("On Monday morning").check()
    page.get_by_role("button", name="Save").click()
    row = page.locator(".topic-row").filter(has_text="A table worth keeping")
    expect(row).to_contain_text("For Monday")
    page.get_by_role("link", name="With a reminder").click()
    expect(row).to_be_visible()
    another = sign_in_as(site.cast.grace)
    another.goto("/bookmarks")
    expect(another.get_by_text("You keep nothing yet")).to_be_visible()
    row.get_by_role("link", name="A table worth keeping", exact=True).click()
    expect(page.get_by_role("link", name="Kept: note and reminder of post 2")).to_be_visible()
    page.goto("/bookmarks")
    row.get_by_role("button", name="Remove").click()
    expect(row).to_have_count(0)


def test_without_scripts_a_post_is_kept_too(site: Site, sign_in_as: Open) -> None:
    topic = begun(site, "Kept without scripts")
    page = sign_in_as(site.cast.guest, java_script_enabled=False)
    page.goto(address(topic))
    page.get_by_role("button", name="Keep post 1").click()
    expect(page.get_by_text("Kept among your bookmarks.")).to_be_visible()
    expect(page.get_by_role("link", name="Kept: note and reminder of post 1")).to_be_visible()


def test_somebody_is_ignored_from_a_post_looked_at_once_and_read_again(site: Site, sign_in_as: Open) -> None:
    topic = begun(site, "Somebody shouts", "VERY LOUD.")
    page = sign_in_as(site.cast.insider, viewport=PHONE)
    page.goto(address(topic))
    page.locator("article summary").filter(has_text="More 2").click()
    page.get_by_role("link", name="Ignore the author …").last.click()
    page.get_by_role("button", name="Ignore", exact=True).click()
    expect(page.get_by_text("VERY LOUD.")).to_be_hidden()
    page.get_by_text("A post by somebody you ignore · 2").click()
    expect(page.get_by_text("VERY LOUD.")).to_be_visible()
    them = sign_in_as(site.cast.other)
    them.goto(address(topic))
    expect(them.get_by_text("VERY LOUD.")).to_be_visible()
    page.goto("/settings/ignored")
    page.get_by_role("button", name="Stop ignoring").click()
    page.goto(address(topic))
    expect(page.get_by_text("VERY LOUD.")).to_be_visible()


def test_a_look_counts_once_and_related_topics_come_when_one_is_near(
    site: Site, open_browser: Open, sign_in_as: Open
) -> None:
    topic = begun(site, "Night shifts and sleep", *(f"Long answer {n}. " * 60 for n in range(3)))
    other = begun(site, "Sleep after night shifts")
    page = open_browser(user_agent=AGENT)
    for _ in range(2):
        with page.expect_response(lambda answer: answer.url.endswith("/view")) as told:
            page.goto(address(topic))
        assert told.value.status == 204
    page.locator(".related").scroll_into_view_if_needed()
    page.get_by_role("link", name="Sleep after night shifts").click()
    page.wait_for_url(f"**{address(other)}")
    reader = sign_in_as(site.cast.grace)
    reader.wait_for_timeout(11_000)  # it is written every ten seconds
    reader.goto(address(topic))
    expect(reader.locator(".topic-head__row")).to_contain_text("1 view")
