"""A quote leads to its source, and is there for whoever may read that, and for nobody else, wherever it stands."""

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from forum.access.viewer import VISITOR
from forum.accounts.models import User
from forum.core.db import db
from forum.discussions.actions import concealing, writing
from forum.discussions.actions.audiences import set_audience
from forum.discussions.actions.writing import Written
from forum.discussions.models import Post, PostQuote, Topic
from forum.discussions.queries.quotes import sources_of
from forum.discussions.writing import prepare
from forum.markup import SafeHTML
from tests.cast import Cast
from tests.conftest import SignIn
from tests.factories import choice, make_post, make_topic, settled

Submit = Any
GONE = "What is quoted here is not open to you."


def quoting(post: Post, words: str = "What was said.", around: str = "I agree.") -> str:
    return f"> [@somebody](/posts/{post.id}):\n>\n> {words}\n\n{around}"


def write(topic: Topic, author: User, body: str) -> Post:
    return settled(writing.reply(topic, author=author, written=prepare(body)))


def now(user: User) -> User:
    return db.session.get_one(User, user.id)


def ask(browser: FlaskClient, csrf: Any, post: Post, text: str = "") -> Any:
    return browser.post(
        f"/api/v1/posts/{post.id}/quote", json={"text": text}, headers={"X-CSRF-Token": csrf(browser)}
    )


@pytest.fixture
def world(app: Flask, cast: Cast) -> tuple[Topic, Post, Post]:
    """(a public topic, a post in a topic of members that is quoted in it, the post that quotes it)."""
    with app.app_context():
        public = make_topic(cast.welcome, cast.member, "Public")
        inner = make_topic(cast.lounge, cast.other, "Among members")
        source = make_post(inner, cast.other, "What was said.")
        return public, source, write(public, cast.member, quoting(source))


def test_a_post_is_quoted_as_it_was_written_without_what_it_quotes_itself(
    app: Flask, cast: Cast, sign_in: SignIn, csrf: Any
) -> None:
    with app.app_context():
        topic = make_topic(cast.lounge, cast.other)
        first = make_post(topic, cast.other, "Said *first*.")
        second = write(topic, cast.other, quoting(first, "Said *first*.", "And **second**.\n\n- one\n- two"))
    browser = sign_in(cast.member)
    head = f"> [@{cast.other.username}](/posts/{second.id}):\n>\n"
    assert ask(browser, csrf, second).json["body"] == f"{head}> And **second**.\n>\n> - one\n> - two\n\n"
    assert ask(browser, csrf, second, "And **second**.").json["body"] == f"{head}> And **second**.\n\n"
    selected = ask(browser, csrf, second, "And second.\n\n1. *sic*").json["body"]
    assert selected == f"{head}> And second.\n>\n> 1\\. \\*sic\\*\n\n"
    only_a_quote = quoting(first, "Said *first*.", "")
    with app.app_context():
        third = write(topic, cast.other, only_a_quote)
    assert "> > Said *first*." in ask(browser, csrf, third).json["body"]


def test_only_what_is_there_to_read_is_quoted(
    app: Flask, cast: Cast, sign_in: SignIn, csrf: Any, world: tuple[Topic, Post, Post]
) -> None:
    _public, source, quote = world
    assert ask(sign_in(cast.guest), csrf, source).status_code == 404
    body = ask(sign_in(cast.guest), csrf, quote).json["body"]
    assert "said" not in body
    assert "I agree." in body
    assert ask(app.test_client(), csrf, quote).status_code == 401
    with app.app_context():
        concealing.hide_post(source, actor=now(cast.moderator), reason="No.")
    for who in (cast.member, cast.moderator):
        assert ask(sign_in(who), csrf, source).status_code == 404, who.username


