"""Reading with ease: by single keys, in folded threads, from a phone, and in a feed reader."""

import re
from collections.abc import Callable

import feedparser
import pytest
from playwright.sync_api import Page, expect

from forum.discussions.models import Topic
from tests.browser.conftest import PHONE, Site
from tests.factories import make_post, make_topic

pytestmark = pytest.mark.browser

Open = Callable[..., Page]
FOCUSED = "document.activeElement?.dataset?.number ?? document.activeElement?.textContent?.trim() ?? ''"


def focused(page: Page) -> str:
    return str(page.evaluate(FOCUSED))


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def wait_for(page: Page, expression: str, value: object) -> None:
    """Until the page says so. (The policy forbids the page to evaluate text itself, which waiting in it would do.)"""
    for _n in range(200):
        if page.evaluate(expression) == value:
            return
        page.wait_for_timeout(50)
    assert page.evaluate(expression) == value


def wait_for_focus(page: Page, on: str) -> None:
    wait_for(page, FOCUSED, on)


def make_long_topic(site: Site, title: str, posts: int = 25) -> Topic:
    with site.app.app_context():
        topic = make_topic(site.cast.welcome, site.cast.other, title)
        for n in range(2, posts + 1):
            make_post(topic, site.cast.other, f"Text of number {n}.")
    return topic


def test_keys_go_through_posts_answer_and_lead_on(site: Site, sign_in_as: Open) -> None:
    topic = make_long_topic(site, "Read by keys")
    page = sign_in_as(site.cast.member)
    page.goto(f"/t/{topic.id}/{topic.slug}")
    assert (
        page.evaluate(
            "performance.getEntriesByName(new URL('keys.js', document.querySelector('script[src*=app]').src).href).length"
        )
        == 0
    )
    press(page, "j")
    wait_for_focus(page, "1")
    press(page, "j", "j", "k", "j")
    wait_for_focus(page, "3")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    for _n in range(17):
        press(page, "j")
    wait_for_focus(page, "20")
    expect(page.locator("[data-number='20']")).to_be_in_viewport()
    press(page, "j")
    wait_for_focus(page, "Later posts")
    press(page, "n")
    page.wait_for_url("**after=20")
    press(page, "p")
    page.wait_for_url("**before=21")
    press(page, "j", "r")
    wait_for_focus(
        page, page.locator("#reply textarea").evaluate("e => e.dataset?.number ?? e.textContent.trim()")
    )
    expect(page.locator("[data-part=to-number]")).to_have_text("1")

    # In a field they are letters.
    page.keyboard.type("jkrqunpgl.?")
    assert page.input_value("#reply textarea") == "jkrqunpgl.?"
    page.fill("#reply textarea", "")
    page.locator("h1").click()

    press(page, "u")
    page.wait_for_url("**/c/welcome")
    press(page, "j")
    wait_for_focus(page, page.locator(".topic-row__link").first.inner_text())
    press(page, "Enter")
    page.wait_for_url("**/t/**")
    for keys, where in (("gd", "**/c"), ("gu", "**/unread"), ("gh", "**/")):
        press(page, *keys)
        page.wait_for_url(where)
    page.goto(f"/t/{topic.id}/{topic.slug}")
    for held in ("Control+j", "Alt+j", "Meta+j"):
        press(page, held)
    assert focused(page) not in {"1", "2"}


def test_q_and_the_button_beside_what_is_selected_quote(site: Site, sign_in_as: Open) -> None:
    topic = make_long_topic(site, "To be quoted", 3)
    page = sign_in_as(site.cast.member)
    page.goto(f"/t/{topic.id}/{topic.slug}")
    press(page, "j", "j")
    wait_for_focus(page, "2")
    press(page, "q")
    text = page.locator("#f-body")
    ids = page.eval_on_selector_all(".post", "all => all.map((each) => each.id.replace('post-', ''))")
    heads = [f"> [@{site.cast.other.username}](/posts/{each}):\n>\n> " for each in ids]
    two = f"{heads[1]}Text of number 2.\n\n"
    expect(text).to_have_value(two)
    expect(text).to_be_focused()
    expect(page.locator("[data-part=to-number]")).to_have_text("2")
    # Some words of another, by the button that comes to them: after what is there, and it is still an answer to the first.
    page.locator("h1").click()
    words = "(from, to) => { const node = document.querySelector(\"[data-number='3'] .post__body p\").firstChild; getSelection().setBaseAndExtent(node, from, node, to); }"
    page.evaluate(f"({words})(0, 4)")
    page.locator("[data-part=offer]").click()
    expect(text).to_have_value(f"{two.rstrip()}\n\n{heads[2]}Text\n\n")
    expect(page.locator("[data-part=offer]")).to_be_hidden()
    expect(page.locator("[data-part=to-number]")).to_have_text("2")
    # By the key, while they are selected; the focus is elsewhere.
    text.fill("")
    page.locator("h1").click()
    page.evaluate(f"({words})(8, 16)")
    press(page, "q")
    expect(text).to_have_value(f"{heads[2]}number 3\n\n")
    # From the menu, all of it.
    text.fill("I say:")
    page.locator("[data-number='1'] summary").click()
    page.locator("[data-number='1'] [data-quote]").click()
    expect(text).to_have_value(re.compile(r"^I say:\n\n" + re.escape(heads[0])))
    text.press_sequentially("And so on.")
    page.get_by_role("button", name="Reply", exact=False).last.click()
    quote = page.locator(".post figure.quote")
    expect(quote).to_have_count(1)
    quote.get_by_role("link").click()
    page.wait_for_url("**/1#post-*")


