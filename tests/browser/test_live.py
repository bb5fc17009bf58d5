"""What moves on a page while somebody has it open: new replies announce themselves, changes arrive where they stand."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Site
from tests.browser.test_taking_part import reply
from tests.factories import make_post, make_topic

pytestmark = pytest.mark.browser

Open = Callable[..., Page]
ON = """async () => {
  const { src } = document.querySelector("script[type=module]");
  const { live } = await import(src.replace("app.js", "lib/live.js"));
  if (live.state !== "on") await new Promise((done) => { const off = live.on("state", (state) => state === "on" && (off(), done())); });
}"""


def on_line(page: Page) -> None:
    """From here on it hears."""
    page.evaluate(ON)


def test_new_replies_and_changes_arrive_and_nothing_moves(
    site: Site, sign_in_as: Open, open_browser: Open
) -> None:
    cast = site.cast
    with site.app.app_context():
        topic = make_topic(cast.welcome, cast.other, "What is said meanwhile")
        mine = make_post(topic, cast.member, body="A first thought.")
        for number in range(12):
            make_post(topic, cast.other, body=f"Thought {number}.\n\nAnd some more of it.")
    address = f"/t/{topic.id}/{topic.slug}"
    reader, visitor, writer = sign_in_as(cast.member), open_browser(), sign_in_as(cast.other)
    for page in (reader, visitor):
        page.goto(f"{address}?view=flat")
        on_line(page)
        page.locator("article[data-number='5']").scroll_into_view_if_needed()
    writer.goto(address)
    before = reader.locator("article[data-number='5']").bounding_box()
    reply(writer, "Is anybody there?")
    reply(writer, "I am here.")
    for page in (reader, visitor):
        pill = page.locator("[data-part=news]")
        expect(pill).to_have_text("2 new replies")
        expect(page.locator("article[data-number='15']")).to_have_count(0)
    assert reader.locator("article[data-number='5']").bounding_box() == before
    reader.fill("form.composer textarea[name=body]", "Half a")
    reader.locator("[data-part=news]").click()
    expect(reader.locator("article[data-number='15']")).to_contain_text("Is anybody there?")
    expect(reader.locator("article[data-number='16']")).to_contain_text("I am here.")
    expect(reader.locator("[data-part=news]")).to_be_hidden()
    assert reader.locator("form.composer textarea[name=body]").input_value() == "Half a"
    with reader.expect_response(lambda answer: answer.url.endswith("/read") and answer.ok):
        pass  # what was added counts as read once it was seen

    post = reader.locator(f"#post-{mine.id}")
    writer.goto(f"/posts/{mine.id}/reactions")
    with writer.expect_navigation():
        writer.locator("main form button").first.click()
    expect(post.locator(".chip .num")).to_have_text("1")
    expect(visitor.locator(f"#post-{mine.id} .chip .num")).to_have_text("1")

    staff = sign_in_as(cast.staff)
    staff.goto(f"/t/{topic.id}/lock")
    staff.fill("[name=reason]", "All is said.")
    with staff.expect_navigation():
        staff.locator("main form .button--main, main form .button--danger").first.click()
    expect(visitor.locator(".topic-head__state")).to_contain_text("Locked")
    expect(reader.locator(".topic-head__state")).to_contain_text("All is said.")
    assert reader.locator("form.composer textarea[name=body]").input_value() == "Half a"
    reader.goto("/drafts")
    reader.get_by_role("button", name="What is said meanwhile").click()
    expect(reader.locator("main")).to_contain_text("Nothing is waiting here")


def test_counts_arrive_in_every_open_tab(site: Site, sign_in_as: Open) -> None:
    with site.app.app_context():
        topic = make_topic(site.cast.lounge, site.cast.grace, "To be answered")
    grace, otto = sign_in_as(site.cast.grace), sign_in_as(site.cast.other)
    other_tab = grace.context.new_page()
    for tab, address in ((grace, "/c"), (other_tab, "/settings")):
        tab.goto(address)
        tab.wait_for_load_state("networkidle")
        on_line(tab)
    bell = "[data-count=notifications]"
    before = int(grace.locator(bell).inner_text() or 0)
    otto.goto(f"/t/{topic.id}/{topic.slug}")
    reply(otto, "An answer.")
    for tab in (grace, other_tab):
        expect(tab.locator(bell)).to_have_text(str(before + 1), timeout=40_000)


def test_a_list_says_that_it_has_something_new_and_leads_there(site: Site, sign_in_as: Open) -> None:
    with site.app.app_context():
        topic = make_topic(site.cast.nook, site.cast.grace, "To be gone on with")
    page, otto = sign_in_as(site.cast.member), sign_in_as(site.cast.other)
    page.goto("/c/nook")
    on_line(page)
    pill = page.locator("[data-behavior=news]")
    expect(pill).to_be_hidden()
    otto.goto(f"/t/{topic.id}/{topic.slug}")
    reply(otto, "I go on.")
    page.evaluate(ON.replace("if (live.state", "live.tell('resync'); if (live.state"))
    expect(pill).to_have_text("1 topic has something new")
    expect(page.locator(".topic-row", has_text="To be gone on with")).not_to_contain_text("2 posts")
    pill.click()
    expect(page.locator(".topic-row", has_text="To be gone on with")).to_contain_text("2 posts")


def test_a_lost_line_is_said_and_nothing_moves(site: Site, sign_in_as: Open) -> None:
    page = sign_in_as(site.cast.member)
    page.goto("/c")
    on_line(page)
    before = page.locator("main").bounding_box()
    page.context.set_offline(True)
    expect(page.locator("#line .banner")).to_contain_text("The line is lost")
    assert page.locator("main").bounding_box() == before
    page.context.set_offline(False)
    expect(page.locator("#line .banner")).to_contain_text("The line is back.")
    expect(page.locator("#line .banner")).to_have_count(0)
