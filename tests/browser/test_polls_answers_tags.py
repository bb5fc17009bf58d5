"""A poll voted in and closed, an answer accepted and taken back, a topic found by its tag, a form filled in: in a real browser."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from forum.accounts.models import User
from forum.boards.actions import keep_field, keep_template
from forum.boards.template_forms import FieldKind, FormField
from forum.core.db import db
from forum.discussions.actions.tagging import TagPlan, create_tag
from tests.browser.conftest import Site
from tests.factories import make_category, make_post, make_topic

pytestmark = pytest.mark.browser

Open = Callable[..., Page]


def test_a_poll_is_made_voted_in_and_closed(site: Site, sign_in_as: Open) -> None:
    author = sign_in_as(site.cast.member)
    author.goto("/new?category=lounge")
    author.get_by_label("Title").fill("The annual meeting")
    author.get_by_label("What would you like to say or ask?").fill("Please vote.")
    author.get_by_text("Add a poll").click()
    author.get_by_label("Question").fill("How many rooms?")
    author.get_by_label("Options").fill("Two\nThree")
    author.get_by_label("Results are shown").select_option("voted")
    author.get_by_role("button", name="Post the topic").click()
    author.wait_for_url("**/t/**")
    voter = sign_in_as(site.cast.other)
    voter.goto(author.url)
    poll = voter.get_by_role("region", name="How many rooms?")
    expect(poll).to_contain_text("The results are shown to whoever has voted.")
    poll.get_by_label("Three").check()
    poll.get_by_role("button", name="Vote").click()
    expect(poll.get_by_text("your vote")).to_be_visible()
    expect(poll).to_contain_text("1 (100 %)")
    author.reload()
    expect(author.get_by_role("region", name="How many rooms?")).not_to_contain_text("100 %")
    author.get_by_role("link", name="Close the poll").click()
    author.get_by_label("Why").fill("All have voted.")
    author.get_by_role("button", name="Close the poll").click()
    closed = author.get_by_role("region", name="How many rooms?")
    expect(closed).to_contain_text("1 (100 %)")
    expect(closed).to_contain_text("closed")
    expect(author.get_by_text("closed the poll in post 1")).to_be_visible()
    voter.reload()
    expect(poll.get_by_role("button")).to_have_count(0)


def test_a_poll_comes_with_a_reply_without_losing_what_was_typed(site: Site, sign_in_as: Open) -> None:
    with site.app.app_context():
        topic = make_topic(site.cast.lounge, site.cast.member)
    page = sign_in_as(site.cast.other)
    page.goto(f"/t/{topic.id}/{topic.slug}")
    page.get_by_label("Your reply", exact=True).last.fill("Let us see.")
    page.get_by_role("button", name="Add a poll").click()
    expect(page.locator("#f-body")).to_have_value("Let us see.")
    page.get_by_label("Question").fill("Which?")
    page.get_by_label("Options").fill("This\nThat")
    page.get_by_role("button", name="Reply", exact=False).last.click()
    expect(page.get_by_role("region", name="Which?")).to_be_visible()


def test_an_answer_is_accepted_and_taken_back(site: Site, sign_in_as: Open) -> None:
    with site.app.app_context():
        clinic = make_category("clinic", read="members", for_questions=True)
        topic = make_topic(clinic, db.session.get_one(User, site.cast.member.id), "How much?")
        make_post(topic, site.cast.other, "About half of it.")
    page = sign_in_as(site.cast.member)
    page.goto(f"/t/{topic.id}/{topic.slug}")
    page.get_by_role("button", name="This is the answer 2").click()
    answer = page.get_by_role("complementary", name="Accepted answer")
    expect(answer).to_contain_text("About half of it.")
    page.goto("/c/clinic")
    expect(page.get_by_text("Answered", exact=True)).to_be_visible()
    page.goto("/c/clinic?sort=unanswered")
    expect(page.get_by_text("Every topic here has an answer.")).to_be_visible()
    page.goto(f"/t/{topic.id}/{topic.slug}")
    answer.get_by_role("link").click()
    page.get_by_role("button", name="Not the answer after all 2").click()
    expect(answer).to_have_count(0)
    expect(page.get_by_text("took back that post 2 is the answer")).to_be_visible()


def test_a_topic_is_tagged_and_found_by_its_tag(site: Site, sign_in_as: Open) -> None:
    with site.app.app_context():
        create_tag(TagPlan("Palliative care", words=["Hospice"]), actor=None)
        create_tag(TagPlan("Pain"), actor=None)
        make_topic(site.cast.lounge, site.cast.other, "Without a tag")
    page = sign_in_as(site.cast.member)
    page.goto("/new?category=lounge")
    page.get_by_label("Title").fill("At home or in hospital")
    page.get_by_label("What would you like to say or ask?").fill("Where?")
    field = page.get_by_label("Tags")
    field.press_sequentially("Pain, hosp")
    expect(page.locator("#tag-words option")).to_have_attribute("value", "Pain, Palliative care")
    field.press_sequentially("ice")
    page.get_by_role("button", name="Post the topic").click()
    page.get_by_role("list", name="Tags").get_by_role("link", name="Palliative care").click()
    expect(page.get_by_role("heading", name="At home or in hospital")).to_be_visible()
    page.goto("/c/lounge?tag=pain")
    expect(page.get_by_role("heading", name="At home or in hospital")).to_be_visible()
    expect(page.get_by_role("heading", name="Without a tag")).to_have_count(0)


def test_a_case_form_is_filled_in_wrongly_and_then_rightly(site: Site, sign_in_as: Open) -> None:
    with site.app.app_context():
        staff = db.session.get_one(User, site.cast.staff.id)
        form = keep_template(site.cast.lounge, name="A case", body="No names.", actor=staff)
        for field in (
            FormField("The question", FieldKind.LINE, required=True),
            FormField("The patient has agreed.", FieldKind.CONSENT),
        ):
            keep_field(site.cast.lounge, form.id, field, actor=staff)
    page = sign_in_as(site.cast.member)
    page.goto("/new?category=lounge")
    page.get_by_role("link", name="A case").click()
    page.get_by_label("Title").fill("A rare course")
    page.get_by_label("The question").fill("Which drug comes next?")
    page.get_by_role("button", name="Post the topic").click()
    expect(page.get_by_role("alert")).to_contain_text("The patient has agreed.")
    expect(page.get_by_label("The question")).to_have_value("Which drug comes next?")
    page.get_by_label("The patient has agreed.").check()
    page.get_by_role("button", name="Post the topic").click()
    page.wait_for_url("**/t/**")
    expect(page.get_by_role("heading", name="The question")).to_be_visible()
    expect(page.get_by_text("Which drug comes next?")).to_be_visible()