def test_who_may_not_read_the_source_does_not_read_the_quote(
    app: Flask, cast: Cast, client: FlaskClient, sign_in: SignIn, world: tuple[Topic, Post, Post]
) -> None:
    public, source, quote = world
    page = f"/t/{public.id}/{public.slug}"
    api = f"/api/v1/posts/{quote.id}"
    places = (page, f"{page}/print", f"{page}?view=threaded", api, f"/feeds/t/{public.id}.atom")
    for address in places:
        for browser in (client, sign_in(cast.guest)):
            answer = browser.get(address)
            assert answer.status_code == 200
            assert "What was said." not in answer.text, address
            assert "I agree." in answer.text, address
            assert str(source.topic_id) not in answer.text, address
    assert GONE in client.get(page).text
    assert client.get(api).json["body"] == "> …\n\nI agree."
    assert GONE in client.get(api).json["html"]
    for address in places[:-1]:
        assert "What was said." in sign_in(cast.grace).get(address).text, address
    shown = sign_in(cast.grace).get(page).text
    assert f'/t/{source.topic_id}/among-members/2#post-{source.id}"' in shown
    assert "in “Among members”" in shown
    assert sign_in(cast.grace).get(api).json["body"] == quote.body


def test_a_quote_goes_when_its_source_goes(
    app: Flask, cast: Cast, client: FlaskClient, sign_in: SignIn
) -> None:
    with app.app_context():
        topic, other = make_topic(cast.welcome, cast.member, "Here"), make_topic(cast.welcome, cast.member)
        near, far = make_post(topic, cast.other, "Near words."), make_post(other, cast.other, "Far words.")
        write(topic, cast.member, quoting(near, "Near words.") + "\n\n" + quoting(far, "Far words."))
    address = f"/t/{topic.id}/here/3"
    for words in ("Near words.", "Far words."):
        assert f'<p dir="auto">{words}</p>\n</blockquote>' in client.get(address).text
    assert f"{cast.other.name}, 2</a>" in client.get(address).text
    with app.app_context():
        concealing.delete_post(far, actor=now(cast.other))
    assert "Far words." not in client.get(address).text, "kept by nothing that hears of the other topic"
    with app.app_context():
        concealing.restore_post(far, actor=now(cast.other))
        set_audience(other, actor=now(cast.staff), choice=choice("members"))
    assert "Far words." not in client.get(address).text
    assert "Far words." in sign_in(cast.grace).get(address).text
    with app.app_context():
        concealing.hide_post(near, actor=now(cast.staff), reason="No.")
    assert "Near words." not in client.get(address).text
    quotes_of_it = '<p dir="auto">Near words.</p>\n</blockquote>'
    assert quotes_of_it not in sign_in(cast.staff).get(address).text, "a moderator reads it where it stands"


def test_readers_of_one_kind_are_not_shown_the_quotes_of_one_another(
    app: Flask, cast: Cast, sign_in: SignIn
) -> None:
    """A post is kept once for readers to whom it looks alike."""
    with app.app_context():
        topic = make_topic(cast.lounge, cast.other, "All members")
        few = make_topic(cast.lounge, cast.other, audience=choice("people"), people=[cast.member])
        write(topic, cast.other, quoting(make_post(few, cast.other, "Among us."), "Among us."))
    address = f"/t/{topic.id}/all-members"
    for _time in range(2):
        assert "Among us." in sign_in(cast.member).get(address).text
        assert "Among us." not in sign_in(cast.grace).get(address).text


def test_history_and_the_form_to_edit_hold_no_more(
    app: Flask, cast: Cast, sign_in: SignIn, world: tuple[Topic, Post, Post]
) -> None:
    public, source, quote = world
    with app.app_context():
        changed = quoting(source, "What was said, and more.", "I do agree.")
        writing.edit_post(quote, actor=now(cast.member), written=prepare(changed))
        set_audience(
            db.session.get_one(Topic, source.topic_id), actor=now(cast.staff), choice=choice("staff")
        )
    browser = sign_in(cast.member)
    addresses = [
        f"/posts/{quote.id}/history",
        f"/posts/{quote.id}/edit",
        f"/api/v1/posts/{quote.id}/revisions",
        "/settings/posts",
        f"/t/{public.id}/public?reply=2&quote=2",
    ]
    for address in addresses:
        answer = browser.get(address)
        assert answer.status_code == 200
        assert "was said" not in answer.text, address
        assert "agree." in answer.text, address
    assert "was said" in sign_in(cast.staff).get(f"/posts/{quote.id}/history").text


