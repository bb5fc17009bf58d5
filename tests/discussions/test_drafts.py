"""What is being written is kept: by version, for its writer alone, until it is sent."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from forum.accounts.models import User
from forum.core.db import db
from forum.core.errors import Conflict
from forum.core.transactions import transaction
from forum.discussions.actions import concealing, drafting
from forum.discussions.models import Draft, Post, Topic
from forum.discussions.params import DraftText
from tests.cast import Cast
from tests.conftest import SignIn
from tests.factories import make_post, make_topic

Submit = Any


@pytest.fixture
def topic(app: Flask, cast: Cast) -> Topic:
    with app.app_context():
        return make_topic(cast.lounge, cast.other, "Who keeps the minutes?")


class Tab:
    """A page that keeps what is written in it, as lib/draft.js does."""

    def __init__(self, browser: FlaskClient, token: str, target: str, client_id: str) -> None:
        self.browser, self.token, self.target, self.client_id = browser, token, target, client_id
        self.id, self.version = "", 0

    def write(self, body: str, **fields: str) -> int:
        text = {"title": "", "body": body, "fields": fields}
        head = {"X-CSRF-Token": self.token}
        if self.id:
            sent = {**text, "version": self.version}
            answer = self.browser.patch(f"/api/v1/drafts/{self.id}", json=sent, headers=head)
        else:
            sent = {**text, "target": self.target, "client_id": self.client_id}
            answer = self.browser.post("/api/v1/drafts", json=sent, headers=head)
        if answer.status_code < 300:
            self.id, self.version = answer.json["id"], answer.json["version"]
        return int(answer.status_code)


@pytest.fixture
def open_tab(app: Flask, sign_in: SignIn, csrf: Any) -> Any:
    def opened(user: User, target: str, client_id: str = "tab-number-1") -> Tab:
        browser = sign_in(user)
        return Tab(browser, csrf(browser), target, client_id)

    return opened


def bodies(app: Flask) -> list[str]:
    with app.app_context():
        return sorted(db.session.scalars(db.select(Draft.body)))


def count_of(app: Flask, user: User) -> int:
    with app.app_context():
        return db.session.get_one(User, user.id).draft_count


def test_a_draft_survives_its_session_and_is_finished_in_another_browser(
    app: Flask, cast: Cast, topic: Topic, open_tab: Any, sign_in: SignIn, submit: Submit
) -> None:
    tab = open_tab(cast.member, f"reply:{topic.id}")
    assert tab.write("I keep") == 201
    assert tab.write("I keep them, in a tin.") == 200
    submit(tab.browser, "/signout")
    assert tab.write("I keep them, in a tin. Since") == 401
    elsewhere = sign_in(cast.member)
    assert "Who keeps the minutes?" in elsewhere.get("/drafts").text
    on = elsewhere.get(f"/drafts/{tab.id}")
    page = elsewhere.get(on.location.partition("#")[0]).text
    assert "I keep them, in a tin.</textarea>" in page
    sent = {"body": "I keep them, in a tin, since 1998.", "draft": tab.id, "draft_version": tab.version}
    assert submit(elsewhere, f"/t/{topic.id}/reply", **sent).status_code == 303
    assert bodies(app) == []
    assert count_of(app, cast.member) == 0
    assert "I keep them" not in elsewhere.get("/drafts").text


def test_newer_text_is_never_overwritten(app: Flask, cast: Cast, topic: Topic, open_tab: Any) -> None:
    one = open_tab(cast.member, f"reply:{topic.id}")
    one.write("First.")
    other = open_tab(cast.member, f"reply:{topic.id}", "tab-number-2")
    other.id, other.version = one.id, one.version
    assert other.write("First, and more from the phone.") == 200
    assert one.write("First, and something else.") == 409
    one.id, one.client_id = "", "tab-number-3"
    assert one.write("First, and something else.") == 201
    assert bodies(app) == ["First, and more from the phone.", "First, and something else."]


def test_the_first_save_sent_twice_makes_one_draft(
    app: Flask, cast: Cast, topic: Topic, open_tab: Any
) -> None:
    tab = open_tab(cast.member, f"reply:{topic.id}")
    assert tab.write("Once") == 201
    tab.id = ""
    assert tab.write("Once, with more") == 201
    assert bodies(app) == ["Once, with more"]
    tab.id = ""
    assert tab.write("Late") == 409, "somebody has gone on with it"


def test_sending_keeps_a_draft_that_another_tab_has_gone_on_with(
    app: Flask, cast: Cast, topic: Topic, open_tab: Any, submit: Submit
) -> None:
    tab = open_tab(cast.member, f"reply:{topic.id}")
    tab.write("Short.")
    seen = tab.version
    tab.write("Longer, in another tab.")
    submit(tab.browser, f"/t/{topic.id}/reply", body="Short.", draft=tab.id, draft_version=seen)
    assert bodies(app) == ["Longer, in another tab."]


def test_a_form_that_is_refused_keeps_its_draft(
    app: Flask, cast: Cast, topic: Topic, open_tab: Any, submit: Submit
) -> None:
    tab = open_tab(cast.member, f"reply:{topic.id}")
    tab.write("Words.")
    page = submit(tab.browser, f"/t/{topic.id}/reply", body=" ", draft=tab.id, draft_version=tab.version)
    assert page.status_code == 422
    assert f'name="draft" value="{tab.id}"' in page.text
    assert bodies(app) == ["Words."]


def test_a_draft_is_nobody_elses(app: Flask, cast: Cast, topic: Topic, open_tab: Any, submit: Submit) -> None:
    tab = open_tab(cast.member, f"reply:{topic.id}")
    tab.write("Mine.")
    for who in (cast.other, cast.staff, cast.moderator):
        foreign = open_tab(who, tab.target)
        head = {"X-CSRF-Token": foreign.token}
        assert foreign.browser.get(f"/drafts/{tab.id}").status_code == 404
        assert foreign.browser.get(f"/api/v1/drafts/{tab.id}").status_code == 404
        sent = {"body": "Theirs.", "version": tab.version}
        assert foreign.browser.patch(f"/api/v1/drafts/{tab.id}", json=sent, headers=head).status_code == 404
        assert foreign.browser.delete(f"/api/v1/drafts/{tab.id}", headers=head).status_code == 404
        submit(foreign.browser, f"/drafts/{tab.id}/delete")
        reply = {"body": "Hello.", "draft": tab.id, "draft_version": tab.version}
        submit(foreign.browser, f"/t/{topic.id}/reply", **reply)
    assert bodies(app) == ["Mine."]
    assert app.test_client().get("/drafts").status_code == 401


def test_the_text_stays_its_writers_when_the_topic_is_gone(
    app: Flask, cast: Cast, topic: Topic, open_tab: Any
) -> None:
    tab = open_tab(cast.member, f"reply:{topic.id}")
    tab.write("Far too good to lose.")
    with app.app_context():
        concealing.hide_topic(topic, actor=cast.moderator, reason="Not here.")
    page = tab.browser.get("/drafts").text
    assert "no longer open to you" in page
    assert "Who keeps the minutes?" not in page
    assert "Far too good to lose." in tab.browser.get(f"/drafts/{tab.id}").text
    assert tab.write("Far too good to lose, still.") == 200


def test_a_topic_is_begun_kept_and_gone_on_with(
    app: Flask, cast: Cast, sign_in: SignIn, submit: Submit
) -> None:
    """Without scripts: the button keeps the whole form."""
    browser = sign_in(cast.member)
    form = {"title": "Of tins", "body": "They rust.", "category": "lounge", "inherits": "0", "read": "people"}
    answer = submit(browser, "/drafts?target=topic", **form, people="otto", client_id="x", draft="")
    assert answer.location == "/drafts"
    assert "You began “Of tins”" in browser.get("/new").text
    with app.app_context():
        draft = db.session.scalars(db.select(Draft)).one()
    page = browser.get(browser.get(f"/drafts/{draft.id}").location).text
    assert 'value="Of tins"' in page
    assert "They rust.</textarea>" in page
    assert 'value="otto"' in page
    again = {**form, "title": "Of tins and boxes", "draft": draft.id, "draft_version": draft.version}
    submit(browser, "/drafts?target=topic", **again)
    with app.app_context():
        kept = db.session.scalars(db.select(Draft)).one()
    assert (kept.id, kept.title, kept.version) == (draft.id, "Of tins and boxes", 2)
    stale = {**again, "title": "Of rust"}
    submit(browser, "/drafts?target=topic", **stale)
    assert count_of(app, cast.member) == 2


def test_an_edit_is_kept_with_the_version_it_began_from(
    app: Flask, cast: Cast, topic: Topic, open_tab: Any, sign_in: SignIn, submit: Submit
) -> None:
    with app.app_context():
        post = db.session.scalars(db.select(Post).where(Post.topic_id == topic.id)).one()
    tab = open_tab(cast.other, f"edit:{post.id}")
    tab.write("Better words.", version=str(post.version), reason="Clearer.")
    page = tab.browser.get(f"/posts/{post.id}/edit").text
    assert "Better words.</textarea>" in page
    assert 'value="Clearer."' in page
    moderator = sign_in(cast.moderator)
    submit(moderator, f"/posts/{post.id}/edit", body="A moderator's words.", version=post.version)
    late = {"body": "Better words.", "version": post.version, "draft": tab.id, "draft_version": tab.version}
    answer = submit(tab.browser, f"/posts/{post.id}/edit", **late)
    assert answer.status_code == 409
    assert bodies(app) == ["Better words."]


def test_fifty_are_enough_and_the_next_is_told_so(app: Flask, cast: Cast, open_tab: Any) -> None:
    with app.app_context(), transaction():
        for n in range(drafting.MOST):
            drafting.begin_draft("topic", author=cast.member, client_id=f"tab-{n:04}", text=DraftText())
    tab = open_tab(cast.member, "topic")
    answer = tab.browser.post(
        "/api/v1/drafts",
        json={"target": "topic", "body": "One more.", "client_id": "one-more-tab"},
        headers={"X-CSRF-Token": tab.token},
    )
    assert answer.status_code == 422
    assert "Finish or delete" in answer.json["errors"]["body"]
    assert count_of(app, cast.member) == drafting.MOST
    with app.app_context(), transaction():
        first = db.session.scalars(db.select(Draft).order_by(Draft.id)).first()
        assert first is not None
        drafting.discard_draft(first.id, author=cast.member)
    assert tab.write("Now there is room.") == 201


@pytest.mark.parametrize(
    "target", ["", "reply:", "reply:x", "edit:1;2", "reply:99999999999999999999", "post:1"]
)
def test_a_target_that_is_none_is_refused(cast: Cast, open_tab: Any, target: str) -> None:
    assert open_tab(cast.member, target).write("Words.") == 422


def test_lists_are_paged_by_key(app: Flask, cast: Cast, open_tab: Any) -> None:
    with app.app_context():
        for n in range(7):
            text = DraftText(body=f"Draft {n}.")
            drafting.begin_draft("topic", author=cast.member, client_id=f"tab-{n:04}", text=text)
    browser = open_tab(cast.member, "topic").browser
    found, after = [], ""
    while True:
        page = browser.get(f"/api/v1/drafts?limit=3{after}").json
        found += [item["body"] for item in page["items"]]
        if page["next"] is None:
            break
        after = f"&after={page['next']}"
    assert found == [f"Draft {n}." for n in reversed(range(7))]


def test_drafts_cost_nothing_to_those_who_have_none(
    app: Flask, cast: Cast, topic: Topic, open_tab: Any, count_statements: Any
) -> None:
    tab = open_tab(cast.member, f"reply:{topic.id}")
    address = f"/t/{topic.id}/{topic.slug}"
    counts = []
    for write in (False, True):
        if write:
            tab.write("Words.")
        tab.browser.get(address)
        with count_statements() as sent:
            assert ("Words.</textarea>" in tab.browser.get(address).text) is write
        counts.append(len(sent))
    assert counts[0] < counts[1] <= 6, counts


def test_two_tabs_that_save_at_once_make_no_version_twice(app: Flask, cast: Cast, topic: Topic) -> None:
    with app.app_context():
        draft = drafting.begin_draft(
            f"reply:{topic.id}", author=cast.member, client_id="a-tab-to-race", text=DraftText(body="0")
        )

    def save(n: int) -> bool:
        with app.app_context():
            text = DraftText(body=f"From tab {n}")
            try:
                drafting.save_draft(draft.id, author=cast.member, text=text, version=1)
            except Conflict:
                return False
            return True

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(save, range(6))) == 1
    with app.app_context():
        assert db.session.get_one(Draft, draft.id).version == 2


@pytest.mark.parametrize("draft", ["１２", "²", "-1", "9" * 30, "x"])
def test_what_names_no_draft_is_passed_over(app: Flask, cast: Cast, sign_in: SignIn, draft: str) -> None:
    with app.app_context():
        topic = make_topic(cast.lounge, cast.member)
        post = make_post(topic, cast.member)
    browser = sign_in(cast.member)
    for address in ("/new", f"/posts/{post.id}/edit"):
        assert browser.get(address, query_string={"draft": draft}).status_code == 200, address
    assert browser.get(f"/t/{topic.id}/{topic.slug}", query_string={"draft": draft}).status_code in {200, 400}
