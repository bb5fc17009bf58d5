"""A post is reported by a member, judged by the moderator of that place, and everybody concerned is told."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, Site
from tests.factories import make_post, make_topic

pytestmark = pytest.mark.browser

Open = Callable[..., Page]


def test_a_post_is_reported_and_judged(site: Site, sign_in_as: Open) -> None:
    cast = site.cast
    with site.app.app_context():
        topic = make_topic(cast.lounge, cast.member, "Rotas over the holidays")
        post = make_post(topic, cast.other, "Only fools work on that day.")
    here = f"/t/{topic.id}/{topic.slug}"

    member = sign_in_as(cast.member, viewport=PHONE)
    member.goto(here)
    article = member.locator(f"#post-{post.id}")
    article.locator("summary").click()
    article.get_by_role("link", name="Report").click()
    expect(member.get_by_role("heading", name="Report this post")).to_be_visible()
    expect(member.locator(".subject")).to_contain_text("Only fools work on that day.")
    member.get_by_label("Something else").check()
    member.get_by_role("button", name="Report this post").click()
    expect(member.locator(".errors")).to_contain_text("Say what it is.")
    member.get_by_label("Rude").check()
    member.get_by_label("Anything to add").fill("I work on that day.")
    member.get_by_role("button", name="Report this post").click()
    expect(member.locator(".notice")).to_contain_text("Thank you.")
    member.goto("/flags")
    expect(member.locator(".log")).to_contain_text("It waits for a moderator.")

    moderator = sign_in_as(cast.moderator)
    moderator.goto("/")
    moderator.locator(".rail").get_by_role("link", name="Moderation").click()
    report = moderator.locator(".report")
    expect(report).to_contain_text("Rotas over the holidays")
    expect(report).to_contain_text("I work on that day.")
    expect(report).to_contain_text("Mina Member")
    report.get_by_label("What to do").select_option(label="Hide the post")
    report.get_by_label("Reason").fill("We speak of each other with respect.")
    report.get_by_role("button", name="Decide").click()
    expect(moderator.locator(".empty")).to_contain_text("Nothing waits for you.")

    member.reload()
    expect(member.locator(".log")).to_contain_text("The post was hidden.")
    author = sign_in_as(cast.other)
    author.goto(here)
    expect(author.locator(".event")).to_contain_text("We speak of each other with respect.")
    expect(author.locator("main")).not_to_contain_text("Mina Member reported")
    other = sign_in_as(cast.grace)
    other.goto(here)
    expect(other.locator(f"#post-{post.id}")).not_to_contain_text("fools")
    expect(other.locator(".event")).not_to_contain_text("respect")
