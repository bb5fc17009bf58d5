"""Who sees whom: members see each other, everybody sees themselves, nobody is shown to guests and visitors."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from forum.access.models import RoleName
from forum.access.permissions import Permission
from forum.access.rules import judge
from forum.access.viewer import VISITOR, viewer_of
from forum.accounts import actions
from forum.accounts.models import User
from forum.core import clock
from forum.discussions.actions import concealing
from tests.cast import Cast
from tests.factories import grant, make_post, make_topic, make_user

SignIn = Callable[[User], FlaskClient]
Submit = Callable[..., Any]

SEES_MEMBERS = ["member", "other", "grace", "moderator", "site_moderator", "staff", "insider", "confidant"]
SEES_ONESELF = ["guest", "unconfirmed", "expired"]


def test_who_may_look_at_whom(app: Flask, cast: Cast) -> None:
    with app.app_context():
        ghost = make_user("ghost", name="Ghost Writer", email=None, email_key=None, imported_at=clock.now())

        def sees(viewer: User | None, person: User) -> bool:
            looking = viewer_of(viewer) if viewer else VISITOR
            return bool(judge(Permission.READ_PROFILE, looking, person))

        for name in SEES_MEMBERS:
            viewer = cast.people[name]
            for person in (cast.guest, cast.member, cast.expired, cast.staff, cast.suspended, ghost):
                assert sees(viewer, person), (name, person.username)
            assert sees(viewer, cast.unconfirmed) is (name == "staff"), name
        for name in SEES_ONESELF:
            viewer = cast.people[name]
            for person in (cast.member, cast.staff, ghost):
                assert not sees(viewer, person), (name, person.username)
            assert sees(viewer, viewer)
        assert not sees(cast.suspended, cast.member)
        assert not any(sees(None, person) for person in cast.people.values())


def test_a_profile_that_is_not_there_for_someone_is_as_one_that_never_was(
    client: FlaskClient, cast: Cast, sign_in: SignIn
) -> None:
    for browser in (client, sign_in(cast.guest), sign_in(cast.expired)):
        hidden, nobody = browser.get("/people/mina"), browser.get("/people/nobody-at-all")
        assert hidden.status_code == nobody.status_code == 404
        assert hidden.data == nobody.data
        assert browser.get("/api/v1/users/mina").data == browser.get("/api/v1/users/nobody").data
    assert sign_in(cast.member).get("/people/gaspard").status_code == 200
    assert sign_in(cast.guest).get("/people/gaspard").status_code == 200


def test_counts_and_topics_are_those_the_viewer_may_read(app: Flask, cast: Cast, sign_in: SignIn) -> None:
    with app.app_context():
        open_topic = make_topic(cast.lounge, cast.insider, "Open to members")
        closed = make_topic(cast.closed, cast.insider, "Closed to most")
        make_post(open_topic, cast.insider)
        make_post(closed, cast.insider)
        hidden = make_post(make_topic(cast.lounge, cast.other, "Elsewhere"), cast.insider)
        concealing.hide_post(hidden, actor=cast.moderator, reason="Off topic")
    page = sign_in(cast.member).get("/people/ines").text
    assert "2 posts, 1 topic started" in page
    assert "Open to members" in page
    assert "Closed to most" not in page
    assert "Elsewhere" not in page
    own = sign_in(cast.insider).get("/people/ines").text
    assert "4 posts, 2 topics started" in own
    assert "Closed to most" in own


def test_a_role_in_a_closed_place_is_not_named_to_others(app: Flask, cast: Cast, sign_in: SignIn) -> None:
    with app.app_context():
        grant(cast.insider, RoleName.MODERATOR, cast.closed.place)
        grant(cast.insider, RoleName.MODERATOR, cast.lounge.place)
    page = sign_in(cast.member).get("/people/ines").text
    assert "Moderator of Lounge" in page
    assert "Closed circle" not in page
    assert "Moderator of Closed circle" in sign_in(cast.insider).get("/people/ines").text


def test_other_spellings_and_old_names_lead_to_the_person(
    app: Flask, cast: Cast, sign_in: SignIn, submit: Submit
) -> None:
    other = sign_in(cast.other)
    assert other.get("/people/MINA").headers["Location"] == "/people/mina"
    with app.app_context():
        actions.change_username(cast.member, username="mbeki")
    assert other.get("/people/mina").headers["Location"] == "/people/mbeki"
    assert other.get("/people/mbeki").status_code == 200
    assert sign_in(cast.guest).get("/people/mina").status_code == 404


def test_a_profile_asks_the_same_number_of_questions_however_much_one_wrote(
    app: Flask, cast: Cast, sign_in: SignIn, count_statements: Callable[[], Any]
) -> None:
    with app.app_context():
        make_topic(cast.lounge, cast.other, "First")
    browser = sign_in(cast.member)
    browser.get("/people/otto")
    with count_statements() as few:
        browser.get("/people/otto")
    with app.app_context():
        for number in range(8):
            make_post(make_topic(cast.lounge, cast.other, f"Topic {number}"), cast.other)
    with count_statements() as many:
        assert "Topic 7" in browser.get("/people/otto").text
    assert len(many) == len(few) <= 9


def test_own_posts_stay_readable_and_closed_titles_are_withheld(
    app: Flask, cast: Cast, sign_in: SignIn
) -> None:
    with app.app_context():
        topic = make_topic(cast.lounge, cast.other, "Members alone know this title")
        make_post(topic, cast.grace, "What Greta wrote herself")
        open_topic = make_topic(cast.welcome, cast.other, "Everybody knows this one")
        make_post(open_topic, cast.grace, "What Greta wrote in the open")
        gone = make_post(open_topic, cast.grace, "What was hidden from others")
        concealing.hide_post(gone, actor=cast.site_moderator, reason="Off topic")
        make_post(topic, cast.member, "What somebody else wrote")
    clock.advance(timedelta(days=51))  # and with it the grace is over
    page = sign_in(cast.grace).get("/settings/posts")
    assert page.status_code == 200
    for text in ("What Greta wrote herself", "in the open", "hidden from others", "Everybody knows this one"):
        assert text in page.text
    assert "A topic that is closed to you" in page.text
    for text in ("Members alone know", "somebody else wrote"):
        assert text not in page.text


def test_own_posts_are_paged(app: Flask, cast: Cast, sign_in: SignIn) -> None:
    with app.app_context():
        topic = make_topic(cast.welcome, cast.other)
        for number in range(33):
            make_post(topic, cast.guest, f"Number {number:02} of many")
    browser = sign_in(cast.guest)
    first = browser.get("/settings/posts").text
    after = first.split("/settings/posts?after=")[1].split('"')[0]
    second = browser.get(f"/settings/posts?after={after}").text
    for number in range(33):
        text = f"Number {number:02} of many"
        assert (text in first) != (text in second), text


@pytest.mark.parametrize("name", ["guest", "member", "expired", "staff"])
def test_programs_learn_who_they_are(cast: Cast, sign_in: SignIn, name: str) -> None:
    user = cast.people[name]
    answer = sign_in(user).get("/api/v1/me")
    assert answer.status_code == 200
    me = answer.json
    assert me is not None
    assert me["id"] == str(user.id)
    assert (me["username"], me["name"], me["email"]) == (user.username, user.name, user.email)
    assert me["standing"] == {"guest": "guest", "expired": "lapsed"}.get(name, "member")
    assert me["has_member_rights"] is (name in ("member", "staff"))
    assert me["roles"] == ([{"role": "staff", "place_id": None}] if name == "staff" else [])


def test_programs_see_people_as_members_do_and_no_address(
    client: FlaskClient, cast: Cast, sign_in: SignIn
) -> None:
    unknown = client.get("/api/v1/me")
    assert unknown.status_code == 401
    assert unknown.mimetype == "application/problem+json"
    answer = sign_in(cast.member).get("/api/v1/users/otto")
    assert answer.status_code == 200
    assert answer.json is not None
    assert {"id", "username", "name", "standing", "avatar_url"} <= answer.json.keys()
    assert "otto@example.org" not in answer.text
    assert client.get("/api/v1/users/otto").status_code == 404
    assert sign_in(cast.guest).get("/api/v1/users/otto").status_code == 404