def test_the_head_of_a_page_has_its_authors_own_words_alone(
    app: Flask, cast: Cast, client: FlaskClient
) -> None:
    with app.app_context():
        source = make_post(make_topic(cast.welcome, cast.other), cast.other, "Theirs.")
        topic = settled(
            writing.start_topic(
                cast.welcome.place,
                author=cast.member,
                title="Mine",
                written=prepare(quoting(source, "Theirs.", "Mine.")),
            )
        )
    head = client.get(f"/t/{topic.id}/mine").text.partition("</head>")[0]
    assert 'content="Mine."' in head
    assert "Theirs." not in head


def test_a_link_quotes_without_scripts_and_goes_on_with_a_draft(
    app: Flask, cast: Cast, sign_in: SignIn, csrf: Any
) -> None:
    with app.app_context():
        topic = make_topic(cast.lounge, cast.other, "To answer")
        post = make_post(topic, cast.other, "Said.")
    browser = sign_in(cast.member)
    page = browser.get(f"/t/{topic.id}/to-answer").text
    link = re.search(r'href="([^"]*)"[^>]* data-quote="2"', page)
    assert link is not None
    address = link[1].replace("&amp;", "&").partition("#")[0]
    shown = browser.get(address).text
    quote = f"&gt; [@{cast.other.username}](/posts/{post.id}):\n&gt;\n&gt; Said.\n"
    assert quote in shown
    assert 'name="reply_to" value="2"' in shown
    browser.post(
        "/api/v1/drafts",
        json={"target": f"reply:{topic.id}", "client_id": "tab-12345", "body": "Begun."},
        headers={"X-CSRF-Token": csrf(browser)},
    )
    assert f"Begun.\n\n{quote}" in browser.get(address).text
    assert "data-quote" not in sign_in(cast.suspended).get("/").text
    for number in ("1000", "0", "16777215"):
        assert browser.get(f"/t/{topic.id}/to-answer?quote={number}").status_code == 200


def test_what_is_quoted_is_kept_with_every_edit(app: Flask, cast: Cast) -> None:
    with app.app_context():
        topic = make_topic(cast.lounge, cast.other)
        one, two = make_post(topic, cast.other), make_post(topic, cast.other)
        post = write(topic, cast.member, quoting(one) + "\n\n" + quoting(one))
        assert {(q.post_id, q.quoted_id) for q in db.session.query(PostQuote)} == {(post.id, one.id)}
        writing.edit_post(post, actor=now(cast.member), written=prepare(quoting(two)))
        assert {(q.post_id, q.quoted_id) for q in db.session.query(PostQuote)} == {(post.id, two.id)}
        nobodys = prepare(f"> [x](/posts/{2**63 - 1}):\n> a\n\n> [y](/posts/9999999999999999999):\n> b")
        writing.edit_post(post, actor=now(cast.member), written=nobodys)
        assert db.session.query(PostQuote).count() == 0


def test_quotes_add_one_statement_to_a_page_however_many(
    app: Flask, cast: Cast, sign_in: SignIn, count_statements: Any
) -> None:
    with app.app_context():
        topic, source = make_topic(cast.lounge, cast.other, "Many"), make_topic(cast.lounge, cast.other)
        posts = [make_post(source, cast.other, f"Words {n}.") for n in range(15)]
        first = write(topic, cast.member, quoting(posts[0], "Words 0."))
    browser = sign_in(cast.member)
    addresses = [
        f"/t/{topic.id}/many",
        f"/t/{topic.id}/many?view=threaded",
        f"/t/{topic.id}/many/print",
        f"/api/v1/topics/{topic.id}/posts",
        "/settings/posts",
        f"/posts/{first.id}/history",
    ]

    def counts() -> list[int]:
        found = []
        for address in addresses:
            browser.get(address)
            with count_statements() as sent:
                assert "Words 0." in browser.get(address).text
            found.append(len(sent))
        return found

    with app.app_context():
        writing.edit_post(
            first, actor=now(cast.member), written=prepare(quoting(posts[0], "Words 0.", "So?"))
        )
    before = counts()
    with app.app_context():
        for n, post in enumerate(posts[1:]):
            write(topic, cast.member, quoting(post, f"Words {n}."))
            fresh = db.session.get_one(Post, first.id)
            edited: Written = prepare(quoting(post, "Words 0.", f"So {n}."))
            writing.edit_post(fresh, actor=now(cast.member), written=edited)
    assert counts() == before


