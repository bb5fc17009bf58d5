"""Nothing typed is lost: drafts in one browser, in two, with the line cut and the session gone."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from forum.accounts.models import Session, User
from forum.core.db import db
from forum.core.transactions import transaction
from tests.browser.conftest import PASSWORD, PHONE, Site
from tests.factories import make_post, make_topic

pytestmark = pytest.mark.browser

Open = Callable[..., Page]
TEXT = "form.composer textarea[name=body]"
SAVED = "form.composer [data-part=saved]"


def end_sessions(site: Site, user: User) -> None:
    with site.app.app_context(), transaction():
        db.session.execute(db.delete(Session).where(Session.user_id == user.id))


def test_a_long_reply_outlives_its_session_and_is_finished_in_another_browser(
    site: Site, sign_in_as: Open
) -> None:
    with site.app.app_context():
        topic = make_topic(site.cast.lounge, site.cast.other, "What do you count at night?")
        make_post(topic, site.cast.other, "We count doses, not hours.")
    first = sign_in_as(site.cast.member)
    first.goto(f"/t/{topic.id}")
    first.click(TEXT)
    first.keyboard.type("We count both.")
    expect(first.locator(SAVED)).to_have_text("Saved")
    first.keyboard.press("Control+End")
    first.keyboard.type("\n\n| ward | doses |\n|---|---|\n| A | 12 |\n")
    first.locator("[data-number='2'] summary").click()
    first.locator("[data-number='2'] [data-quote]").click()
    expect(first.locator(TEXT)).to_have_value(
        re.compile(r"/posts/\d+\):\n>\n> We count doses, not hours\.\n\n$")
    )
    with first.expect_response(lambda r: "/api/v1/drafts/" in r.url and r.request.method == "PATCH"):
        pass
    expect(first.locator(SAVED)).to_have_text("Saved")

    end_sessions(site, site.cast.member)
    first.keyboard.type(" Or so.")
    expect(first.locator(SAVED)).to_contain_text("You are signed out")

    second = sign_in_as(site.cast.member, viewport=PHONE)
    second.goto("/drafts")
    second.get_by_role("link", name="What do you count at night?").click()
    assert second.input_value(TEXT).endswith("> We count doses, not hours.\n\n")
    second.click(TEXT)
    second.keyboard.press("Control+End")
    second.keyboard.type("And the hours on Sundays.")
    second.keyboard.press("Control+Enter")
    expect(second.locator(".post__body", has_text="And the hours on Sundays.")).to_be_visible()
    expect(second.locator(".post__body table")).to_be_visible()
    expect(second.locator(".post__body blockquote")).to_be_visible()
    second.goto("/drafts")
    expect(second.locator("main")).to_contain_text("Nothing is waiting here")

    # The tab that was left behind still has its words, and overwrites nothing with them.
    beside = first.context.new_page()
    beside.goto("/signin")
    beside.fill("input[name=email]", site.cast.member.email or "")
    beside.fill("input[name=password]", PASSWORD)
    beside.click("main form:has(input[name=password]) button[type=submit]")
    beside.wait_for_url("**/")
    first.reload()
    assert first.input_value(TEXT).endswith("> We count doses, not hours.\n\n Or so.")
    expect(first.locator(SAVED)).to_have_text("Saved")
    beside.goto("/drafts")
    beside.get_by_role("button", name="Throw it away").click()
    expect(beside.locator("main")).to_contain_text("Nothing is waiting here")


def test_two_tabs_never_overwrite_each_other(site: Site, sign_in_as: Open) -> None:
    with site.app.app_context():
        topic = make_topic(site.cast.lounge, site.cast.other, "Two tabs, one reader")
    one = sign_in_as(site.cast.grace)
    one.goto(f"/t/{topic.id}")
    one.click(TEXT)
    one.keyboard.type("From the first tab.")
    expect(one.locator(SAVED)).to_have_text("Saved")
    two = one.context.new_page()
    two.goto(one.url)
    assert two.input_value(TEXT) == "From the first tab."
    two.click(TEXT)
    two.keyboard.press("Control+End")
    two.keyboard.type(" More from the second.")
    expect(two.locator(SAVED)).to_have_text("Saved")
    one.click(TEXT)
    one.keyboard.press("Control+End")
    one.keyboard.type(" Something else from the first.")
    expect(one.locator(SAVED)).to_have_text("Saved")
    one.goto("/drafts")
    expect(one.locator(".draft-row")).to_have_count(2)
    expect(one.locator("main")).to_contain_text("From the first tab. More from the second.")
    expect(one.locator("main")).to_contain_text("From the first tab. Something else from the first.")


def test_what_is_typed_while_the_line_is_cut_is_saved_when_it_is_back(site: Site, sign_in_as: Open) -> None:
    page = sign_in_as(site.cast.other)
    page.goto("/new?category=lounge")
    page.context.set_offline(True)
    page.fill("input[name=title]", "Written in a tunnel")
    page.fill("textarea[name=body]", "No bars here.")
    expect(page.locator("[data-part=saved]")).to_contain_text("kept in this tab")
    page.context.set_offline(False)
    expect(page.locator("[data-part=saved]")).to_have_text("Saved")
    page.goto("/new")
    page.get_by_role("link", name="Go on with it").click()
    assert page.input_value("input[name=title]") == "Written in a tunnel"
    assert page.input_value("select[name=category]") == "lounge"
    page.get_by_role("button", name="Post the topic").click()
    expect(page.get_by_role("heading", name="Written in a tunnel")).to_be_visible()
    page.goto("/drafts")
    expect(page.locator("main")).not_to_contain_text("Written in a tunnel")


def test_people_and_emoji_are_suggested_and_the_preview_is_what_is_stored(
    site: Site, sign_in_as: Open
) -> None:
    with site.app.app_context():
        topic = make_topic(site.cast.lounge, site.cast.other, "Whom to ask")
    page = sign_in_as(site.cast.member)
    page.goto(f"/t/{topic.id}")
    page.click(TEXT)
    page.keyboard.type("Ask @ot")
    expect(page.get_by_role("option", name="Otto Other")).to_be_visible()
    page.keyboard.press("Enter")
    page.keyboard.type("about it :hosp")
    expect(page.get_by_role("option", name="hospital")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.type(" and **soon**.")
    assert page.input_value(TEXT) == "Ask @otto about it 🏥 and **soon**."
    page.get_by_role("button", name="Preview").click()
    shown = page.locator(".composer__preview .post__body")
    expect(shown.locator("strong")).to_have_text("soon")
    expect(shown.locator("a.mention")).to_have_attribute("href", "/people/otto")
    before = shown.inner_html().strip()
    page.get_by_role("button", name="Preview").click()
    expect(page.locator(TEXT)).to_be_focused()
    page.keyboard.press("Control+Enter")
    stored = page.locator(".post__body", has_text="Ask @otto")
    expect(stored).to_be_visible()
    assert stored.inner_html().strip() == before


def test_a_title_that_has_been_asked_is_pointed_out(site: Site, sign_in_as: Open) -> None:
    with site.app.app_context():
        make_topic(site.cast.lounge, site.cast.other, "How often do you calibrate the pumps?")
    page = sign_in_as(site.cast.member)
    page.goto("/new?category=lounge")
    page.fill("input[name=title]", "How often are pumps calibrated")
    expect(page.locator(".similar")).to_contain_text("How often do you calibrate the pumps?")
    page.fill("input[name=title]", "Something entirely different here")
    expect(page.locator(".similar")).to_be_hidden()


def test_what_is_emptied_is_no_draft_any_more(site: Site, sign_in_as: Open) -> None:
    with site.app.app_context():
        topic = make_topic(site.cast.lounge, site.cast.other, "To be emptied")
    page = sign_in_as(site.cast.member)
    page.goto(f"/t/{topic.id}/{topic.slug}")
    page.locator("#f-body").fill("Words that will go.")
    expect(page.locator("[data-part=saved]")).to_have_text("Saved")
    with page.expect_response(lambda answer: answer.request.method == "DELETE") as gone:
        page.locator("#f-body").fill("")
    assert gone.value.status == 204
    expect(page.locator("[data-part=saved]")).to_have_text("")
    page.locator("#f-body").fill("Words that stay.")
    expect(page.locator("[data-part=saved]")).to_have_text("Saved")
    page.goto("/drafts")
    expect(page.get_by_text("Words that stay.")).to_be_visible()
    expect(page.get_by_text("Words that will go.")).to_have_count(0)
