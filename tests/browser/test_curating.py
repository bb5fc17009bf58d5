"""A moderator curates in a browser, and what the others see of it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, Site
from tests.factories import make_post, make_topic

pytestmark = pytest.mark.browser

SignInAs = Callable[..., Page]


def test_a_topic_is_split_and_its_old_links_are_followed(site: Site, sign_in_as: SignInAs) -> None:
    with site.app.app_context():
        topic = make_topic(site.cast.lounge, site.cast.member, "Night rotas in July")
        aside = make_post(topic, site.cast.other, "By the way: where does one park?")
        make_post(topic, site.cast.insider, "Level two, after six.", parent=aside)
        make_post(topic, site.cast.member, "Back to the rota, please.")
    old = f"/t/{topic.id}/night-rotas-in-july"
    mo, mina = sign_in_as(site.cast.moderator), sign_in_as(site.cast.member)
    mo.goto(f"{old}/2")
    post = mo.locator(f"#post-{aside.id}")
    post.locator("summary").last.click()
    post.get_by_role("link", name="Split off …").click()
    expect(mo.get_by_role("heading", name="Choose posts")).to_be_visible()
    mo.fill("#f-title", "Where one parks at night")
    mo.click("button[value=look]")
    expect(mo.locator("main")).to_contain_text("2 posts are concerned.")
    mo.fill("#f-reason", "A question of its own.")
    mo.click("button[value=save]")
    expect(mo.get_by_role("heading", name="Where one parks at night")).to_be_visible()

    mina.goto(f"{old}/3")
    assert "/where-one-parks-at-night/2" in mina.url
    expect(mina.locator("article.post").nth(1)).to_contain_text("Level two, after six.")
    expect(mina.locator(".event")).to_contain_text("A question of its own.")
    mina.goto(old)
    expect(mina.locator(".event")).to_contain_text("moved 2 posts to another topic")
    mina.locator(".event a").click()
    expect(mina.get_by_role("heading", name="Where one parks at night")).to_be_visible()

    mo.get_by_role("button", name="Undo").click()
    expect(mo.locator(".notices")).to_contain_text("Undone.")
    mina.goto(f"{old}/3")
    assert "/night-rotas-in-july/3" in mina.url
    expect(mina.locator("article.post")).to_have_count(4)


@pytest.mark.parametrize("width", [390, 320])
def test_what_a_moderator_may_do_stands_in_one_row_on_a_phone(
    site: Site, sign_in_as: SignInAs, width: int
) -> None:
    with site.app.app_context():
        topic = make_topic(site.cast.lounge, site.cast.member, f"A row of {width}")
    mo = sign_in_as(site.cast.moderator, viewport={"width": width, "height": 844})
    mo.goto(f"/t/{topic.id}/{topic.slug}")
    parts = mo.locator(".topic-head__end > *")
    boxes = [parts.nth(number).bounding_box() for number in range(parts.count())]
    assert len(boxes) == 4
    assert len({round(box["y"] + box["height"] / 2) for box in boxes if box}) == 1
    for name in ("Moderate", "What one can do with this topic"):
        mo.locator(".topic-head__end summary", has_text=name).click()
        shown = mo.locator(".topic-head__end details[open] .menu__list").bounding_box()
        assert shown is not None
        assert shown["x"] >= 0
        assert shown["x"] + shown["width"] <= width
        mo.keyboard.press("Escape")
    assert mo.evaluate("document.documentElement.scrollWidth") <= width


def test_several_topics_are_moved_at_once_on_a_phone(site: Site, sign_in_as: SignInAs) -> None:
    with site.app.app_context():
        for number in (1, 2):
            make_topic(site.cast.lounge, site.cast.member, f"A matter for the nook {number}")
    mo = sign_in_as(site.cast.moderator, viewport=PHONE)
    mo.goto("/c/lounge")
    mo.get_by_role("link", name="Moderate several topics").click()
    for number in (1, 2):
        mo.get_by_label(f"A matter for the nook {number}").check()
    mo.get_by_label("Move them").check()
    mo.select_option("#f-category", "nook")
    mo.click("button[value=look]")
    expect(mo.locator("main")).to_contain_text("It would be done to 2 topics.")
    mo.fill("#f-reason", "They belong there.")
    mo.click("button[value=save]")
    expect(mo.locator(".notices")).to_contain_text("Done to 2 topics.")
    mo.goto("/c/nook")
    for number in (1, 2):
        expect(mo.get_by_role("link", name=f"A matter for the nook {number}")).to_be_visible()