def test_a_change_of_audience_tells_where_it_is_quoted_as_far_as_one_may_know(
    app: Flask, cast: Cast, sign_in: SignIn, submit: Submit, csrf: Any
) -> None:
    with app.app_context():
        topic = make_topic(cast.lounge, cast.member, "Quoted")
        source = make_post(topic, cast.other, "What was said.")
        write(topic, cast.other, quoting(source, around="Here is not elsewhere."))
        public = make_topic(cast.welcome, cast.other, "Known to all")
        quote = write(public, cast.other, quoting(source))
        gone = write(public, cast.other, quoting(source))
        concealing.delete_post(gone, actor=now(cast.other))
        write(make_topic(cast.closed, cast.insider, "Known to few"), cast.insider, quoting(source))
        hidden = make_topic(cast.welcome, cast.other, "Hidden by now")
        write(hidden, cast.other, quoting(source))
        concealing.hide_topic(hidden, actor=now(cast.staff), reason="No.")
    browser = sign_in(cast.member)
    shown = submit(
        browser, f"/t/{topic.id}/audience", read="members", reply="members", inherits="0", step="look"
    ).text
    assert "Quoted elsewhere" in shown
    assert f'href="/t/{public.id}/known-to-all/2#post-{quote.id}"' in shown
    for other in ("Known to few", "Hidden by now", str(gone.id)):
        assert other not in shown
    told = browser.post(
        f"/api/v1/topics/{topic.id}/audience/effect",
        json={"inherits": False, "read": "members", "reply": "members"},
        headers={"X-CSRF-Token": csrf(browser)},
    )
    assert [one["title"] for one in told.json["quoted"]] == ["Known to all"], told.text


def test_a_preview_names_no_source_that_is_not_there(
    app: Flask, cast: Cast, sign_in: SignIn, submit: Submit, world: tuple[Topic, Post, Post]
) -> None:
    _public, source, _quote = world
    for who, there in ((cast.member, True), (cast.guest, False)):
        shown = submit(sign_in(who), "/preview?part=1", body=quoting(source, "I typed this.")).text
        assert ("Among members" in shown) is there
        assert ("I typed this." in shown) is there
        assert (GONE in shown) is not there


@pytest.mark.usefixtures("context")
def test_more_quotes_than_a_database_takes_at_once_are_looked_up(cast: Cast) -> None:
    source = make_post(make_topic(cast.welcome, cast.other), cast.other)
    named = "".join(f'<figure class="quote" data-post="{n}">' for n in [*range(1, 40_000), source.id])
    assert set(sources_of(VISITOR, [SafeHTML(named)])) == {source.id}


def test_whoever_leaves_the_text_as_it_was_shown_takes_no_quote_out_of_it(
    app: Flask, cast: Cast, sign_in: SignIn, submit: Submit, world: tuple[Topic, Post, Post]
) -> None:
    _public, source, quote = world
    with app.app_context():
        inner = db.session.get_one(Topic, source.topic_id)
        set_audience(inner, actor=now(cast.staff), choice=choice("staff"))
    browser = sign_in(cast.member)
    saved = submit(browser, f"/posts/{quote.id}/edit", body="> …\r\n\r\nI agree.", version=str(quote.version))
    assert saved.status_code == 303
    with app.app_context():
        assert db.session.get_one(Post, quote.id).body == quote.body
    assert (
        submit(browser, f"/posts/{quote.id}/edit", body="I do agree.", version=str(quote.version)).status_code
        == 303
    )
    with app.app_context():
        assert db.session.get_one(Post, quote.id).body == "I do agree."
