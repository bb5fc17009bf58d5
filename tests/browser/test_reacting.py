"""Reacting to posts in a real browser: by one click, by the menu, without scripts; what is refused goes back."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from forum.accounts.models import User
from forum.core.db import db
from forum.discussions.actions.reacting import react
from tests.browser.conftest import Site
from tests.factories import make_post, make_topic

pytestmark = pytest.mark.browser

Open = Callable[..., Page]


@pytest.fixture
def post(site: Site) -> tuple[str, Any]:
    with site.app.app_context():
        topic = make_topic(site.cast.welcome, site.cast.member, "Who reacts")
        made = make_post(topic, site.cast.member, "Something to agree with.")
        react(made, name="like", actor=db.session.get_one(User, site.cast.grace.id))
        return f"/t/{topic.id}/{topic.slug}", made


def opened(page: Page, address: str) -> Page:
    page.goto(address)
    page.wait_for_load_state("networkidle")
    return page


def test_a_reaction_is_given_with_one_click_and_seen_by_others(
    site: Site, sign_in_as: Open, post: tuple[str, Any]
) -> None:
    address, made = post
    page = opened(sign_in_as(site.cast.guest), address)
    article = page.locator(f"#post-{made.id}")
    like = article.get_by_role("button", name="Like 1")
    like.dblclick()  # as some click everything: it is one reaction
    expect(article.get_by_role("button", name="Like 2", pressed=True)).to_be_visible()
    article.get_by_text("React to post 2").locator("..").click()
    menu = article.locator(".menu--start .menu__list")
    expect(menu.get_by_role("button", name="Like")).to_be_focused()
    menu.get_by_role("button", name="Insightful").click()
    expect(article.get_by_role("button", name="Insightful 1", pressed=True)).to_be_visible()
    expect(menu).to_be_hidden()
    page.reload()
    expect(article.get_by_role("button", name="Insightful 1", pressed=True)).to_be_visible()
    author = opened(sign_in_as(site.cast.member), address)
    author.locator(f"#post-{made.id}").get_by_role("link", name="Like 2").click()
    expect(author.get_by_role("main")).to_contain_text("Gaspard")
    article.get_by_role("button", name="Insightful 1").click()
    expect(article.get_by_role("button", name="Insightful")).to_have_count(0)


def test_what_is_refused_goes_back_and_says_why(site: Site, sign_in_as: Open, post: tuple[str, Any]) -> None:
    address, made = post
    page = opened(sign_in_as(site.cast.other), address)
    page.route("**/api/v1/posts/**", lambda route: route.fulfill(status=403, json={"detail": "Not now."}))
    article = page.locator(f"#post-{made.id}")
    article.get_by_role("button", name="Like 1").click()
    expect(article.get_by_role("status")).to_have_text("Not now.")
    expect(article.get_by_role("button", name="Like 1", pressed=False)).to_be_visible()


def test_without_scripts_a_chip_and_a_page_do_the_same(
    site: Site, sign_in_as: Open, post: tuple[str, Any]
) -> None:
    address, made = post
    page = opened(sign_in_as(site.cast.guest, java_script_enabled=False), address)
    page.locator(f"#post-{made.id}").get_by_role("button", name="Like 1").click()
    article = page.locator(f"#post-{made.id}")
    expect(article.get_by_role("button", name="Like 2", pressed=True)).to_be_visible()
    article.get_by_role("link", name="React to post 2").click()
    page.get_by_role("button", name="Agree").click()
    expect(
        page.locator(f"#post-{made.id}").get_by_role("button", name="Agree 1", pressed=True)
    ).to_be_visible()