def test_a_question_mark_shows_the_keys_and_they_can_be_switched_off(
    site: Site, sign_in_as: Open, open_browser: Open
) -> None:
    topic = make_long_topic(site, "Without keys", 3)
    page = sign_in_as(site.cast.grace)
    page.goto(f"/t/{topic.id}/{topic.slug}")
    press(page, "?")
    dialog = page.get_by_role("dialog", name="Keyboard")
    expect(dialog).to_contain_text("First that is new to you")
    press(page, "j", "Escape")
    expect(dialog).to_have_count(0)
    assert focused(page) not in {"1", "2"}
    page.goto("/settings/preferences")
    page.uncheck("input[name=shortcuts]")
    page.click("main form button[type=submit]")
    page.goto(f"/t/{topic.id}/{topic.slug}")
    press(page, "j", "?")
    page.get_by_role("link", name="Keyboard").click()  # the page is still there to read
    expect(dialog).to_contain_text("They are switched off.")
    press(page, "Escape")
    assert focused(page) not in {"1", "2"}

    visitor = open_browser()
    visitor.goto("/keyboard")
    visitor.get_by_role("button", name="Switch them off in this browser").click()
    visitor.goto(f"/t/{topic.id}/{topic.slug}")
    press(visitor, "j")
    visitor.goto("/keyboard")
    visitor.get_by_role("button", name="Switch them on again").click()
    visitor.goto(f"/t/{topic.id}/{topic.slug}")
    press(visitor, "j")
    wait_for_focus(visitor, "1")


def test_l_leads_to_what_is_new(site: Site, sign_in_as: Open) -> None:
    topic = make_long_topic(site, "Partly read", 45)
    page = sign_in_as(site.cast.moderator, viewport=PHONE)
    page.goto(f"/t/{topic.id}/{topic.slug}?after=40")
    page.evaluate(
        """(id) => fetch(`/t/${id}/read`, { method: "PUT", headers: { "Content-Type": "application/json",
           "X-CSRF-Token": document.querySelector("meta[name=csrf]").content }, body: JSON.stringify({ number: 41 }) })""",
        str(topic.id),
    )
    page.goto(f"/t/{topic.id}/{topic.slug}")
    press(page, "l")
    page.wait_for_url(f"**/{topic.slug}/42**")
    wait_for_focus(page, "42")
    press(page, ".")
    wait_for_focus(page, "43")


def test_folds_are_remembered_and_all_of_them_fold_at_once(site: Site, open_browser: Open) -> None:
    with site.app.app_context():
        topic = make_topic(site.cast.welcome, site.cast.other, "Branches")
        for _n in range(2):
            top = make_post(topic, site.cast.other)
            make_post(topic, site.cast.other, parent=make_post(topic, site.cast.other, parent=top))
    page = open_browser()
    page.goto(f"/t/{topic.id}/{topic.slug}?view=threaded")
    shut = "details.thread__branch:not([open])"
    page.locator("details.thread__branch > summary").first.click()
    expect(page.locator(shut)).to_have_count(1)
    page.reload()
    expect(page.locator(shut)).to_have_count(1)
    page.evaluate("scrollTo(0, 0)")
    press(page, "j", "j", "j")
    wait_for_focus(page, "5")  # what is folded away is passed over
    page.get_by_role("button", name="Fold all", exact=True).click()
    expect(page.locator(shut)).to_have_count(4)
    page.reload()
    expect(page.locator(shut)).to_have_count(4)
    page.get_by_role("button", name="Unfold all").click()
    expect(page.locator(shut)).to_have_count(0)
    page.reload()
    expect(page.locator(shut)).to_have_count(0)


