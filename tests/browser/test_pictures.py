"""Pictures and files in a text: pasted, dropped and chosen, with words for who cannot see them, and seen by its readers alone."""

import base64
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, Site
from tests.factories import make_topic
from tests.media.conftest import picture

pytestmark = pytest.mark.browser

Open = Callable[..., Page]
TEXT = "form.composer textarea[name=body]"
ROW = ".composer__file"
PASTE = """([data, name, type, kind]) => {
  const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
  const held = new DataTransfer();
  held.items.add(new File([bytes], name, { type }));
  const text = document.querySelector("form.composer textarea");
  const how = { bubbles: true, cancelable: true };
  if (kind === "paste") text.dispatchEvent(new ClipboardEvent("paste", { ...how, clipboardData: held }));
  else text.dispatchEvent(new DragEvent("drop", { ...how, dataTransfer: held }));
}"""


def give(page: Page, data: bytes, name: str, kind: str = "paste", media_type: str = "image/png") -> None:
    page.evaluate(PASTE, [base64.b64encode(data).decode(), name, media_type, kind])


def wait_until_loaded(page: Page) -> None:
    """Until the first picture of the posts is drawn."""
    for _ in range(100):
        if page.locator(".post__body img.picture__image").first.evaluate("image => image.naturalWidth") > 0:
            return
        page.wait_for_timeout(50)
    pytest.fail("the picture does not come")


def test_a_picture_is_pasted_described_sent_and_seen_by_readers_alone(
    site: Site, sign_in_as: Open, open_browser: Open
) -> None:
    with site.app.app_context():
        topic = make_topic(site.cast.lounge, site.cast.other, "What did the scanner show?")
    page = sign_in_as(site.cast.member)
    page.goto(f"/t/{topic.id}")
    expect(page.locator("[data-part=tools]")).to_be_visible()  # the script of the composer is there
    page.click(TEXT)
    page.keyboard.type("Look:")
    held: list[int] = []
    page.route(
        "**/api/v1/uploads", lambda route: (held.append(1), page.wait_for_timeout(300), route.continue_())
    )
    give(page, picture(1600, 900), "image.png")
    expect(page.locator(f"{ROW} progress")).to_be_visible()
    expect(page.locator(f"{ROW} input")).to_be_visible()
    expect(page.locator(TEXT)).to_have_value(re.compile(r"^Look:\n\n!\[\]\(/uploads/\d+/1600x900\.webp\)\n$"))
    page.locator(TEXT).focus()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("alert").filter(has_text="Say in a few words")).to_be_visible()
    page.keyboard.type("A [gray] ramp")
    expect(page.get_by_role("alert").filter(has_text="Say in a few words")).to_have_count(0)
    expect(page.locator(TEXT)).to_have_value(re.compile(r"!\[A \\\[gray\\\] ramp\]\(/uploads/"))
    page.keyboard.press("Control+Enter")  # from the field where one has just been asked
    shown = page.locator(".post__body img.picture__image")
    expect(shown).to_have_attribute("alt", "A [gray] ramp")
    shown.scroll_into_view_if_needed()
    wait_until_loaded(page)
    address = page.locator(".post__body a.picture").get_attribute("href") or ""

    reader = sign_in_as(site.cast.other, viewport=PHONE)
    reader.goto(f"/t/{topic.id}")
    seen = reader.locator(".post__body img.picture__image")
    seen.scroll_into_view_if_needed()
    wait_until_loaded(reader)
    assert reader.evaluate("document.documentElement.scrollWidth <= innerWidth")
    for user in (site.cast.guest, None):
        other = sign_in_as(user) if user else open_browser()
        for part in (address, re.sub(r"[^/]+$", "320.webp", address)):
            assert other.request.get(part).status == 404


def test_several_at_once_are_dropped_cancelled_refused_and_waited_for(site: Site, sign_in_as: Open) -> None:
    with site.app.app_context():
        topic = make_topic(site.cast.lounge, site.cast.other)
    page = sign_in_as(site.cast.member)
    page.goto(f"/t/{topic.id}")
    expect(page.locator("[data-part=tools]")).to_be_visible()  # the script of the composer is there
    page.click(TEXT)
    page.keyboard.type("The protocol:")
    give(page, b"<svg xmlns='http://www.w3.org/2000/svg'/>", "drawing.svg", "drop", "image/svg+xml")
    expect(page.get_by_role("alert").filter(has_text="SVG and XML are not taken")).to_be_visible()
    page.locator(ROW).get_by_role("button", name="Close").click()
    expect(page.locator(ROW)).to_have_count(0)

    page.route("**/api/v1/uploads", lambda route: (page.wait_for_timeout(800), route.continue_()))
    give(page, b"%PDF-1.4 one", "one.pdf", "drop", "application/pdf")
    give(page, b"%PDF-1.4 two", "two.pdf", "drop", "application/pdf")
    expect(page.locator(ROW)).to_have_count(2)
    page.locator(ROW, has_text="one.pdf").get_by_role("button", name="Cancel").click()
    expect(page.locator(ROW)).to_have_count(1)
    page.locator(TEXT).focus()
    page.keyboard.press("Control+Enter")
    link = page.locator(".post__body a.attachment")
    expect(link).to_have_text("two.pdf (1 KB)")
    with page.expect_download() as saved:
        link.click()
    assert saved.value.suggested_filename == "two.pdf"


def test_a_draft_brings_its_pictures_back_and_the_button_chooses_files(site: Site, sign_in_as: Open) -> None:
    page = sign_in_as(site.cast.member)
    page.goto("/new?category=lounge")
    with page.expect_file_chooser() as chooser:
        page.locator("[data-tool=image]").click()
    chooser.value.set_files([{"name": "x.png", "mimeType": "image/png", "buffer": picture(300, 200)}])
    expect(page.locator(f"{ROW} input")).to_be_visible()
    page.locator(f"{ROW} input").fill("What it shows")
    expect(page.locator("[data-part=saved]")).to_have_text("Saved")
    page.goto("/drafts")
    page.locator("main a[href^='/drafts/']").first.click()
    expect(page.locator(f"{ROW} input")).to_have_value("What it shows")
    with page.expect_response(
        lambda answer: answer.request.method == "DELETE"
    ):  # what was emptied is no draft
        page.locator("textarea[name=body]").fill("")
    expect(page.locator(ROW)).to_have_count(0)
