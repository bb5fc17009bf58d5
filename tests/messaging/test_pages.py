"""Conversations as pages: forms that work without scripts, parts for pages that are open, and what each costs."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from forum.accounts.models import User
from forum.core.db import db
from forum.messaging.actions.sending import send_message
from forum.messaging.actions.starting import start_group, write_to
from forum.messaging.writing import prepare
from tests.cast import Cast
from tests.conftest import SignIn
from tests.factories import make_user

Submit = Callable[..., Any]


def begun(browser: FlaskClient, submit: Submit, people: str, body: str = "Hello.", **more: str) -> str:
    """Begin a conversation through the form; answers its address."""
    answer = submit(browser, "/messages/new", people=people, body=body, client_id="a", **more)
    assert answer.status_code == 303, answer.text
    return str(answer.location)


def bodies(page: str) -> list[str]:
    return re.findall(r'<div class="post__body" dir="auto"><p[^>]*>(.*?)</p>', page)


def test_a_conversation_is_begun_answered_read_and_kept(cast: Cast, sign_in: SignIn, submit: Submit) -> None:
    member, other, staff = (sign_in(each) for each in (cast.member, cast.other, cast.staff))
    address = begun(member, submit, cast.other.username)
    assert begun(member, submit, cast.other.username) == address  # sent twice, said once
    page = other.get(address).text
    assert bodies(page) == ["Hello."]
    assert "1 unread" in page
    assert re.search(r'data-count="messages">1<', page)
    assert submit(other, address, body="Hello back.", client_id="b", reply_to="").status_code == 303
    assert bodies(member.get(address).text) == ["Hello.", "Hello back."]
    assert submit(member, f"{address}/read", seq="2").status_code == 303
    assert 'data-state="read"' in other.get(address).text
    for do, words in (("pin", "Unpin"), ("mute", "Unmute")):
        assert submit(member, f"{address}/keep", do=do).status_code == 303
        assert words in member.get(f"{address}/settings").text
    assert submit(member, f"{address}/keep", do="archive").location == "/messages"
    assert address not in member.get("/messages").text
    assert address in member.get("/messages?show=archived").text
    for who in (staff, sign_in(cast.grace)):  # nobody else, staff neither, and no address of it is there
        for path in (address, f"{address}?since=0", f"{address}/settings"):
            assert who.get(path).status_code == 404
        assert submit(who, address, body="Me too.", client_id="c").status_code == 404
    assert sign_in(cast.member).get("/messages?q=back").text.count("conv-row__last") == 1


def test_a_group_is_kept_by_its_owner(cast: Cast, sign_in: SignIn, submit: Submit) -> None:
    member, other = sign_in(cast.member), sign_in(cast.other)
    address = begun(member, submit, f"{cast.other.username}, {cast.grace.username}", name="Planning")
    assert "Planning" in other.get(address).text
    refused = submit(other, f"{address}/name", name="Mine")
    assert refused.status_code == 403
    assert submit(member, f"{address}/name", name="Tunis planning").status_code == 303
    wrong = submit(member, f"{address}/people", username="nobody-there")
    assert wrong.status_code == 422
    assert 'id="f-username-error"' in wrong.text
    assert submit(member, f"{address}/people", username=cast.staff.username).status_code == 303
    assert submit(member, f"{address}/people/remove", username=cast.grace.username).status_code == 303
    assert sign_in(cast.grace).get(address).status_code == 404
    assert submit(member, f"{address}/owner", username=cast.other.username).status_code == 303
    assert submit(member, f"{address}/leave").location == "/messages"
    assert member.get(address).status_code == 404
    assert "Tunis planning" in other.get("/messages").text


def test_one_message_is_changed_reacted_to_and_taken_away(
    cast: Cast, sign_in: SignIn, submit: Submit
) -> None:
    member, other = sign_in(cast.member), sign_in(cast.other)
    address = begun(member, submit, cast.other.username)
    found = re.search(r'id="message-(\d+)"', member.get(address).text)
    assert found
    message = f"/messages/said/{found[1]}"
    assert submit(other, message, body="Not mine.").status_code == 403
    assert submit(member, message, body="").status_code == 422
    assert submit(member, message, body="Other words.").status_code == 303
    assert bodies(other.get(address).text) == ["Other words."]
    assert submit(other, f"{message}/reactions/like", on="1").status_code == 303
    part = member.get(f"{address}?since=1").text
    assert 'data-rev="3"' in part
    assert 'class="chip"' in part
    assert "<nav" not in part
    assert submit(other, f"{message}/delete").status_code == 403
    assert submit(member, f"{message}/delete").status_code == 303
    assert "Message deleted" in other.get(address).text
    assert sign_in(cast.staff).get(message).status_code == 404


def test_a_form_that_failed_keeps_what_was_typed(cast: Cast, sign_in: SignIn, submit: Submit) -> None:
    member = sign_in(cast.member)
    refused = submit(member, "/messages/new", people="nobody-there", body="All my words.", client_id="a")
    assert refused.status_code == 422
    assert "All my words." in refused.text
    assert "nobody-there" in refused.text


def test_people_choose_who_writes_to_them_and_block(cast: Cast, sign_in: SignIn, submit: Submit) -> None:
    member, other = sign_in(cast.member), sign_in(cast.other)
    begun(member, submit, cast.other.username)
    assert submit(other, "/settings/messages", takes_from="members", receipts="1").status_code == 303
    assert re.search(r'value="members" checked', other.get("/settings/messages").text)
    block = f"/people/{cast.member.username}/block"
    assert "They are not told" in other.get(block).text
    assert submit(other, block, on="1").status_code == 303
    assert cast.member.name in other.get("/settings/messages").text
    assert submit(other, block, on="0").status_code == 303
    assert cast.member.name not in other.get("/settings/messages").text


@pytest.mark.parametrize(("page", "most"), [("/messages", 16), ("/messages/{id}", 26)])
def test_a_page_of_messages_costs_no_more_for_more_of_them(
    app: Flask, cast: Cast, sign_in: SignIn, count_statements: Any, page: str, most: int
) -> None:
    counts = []
    with app.app_context():
        owner = db.session.get_one(User, cast.member.id)
        first = write_to(
            db.session.get_one(User, cast.other.id),
            author=owner,
            written=prepare("Hello."),
            client_id="first",
        )
        opened = first.conversation_id
    browser = sign_in(cast.member)
    for n in (3, 9):
        with app.app_context():
            owner = db.session.get_one(User, cast.member.id)
            for i in range(n):
                people = [make_user(f"talker{n}-{i}-{k}") for k in range(2)]
                group = start_group(
                    people,
                    author=owner,
                    name=f"Group {n} {i}",
                    written=prepare("Hello."),
                    client_id=f"{n}-{i}",
                )
                send_message(
                    group.conversation_id, author=people[0], written=prepare("Yes."), client_id="yes"
                )
                send_message(opened, author=owner, written=prepare("More."), client_id=f"{n}-{i}")
        address = page.format(id=opened)
        assert browser.get(address).status_code == 200
        with count_statements() as sent:
            browser.get(address)
        counts.append(len(sent))
    assert counts[0] == counts[1], (counts, sent)
    assert counts[1] <= most, (counts, sent)