@pytest.mark.parametrize("scripts", [True, False])
def test_on_a_phone_the_pill_opens_the_jump_bar(site: Site, open_browser: Open, scripts: bool) -> None:
    topic = make_long_topic(site, f"Jumping, {scripts}", 45)
    page = open_browser(viewport=PHONE, java_script_enabled=scripts)
    page.goto(f"/t/{topic.id}/{topic.slug}")
    pill = page.locator("summary", has_text="1 of 45")
    sheet = page.locator(".jump-sheet__in")
    expect(sheet).to_be_hidden()
    pill.click()
    expect(sheet).to_be_visible()
    box = sheet.bounding_box()
    assert box
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= PHONE["width"]
    assert box["y"] >= 0
    sheet.get_by_label("Go to post").fill("33")
    sheet.get_by_label("Go to post").press("Enter")
    page.wait_for_url(f"**/{topic.slug}/33**")
    expect(page.locator("[data-number='33']")).to_be_in_viewport()
    page.locator("summary", has_text="33 of 45").click()
    sheet.get_by_role("link", name="Newest").click()
    page.wait_for_url(f"**/{topic.slug}/45**")


def test_a_feed_reader_reads_with_a_token_and_nothing_after_it_was_revoked(
    site: Site, sign_in_as: Open, open_browser: Open
) -> None:
    with site.app.app_context():
        make_topic(site.cast.lounge, site.cast.other, "Only for members", body="Among ourselves.")
        make_topic(site.cast.welcome, site.cast.other, "For everybody")
    page = sign_in_as(site.cast.member)
    page.goto("/settings/feeds")
    page.fill("input[name=name]", "On the train")
    page.get_by_role("button", name="Make an address").click()
    address = page.input_value("#feed-site")
    assert address.startswith(f"{site.address}/feeds/site.atom?token=")

    read = feedparser.parse(address)
    assert read.status == 200
    assert not read.bozo
    assert "Only for members" in [entry.title for entry in read.entries]
    assert any("Among ourselves." in entry.content[0].value for entry in read.entries)
    again = feedparser.parse(address, etag=read.etag)
    assert (again.status, again.entries) == (304, [])
    public = feedparser.parse(f"{site.address}/feeds/site.atom")
    assert "For everybody" in [entry.title for entry in public.entries]
    assert "Only for members" not in [entry.title for entry in public.entries]

    page.goto("/settings/feeds")
    expect(page.locator("main")).to_contain_text("On the train")
    page.locator(".line", has_text="On the train").locator("form[action$=revoke] button").click()
    expect(page.locator("main")).to_contain_text("Revoked.")
    for held in ({}, {"etag": read.etag}):
        after = feedparser.parse(address, **held)
        assert after.status == 404
        assert after.entries == []
        assert "title" not in after.feed or after.feed.title != "Collegium"


def test_a_fold_holds_on_other_pages_and_by_keyboard(site: Site, open_browser: Open) -> None:
    with site.app.app_context():
        topic = make_topic(site.cast.welcome, site.cast.other, "A branch longer than a page")
        head = make_post(topic, site.cast.other)
        for _n in range(30):
            make_post(topic, site.cast.other, parent=head)
        make_post(topic, site.cast.other, "After the branch.")
    page = open_browser()
    here = f"/t/{topic.id}/{topic.slug}?view=threaded"
    page.goto(here)
    page.wait_for_load_state("networkidle")  # the script has come
    page.locator("details.thread__branch > summary").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-number='3'].post")).to_be_hidden()
    page.get_by_role("link", name="Later posts").click()
    expect(page.locator("article.post")).to_have_count(1)
    expect(page.locator("main")).to_contain_text("After the branch.")
    page.get_by_role("link", name="Earlier posts").click()
    expect(page.locator("article.post")).to_have_count(2)
    page.reload()
    more = page.get_by_role("link", name="30 replies")
    more.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/2?view=threaded**")
    expect(page.locator("[data-number='3'].post")).to_be_visible()
    page.goto(here)  # and is remembered as unfolded
    expect(page.locator("[data-number='3'].post")).to_be_visible()

    page.get_by_role("link", name="Fold all under 2").click()
    expect(page.locator("article.post")).to_have_count(1)
    page.goto(here)
    expect(page.locator("[data-number='3'].post")).to_be_hidden()
    page.get_by_role("link", name="Later posts").click()
    expect(page.locator("article.post")).to_have_count(1)
    page.get_by_role("button", name="Unfold all").click()
    page.wait_for_url("**after=20")
    expect(page.locator("article.post")).to_have_count(13)


def test_the_pill_says_where_one_is(site: Site, open_browser: Open) -> None:
    topic = make_long_topic(site, "Long enough", 30)
    page = open_browser(viewport=PHONE)
    page.goto(f"/t/{topic.id}/{topic.slug}")
    pill = page.locator(".pill--place")
    expect(pill).to_have_text("1 of 30")
    page.wait_for_load_state("networkidle")  # the script has come
    page.locator("[data-number='12']").evaluate("(post) => post.scrollIntoView()")
    expect(pill).to_have_text("12 of 30")
    page.evaluate("scrollTo(0, 0)")
    expect(pill).to_have_text("1 of 30")
