"""Asking who sees what, by page and by program: who may ask, what is told, and what is not."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from forum.access.models import ScopePerson
from forum.access.places import find_scope
from forum.accounts.models import User
from forum.core.db import db
from forum.core.transactions import transaction
from forum.discussions.actions import concealing, locking
from forum.groups.actions import add_people, create_group
from forum.groups.models import GroupKind
from tests.cast import Cast
from tests.conftest import NOW
from tests.factories import choice, make_category, make_post, make_topic

SignIn = Callable[[User], FlaskClient]


@pytest.fixture
def ask(sign_in: SignIn) -> Callable[..., Any]:
    """Ask as somebody; answers the status and the JSON."""

    def asked(asker: User, subject: str, viewer: str = "") -> tuple[int, Any]:
        query = {"subject": subject} | ({"viewer": viewer} if viewer else {})
        answer = sign_in(asker).get("/api/v1/explain-access", query_string=query)
        return answer.status_code, answer.get_json()

    return asked


def test_staff_ask_of_everybody_and_are_told_the_rule(
    app: Flask, cast: Cast, ask: Callable[..., Any]
) -> None:
    with app.app_context():
        topic = make_topic(cast.lounge, cast.member, "For members", audience=choice("members"))
        locking.lock_topic(make_topic(cast.welcome, cast.member, "Locked"), actor=cast.staff)
    expected = {
        "visitor": (False, False, "read"),
        "guest": (False, False, "read"),
        "member": (True, True, "audience"),
        "@mina": (True, True, "audience"),
        "@gaspard": (False, False, "read"),
        "@greta": (True, True, "audience"),
        "@edda": (False, False, "read"),
        "@sven": (False, False, "read"),
        "@uma": (False, False, "read"),
        "stella": (True, True, "audience"),
    }
    for viewer, (readable, may_reply, rule) in expected.items():
        status, told = ask(cast.staff, f"topic:{topic.id}", viewer)
        assert (status, told["readable"], told["may_reply"], told["rule"]) == (
            200,
            readable,
            may_reply,
            rule,
        ), viewer
        assert told["because"]
    said = {
        name: " ".join(ask(cast.staff, f"topic:{topic.id}", f"@{name}")[1]["because"])
        for name in ("greta", "edda", "sven", "uma")
    }
    assert "keeps what members have until" in said["greta"]
    assert "the time of grace ended" in said["edda"]
    assert "suspended" in said["sven"]
    assert "has not confirmed" in said["uma"]


def test_invitations_are_told_with_their_end(
    app: Flask, cast: Cast, ask: Callable[..., Any], sign_in: SignIn
) -> None:
    with app.app_context():
        topic = make_topic(
            cast.lounge, cast.member, "Few", audience=choice("people", opened=True), people=[cast.guest]
        )
        with transaction():
            row = db.session.get_one(ScopePerson, (find_scope("people", topic.id), cast.guest.id))
            row.until = NOW + timedelta(days=3)
    _status, told = ask(cast.moderator, f"topic:{topic.id}", "@gaspard")
    assert told["readable"]
    assert "Gaspard Guest is named, until 23 November 2026." in " ".join(told["because"])
    page = sign_in(cast.member).get(f"/t/{topic.id}/access").text
    assert "Gaspard Guest" in page
    assert "23 November 2026" in page
    _status, told = ask(cast.moderator, f"topic:{topic.id}", "@otto")
    assert (told["readable"], told["rule"]) == (False, "read")


def test_hidden_and_locked_and_archived_are_told(app: Flask, cast: Cast, ask: Callable[..., Any]) -> None:
    with app.app_context():
        hidden = make_topic(cast.lounge, cast.member, "Hidden")
        concealing.hide_topic(hidden, actor=cast.moderator, reason="No.")
        locked = make_topic(cast.lounge, cast.member, "Locked")
        locking.lock_topic(locked, actor=cast.moderator)
        make_category("attic", read="public", archived=True)
        post = make_post(make_topic(cast.lounge, cast.member, "Posts"), cast.other)
        concealing.hide_post(post, actor=cast.moderator, reason="No.")
    assert ask(cast.moderator, f"topic:{hidden.id}", "member")[1]["rule"] == "hidden"
    assert ask(cast.moderator, f"topic:{hidden.id}", "@mo")[1]["readable"]
    told = ask(cast.moderator, f"topic:{locked.id}", "member")[1]
    assert (told["readable"], told["may_reply"]) == (True, False)
    assert any("locked" in line for line in told["because"])
    assert any("archive" in line for line in ask(cast.staff, "category:attic", "visitor")[1]["because"])
    assert ask(cast.moderator, f"post:{post.id}", "member")[1]["rule"] == "hidden"
    assert ask(cast.moderator, f"post:{post.id}", "@otto")[1]["readable"]  # one's own text stays one's own


def test_who_may_not_ask_is_refused_by_the_usual_rule(
    app: Flask, cast: Cast, ask: Callable[..., Any], sign_in: SignIn
) -> None:
    with app.app_context():
        topic = make_topic(cast.lounge, cast.member, "Plain")
        closed = make_topic(cast.closed, cast.insider, "Closed")
    assert ask(cast.other, f"topic:{topic.id}")[0] == 403
    assert ask(cast.guest, f"topic:{topic.id}")[0] == 404
    for asker in (cast.staff, cast.site_moderator):  # nobody oversees a closed group
        assert ask(asker, f"topic:{closed.id}", "@ines")[0] == 404
        assert ask(asker, "category:closed-circle")[0] == 404
        assert sign_in(asker).get(f"/t/{closed.id}/access").status_code == 404
    assert ask(cast.insider, f"topic:{closed.id}", "staff-nobody")[0] in {403, 422}
    assert app.test_client().get(f"/api/v1/explain-access?subject=topic:{topic.id}").status_code == 401
    for wrong in ("", "topic", "topic:", "topic:x", "topic:99999999999999999999", "person:mina"):
        assert ask(cast.staff, wrong)[0] == 400, wrong
    assert ask(cast.staff, "topic:12345")[0] == 404
    assert ask(cast.staff, "category:nowhere")[0] == 404
    assert ask(cast.other, "category:lounge")[0] == 403


def test_an_author_is_told_yes_or_no_and_no_more(app: Flask, cast: Cast, ask: Callable[..., Any]) -> None:
    with app.app_context():
        topic = make_topic(cast.lounge, cast.member, "Mine")
    for name, readable in (("greta", True), ("edda", False), ("sven", False), ("stella", True)):
        status, told = ask(cast.member, f"topic:{topic.id}", f"@{name}")
        assert (status, told["readable"]) == (200, readable)
        words = " ".join(told["because"])
        for secret in ("until", "suspended", "grace", "20", "Spam"):
            assert secret not in words, (name, words)
    unknown = ask(cast.member, f"topic:{topic.id}", "@nobody-there")
    unconfirmed = ask(cast.member, f"topic:{topic.id}", "@uma")  # has no profile for members
    assert unknown == unconfirmed
    assert unknown[0] == 422
    assert ask(cast.member, f"topic:{topic.id}")[1]["viewer"] == "@mina"


def test_who_is_in_a_group_is_not_found_out_by_asking(
    app: Flask, cast: Cast, ask: Callable[..., Any]
) -> None:
    """A topic that members read and a secret group answers: yes or no would tell who is in the group."""
    with app.app_context():
        stage = make_category("stage", read="members", start="members")
        answered = choice("group", group_id=cast.secret_group.id)
        topic = make_topic(
            stage,
            cast.member,
            "Heard by few",
            audience=choice("members", "group", group_id=cast.secret_group.id),
        )
        assert answered
        open_group = create_group("choir", name="Choir", kind=GroupKind.OPEN)
        add_people(open_group, [cast.other])
        sung = make_topic(
            stage, cast.member, "Sung", audience=choice("group", group_id=open_group.id, opened=False)
        )
    answers = [ask(cast.member, f"topic:{topic.id}", f"@{name}") for name in ("caio", "otto", "stella")]
    assert {status for status, _told in answers} == {403}
    assert answers[0] == answers[1] == answers[2]  # whoever it is about
    assert ask(cast.member, f"topic:{topic.id}", "member")[0] == 200
    assert ask(cast.member, f"topic:{topic.id}")[0] == 200  # about oneself
    assert ask(cast.site_moderator, f"topic:{topic.id}", "@caio")[0] == 403
    told = ask(cast.staff, f"topic:{topic.id}", "@caio")[1]
    assert told["may_reply"]
    assert any("Caio Confidant is in it." in line for line in told["because"])
    assert ask(cast.site_moderator, f"topic:{sung.id}", "@otto")[1]["rule"] == "audience"


def test_a_tombstone_says_no_more_to_its_reader(app: Flask, cast: Cast, ask: Callable[..., Any]) -> None:
    with app.app_context():
        topic = make_topic(cast.lounge, cast.member, "Mine")
        hidden, deleted = make_post(topic, cast.other), make_post(topic, cast.other)
        concealing.hide_post(hidden, actor=cast.moderator, reason="No.")
        concealing.delete_post(deleted, actor=cast.other)
    answers = [ask(cast.member, f"post:{post.id}", "@otto") for post in (hidden, deleted)]
    assert answers[0] == answers[1]
    assert answers[0][0] == 403


def test_the_page_says_the_same_and_keeps_what_was_asked(app: Flask, cast: Cast, sign_in: SignIn) -> None:
    with app.app_context():
        topic = make_topic(cast.lounge, cast.member, "Plain")
    moderator = sign_in(cast.moderator)
    assert f'href="/t/{topic.id}/access"' in moderator.get(f"/t/{topic.id}/plain").text
    page = moderator.get(f"/t/{topic.id}/access?viewer=@gaspard")
    assert page.status_code == 200
    assert "Gaspard Guest is not among them." in page.text
    wrong = moderator.get(f"/t/{topic.id}/access?viewer=@who-is-this")
    assert wrong.status_code == 422
    assert 'value="@who-is-this"' in wrong.text
    assert moderator.get("/c/lounge/access?viewer=guest").status_code == 200
    assert 'href="/c/lounge/access"' in moderator.get("/c/lounge").text
    other = sign_in(cast.other)
    assert other.get(f"/t/{topic.id}/access").status_code == 403
    assert f"/t/{topic.id}/access" not in other.get(f"/t/{topic.id}/plain").text
    assert "/c/lounge/access" not in other.get("/c/lounge").text
    assert sign_in(cast.guest).get("/c/lounge/access").status_code == 404
