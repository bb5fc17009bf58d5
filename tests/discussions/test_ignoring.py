"""Ignoring somebody: folded for oneself alone, and nobody can tell."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from forum.access.models import RoleName
from forum.accounts.actions import ignore, stop_ignoring
from forum.accounts.models import User
from forum.core.db import db
from forum.discussions.actions import concealing
from forum.discussions.models import Topic
from forum.notifications.actions import notify
from forum.notifications.models import Notification, NotificationKind
from tests.api.conftest import Program
from tests.cast import Cast
from tests.factories import grant, make_post, make_topic, make_user

SignIn = Callable[[User], FlaskClient]
Submit = Callable[..., Any]
FOLDED = "A post by somebody you ignore"


def now_is(user: User) -> User:
    return db.session.get_one(User, user.id)


def ignoring(app: Flask, reader: User, person: User) -> None:
    with app.app_context():
        ignore(now_is(person), reader=now_is(reader))


@pytest.fixture
def topic(app: Flask, cast: Cast) -> Topic:
    with app.app_context():
        topic = make_topic(cast.lounge, cast.other, "Loud opinions")
        make_post(topic, cast.grace, "A calm answer.")
        make_post(topic, cast.other, "A loud answer.")
        return topic


def test_what_an_ignored_person_writes_is_folded_and_can_be_looked_at(
    app: Flask, cast: Cast, topic: Topic, sign_in: SignIn
) -> None:
    page = f"/t/{topic.id}/{topic.slug}"
    browser, another = sign_in(cast.member), sign_in(cast.insider)
    assert FOLDED not in browser.get(page).text
    ignoring(app, cast.member, cast.other)
    for view in ("", "?view=threaded"):
        seen = browser.get(page + view).text
        assert seen.count(FOLDED) == 2
        assert "A loud answer." in seen  # inside of what is folded
        assert FOLDED not in another.get(page + view).text  # who shares its parts
    with app.app_context():
        stop_ignoring(cast.other.id, reader=now_is(cast.member))
    assert FOLDED not in browser.get(page).text


def test_where_they_moderate_they_are_read_all_the_same(app: Flask, cast: Cast, sign_in: SignIn) -> None:
    with app.app_context():
        here = make_topic(cast.lounge, cast.moderator, "House rules")
        elsewhere = make_topic(cast.welcome, cast.moderator, "A walk")
    ignoring(app, cast.member, cast.moderator)
    browser = sign_in(cast.member)
    assert FOLDED not in browser.get(f"/t/{here.id}/{here.slug}").text
    assert FOLDED in browser.get(f"/t/{elsewhere.id}/{elsewhere.slug}").text


def test_what_they_begin_is_not_unread_and_dimmed_in_lists(
    app: Flask, cast: Cast, topic: Topic, sign_in: SignIn
) -> None:
    with app.app_context():
        make_topic(cast.lounge, cast.grace, "Quiet thoughts")
    browser, program = sign_in(cast.member), Program(app, sign_in(cast.member))
    unread = lambda: program.get("/categories/lounge").json["unread"]  # noqa: E731
    assert unread() == 2
    assert "topic-row--ignored" not in browser.get("/c/lounge").text
    ignoring(app, cast.member, cast.other)
    assert unread() == 1
    listed = browser.get("/c/lounge").text
    assert listed.count("topic-row--ignored") == 1
    assert "Loud opinions" in listed
    seen = browser.get("/unread").text
    assert "Quiet thoughts" in seen
    assert "Loud opinions" not in seen
    assert "Loud opinions" in sign_in(cast.insider).get("/unread").text


def test_what_they_write_in_topics_of_others_is_not_unread(
    app: Flask, cast: Cast, sign_in: SignIn, count_statements: Any
) -> None:
    with app.app_context():
        calm = make_topic(cast.lounge, cast.grace, "Quiet thoughts")
    browser, program = sign_in(cast.member), Program(app, sign_in(cast.member))
    program.put(f"/topics/{calm.id}/read", {"number": 1})
    with app.app_context():
        make_post(calm, cast.other)
    page, states = f"/t/{calm.id}/{calm.slug}", lambda: program.get(f"/topics/{calm.id}").json["unread"]
    shown = lambda: (  # noqa: E731
        states(),
        program.get("/categories/lounge").json["unread"],
        "Quiet thoughts" in browser.get("/unread").text,
        "post--new" in browser.get(page).text,
    )

    def cost(address: str) -> int:
        browser.get(address)
        with count_statements() as sent:
            browser.get(address)
        return len(sent)

    assert shown() == (1, 1, True, True)
    costs = [cost(address) for address in ("/", "/c/lounge", "/unread", page)]
    ignoring(app, cast.member, cast.other)
    assert shown() == (0, 0, False, False)
    assert [cost(address) for address in ("/", "/c/lounge", "/unread", page)] <= costs
    with app.app_context():
        make_post(calm, cast.grace)
        make_post(calm, cast.other)
    assert shown() == (1, 1, True, True)
    with app.app_context():  # whoever moderates here is read all the same
        grant(cast.other, RoleName.MODERATOR, cast.lounge.place)
    assert shown() == (3, 1, True, True)


def test_they_are_neither_suggested_nor_heard_of(
    app: Flask, cast: Cast, topic: Topic, sign_in: SignIn
) -> None:
    program = Program(app, sign_in(cast.member))
    names = lambda: {one["username"] for one in program.get(f"/topics/{topic.id}/mentionable").json["items"]}  # noqa: E731
    assert names() == {"otto", cast.grace.username}
    ignoring(app, cast.member, cast.other)
    assert names() == {cast.grace.username}

    def told(kind: NotificationKind) -> set[int]:
        with app.app_context():
            notify(
                [cast.member.id, cast.insider.id],
                kind,
                key=f"k-{kind}",
                actor_id=cast.other.id,
                topic_id=topic.id,
            )
            return set(db.session.scalars(select(Notification.user_id).where(Notification.kind == kind)))

    assert told(NotificationKind.MENTION) == {cast.insider.id}
    assert told(NotificationKind.MODERATED) == {cast.member.id, cast.insider.id}


def test_who_is_ignored_cannot_tell(app: Flask, cast: Cast, topic: Topic, sign_in: SignIn) -> None:
    them, staff = sign_in(cast.other), sign_in(cast.staff)
    pages = [
        f"/t/{topic.id}/{topic.slug}",
        "/",
        "/c/lounge",
        "/people/mina",
        "/people/mina/ignore",
        "/settings/ignored",
    ]
    watched = [(browser, page) for browser in (them, staff) for page in pages]
    before = [browser.get(page).status_code for browser, page in watched] + [
        len(browser.get(page).text) for browser, page in watched
    ]
    ignoring(app, cast.member, cast.other)
    after = [browser.get(page).status_code for browser, page in watched] + [
        len(browser.get(page).text) for browser, page in watched
    ]
    assert before == after


def test_from_a_post_a_profile_the_settings_and_by_programs(
    app: Flask, cast: Cast, topic: Topic, sign_in: SignIn, submit: Submit
) -> None:
    member, guest = sign_in(cast.member), sign_in(cast.guest)
    with app.app_context():
        public = make_topic(cast.welcome, cast.other)
        post = make_post(public, cast.other)
    assert f'href="/posts/{post.id}/ignore"' in guest.get(f"/t/{public.id}/{public.slug}").text
    assert "Ignore this person" in guest.get(f"/posts/{post.id}/ignore").text
    assert submit(guest, f"/posts/{post.id}/ignore", on="1").status_code == 303
    assert "Stop ignoring this person" in guest.get(f"/posts/{post.id}/ignore").text
    assert cast.other.name in guest.get("/settings/ignored").text
    submit(guest, f"/settings/ignored/{cast.other.id}/end")
    assert "You ignore nobody" in guest.get("/settings/ignored").text
    assert guest.get("/people/otto/ignore").status_code == 404
    assert 'href="/people/otto/ignore"' in member.get("/people/otto").text
    submit(member, "/people/otto/ignore", on="1")
    program = Program(app, sign_in(cast.member))
    for _ in range(2):
        assert program.put("/users/otto/ignore").status_code == 204
    assert [one["username"] for one in program.get("/ignored").json["items"]] == ["otto"]
    assert Program(app, sign_in(cast.staff)).get("/ignored").json["items"] == []
    submit(member, "/people/otto/ignore", on="0")
    assert program.get("/ignored").json["items"] == []
    assert program.put("/users/mina/ignore").status_code == 403
    assert program.delete("/users/otto/ignore").status_code == 204
    # Whom one has met one can name; of everybody else it is not said whether they are there.
    guests = Program(app, sign_in(cast.guest))
    for path in ("/users/otto/ignore", f"/posts/{post.id}/ignore"):
        assert (guests.put(path).status_code, len(guests.get("/ignored").json["items"])) == (204, 1)
        assert (guests.delete(path).status_code, guests.get("/ignored").json["items"]) == (204, [])
    unmet, nobody = guests.put("/users/grace/ignore"), guests.put("/users/nobody-there/ignore")
    assert (
        (unmet.status_code, unmet.json["title"])
        == (nobody.status_code, nobody.json["title"])
        == (404, "Not here")
    )
    told = [submit(guest, "/settings/ignored", username=name) for name in ("grace", "nobody-there")]
    assert [answer.status_code for answer in told] == [422, 422]
    assert told[0].text.replace("grace", "nobody-there") == told[1].text
    assert "You have met nobody" in told[0].text
    assert submit(guest, "/settings/ignored", username="@otto").status_code == 303
    assert cast.other.name in guest.get("/settings/ignored").text
    with app.app_context():  # whoever is lost from sight can be read again all the same
        concealing.delete_post(post, actor=now_is(cast.other))
        concealing.hide_topic(public, actor=now_is(cast.staff), reason="No.")
    assert guests.delete("/users/otto/ignore").status_code == 204
    assert guests.put("/users/otto/ignore").status_code == 404
    assert "cannot ignore yourself" in submit(member, "/settings/ignored", username="mina").text
    closed = make_hidden(app, cast)
    assert submit(member, f"/posts/{closed}/ignore", on="1").status_code == 404


def make_hidden(app: Flask, cast: Cast) -> int:
    with app.app_context():
        return make_post(make_topic(cast.secret, cast.confidant), cast.confidant).id


def test_there_is_an_end_to_it_and_the_list_is_paged(
    app: Flask, cast: Cast, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("forum.accounts.actions.ignoring.MOST", 7)
    with app.app_context():
        people = [make_user() for _ in range(8)]
        for person in people[:7]:
            ignore(person, reader=now_is(cast.member))
    program = Program(app, sign_in(cast.member))
    refused = program.put(f"/users/{people[7].username}/ignore")
    assert refused.status_code == 422
    assert len(program.items("/ignored?limit=3")) == 7
