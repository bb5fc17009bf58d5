"""What helps while one writes: the preview, whom one can mention, what sounds alike."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from forum.access.models import RoleName
from forum.core.db import db
from forum.discussions.models import Post, Topic
from forum.discussions.queries.mentionable import MOST
from forum.groups.actions import add_people
from tests.cast import Cast
from tests.conftest import SignIn
from tests.factories import choice, grant, make_category, make_post, make_topic, make_user

Submit = Any
BODY = "A **bold** word for @mina, and\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```python\nprint(1)\n```"


def names(browser: FlaskClient, where: str, q: str = "") -> list[str]:
    answer = browser.get(f"{where}/mentionable?q={q}")
    assert answer.status_code == 200, answer.text
    return [person["username"] for person in answer.json["items"]]


def test_the_preview_is_what_will_be_stored(
    app: Flask, cast: Cast, sign_in: SignIn, submit: Submit, csrf: Any
) -> None:
    with app.app_context():
        topic = make_topic(cast.lounge, cast.other)
    browser = sign_in(cast.member)
    head = {"X-CSRF-Token": csrf(browser)}
    shown = browser.post("/api/v1/preview", json={"body": BODY}, headers=head).json["html"]
    part = submit(browser, "/preview?part=1", body=BODY).text
    page = submit(browser, "/preview?to=/t/1/reply", body=BODY, reply_to="3").text
    submit(browser, f"/t/{topic.id}/reply", body=BODY)
    last = browser.get(f"/api/v1/topics/{topic.id}/posts").json["items"][-1]
    assert shown == last["html"]
    assert shown in part
    assert shown in page
    assert 'name="reply_to" value="3"' in page
    assert 'action="/t/1/reply"' in page


def test_what_cannot_be_stored_is_told_in_the_preview(cast: Cast, sign_in: SignIn, submit: Submit) -> None:
    browser = sign_in(cast.member)
    assert "Write something first." in submit(browser, "/preview?part=1", body=" ").text
    deep = submit(browser, "/preview?to=https://elsewhere.example/", body="> " * 40 + "deep")
    assert deep.status_code == 422
    assert "nested too deeply" in deep.text
    assert "elsewhere.example" not in deep.text
    assert "&gt; &gt;" in deep.text, "what was typed is kept"


def test_a_visitor_has_no_preview(client: FlaskClient, submit: Submit) -> None:
    assert submit(client, "/preview", body="Words.").status_code == 401


def test_only_people_who_could_read_it_are_suggested(app: Flask, cast: Cast, sign_in: SignIn) -> None:
    with app.app_context():
        make_user("milo", name="Milo Member")
        make_user("mirko", standing="guest", name="Mirko Guest")
        make_user("miro", standing="expired", name="Miro Expired")
        make_user("mick", name="Mick Unconfirmed", email_confirmed_at=None)
        make_user("mia", name="Mia Archived", email=None, email_key=None, imported_at=cast.member.created_at)
        for_members = make_topic(cast.lounge, cast.other)
        for_guests = make_topic(cast.porch, cast.other)
        secret = make_topic(cast.secret, cast.confidant)
        add_people(cast.secret_group, [make_user("mika", name="Mika Confidant")])
    member = sign_in(cast.grace)
    assert names(member, f"/api/v1/topics/{for_members.id}", "mi") == ["mika", "milo", "mina"]
    assert names(member, f"/api/v1/topics/{for_guests.id}", "mi") == ["mika", "milo", "mina", "mirko", "miro"]
    assert names(sign_in(cast.confidant), f"/api/v1/topics/{secret.id}", "mi") == ["mika"]
    assert names(member, "/api/v1/categories/lounge", "mi") == ["mika", "milo", "mina"]
    assert member.get(f"/api/v1/topics/{secret.id}/mentionable?q=mi").status_code == 404


def test_who_writes_in_a_topic_comes_first_and_a_guest_is_told_of_nobody_else(
    app: Flask, cast: Cast, sign_in: SignIn
) -> None:
    with app.app_context():
        topic = make_topic(cast.welcome, cast.other)
        make_post(topic, cast.member)
        make_post(topic, cast.staff)
    assert names(sign_in(cast.guest), f"/api/v1/topics/{topic.id}") == ["stella", "mina", "otto"]
    assert names(sign_in(cast.guest), f"/api/v1/topics/{topic.id}", "mi") == ["mina"]
    assert names(sign_in(cast.guest), f"/api/v1/topics/{topic.id}", "mo") == []
    assert names(sign_in(cast.grace), f"/api/v1/topics/{topic.id}", "mo") == ["mo"]
    assert names(sign_in(cast.grace), f"/api/v1/topics/{topic.id}", "m") == ["mina"], "two letters at least"


def test_people_are_found_by_surname_and_without_accents(app: Flask, cast: Cast, sign_in: SignIn) -> None:
    with app.app_context():
        topic = make_topic(cast.lounge, cast.other)
        make_user("zdenka", name="Zdeňka Černá")
        make_user("percent", name="Per%cent Under_score")
    browser = sign_in(cast.member)
    assert names(browser, f"/api/v1/topics/{topic.id}", "cern") == ["zdenka"]
    assert names(browser, f"/api/v1/topics/{topic.id}", "ZDEN") == ["zdenka"]
    assert names(browser, f"/api/v1/topics/{topic.id}", "%25") == []
    assert names(browser, f"/api/v1/topics/{topic.id}", "per%25") == ["percent"]


def test_no_more_than_ten_are_suggested(app: Flask, cast: Cast, sign_in: SignIn) -> None:
    with app.app_context():
        topic = make_topic(cast.lounge, cast.other)
        for n in range(MOST + 5):
            make_user(f"quinn{n}")
    assert len(names(sign_in(cast.member), f"/api/v1/topics/{topic.id}", "quinn")) == MOST


@pytest.mark.parametrize(
    ("title", "found"),
    [
        ("Which pump for the night shift?", ["Pumps on night shifts: which one?"]),
        ("pumps NIGHT shift", ["Pumps on night shifts: which one?"]),
        ("Übelkeit nach Cisplatin", ["Ubelkeit nach Cisplatin: was hilft?"]),
        ("化学療法の副作用", ["化学療法の副作用について"]),
        ("A pump", []),
        ("Nothing of the kind was ever asked", []),
        ("", []),
    ],
)
def test_titles_that_sound_alike(
    app: Flask, cast: Cast, sign_in: SignIn, title: str, found: list[str]
) -> None:
    with app.app_context():
        for there in ("Pumps on night shifts: which one?", "Ubelkeit nach Cisplatin: was hilft?", "A rota"):
            make_topic(cast.lounge, cast.other, there)
        make_topic(cast.lounge, cast.other, "化学療法の副作用について")
    answer = sign_in(cast.member).get("/api/v1/categories/lounge/similar", query_string={"title": title})
    assert [topic["title"] for topic in answer.json["items"]] == found


def test_a_title_that_may_not_be_read_is_no_hint(app: Flask, cast: Cast, sign_in: SignIn) -> None:
    with app.app_context():
        make_topic(
            cast.lounge,
            cast.other,
            "The jury's list of winners",
            audience=choice("people"),
            people=[cast.grace],
        )
        assert db.session.scalars(db.select(Topic)).one()
    where = "/api/v1/categories/lounge/similar?title=List+of+winners+by+the+jury"
    assert sign_in(cast.member).get(where).json["items"] == []
    assert len(sign_in(cast.grace).get(where).json["items"]) == 1


def test_suggestions_take_no_more_statements_with_more_topics(
    app: Flask, cast: Cast, sign_in: SignIn, count_statements: Any
) -> None:
    with app.app_context():
        place = make_category("pumps")
        grant(cast.member, RoleName.MODERATOR, place.place)
        make_topic(place, cast.other, "Pumps at night, number one")
    browser = sign_in(cast.member)
    counts = []
    for more in (0, 20):
        with app.app_context():
            for n in range(more):
                make_topic(place, cast.other, f"Pumps at night, number {n}")
        browser.get("/api/v1/categories/pumps/similar?title=Pumps+at+night")
        with count_statements() as sent:
            assert browser.get("/api/v1/categories/pumps/similar?title=Pumps+at+night").json["items"]
        counts.append(len(sent))
    assert counts[0] == counts[1] <= 8, counts


def test_the_preview_stores_nothing(app: Flask, cast: Cast, sign_in: SignIn, submit: Submit) -> None:
    submit(sign_in(cast.member), "/preview", body="Words.")
    with app.app_context():
        assert db.session.scalar(db.select(db.func.count(Post.id))) == 0


def test_whoever_is_spoken_to_sees_it_marked_and_nobody_else(
    app: Flask, cast: Cast, sign_in: SignIn, submit: Submit
) -> None:
    with app.app_context():
        topic = make_topic(cast.lounge, cast.other, "Spoken to")
    submit(sign_in(cast.other), f"/t/{topic.id}/reply", body=f"@{cast.member.username}, what do you say?")
    address = f"/t/{topic.id}/spoken-to"
    mine = f'<a class="mention mention--me" href="/people/{cast.member.username}"'
    for _time in range(2):  # what is kept of a post for one is not shown to the other
        assert "mention--me" not in sign_in(cast.grace).get(address).text
        assert mine in sign_in(cast.member).get(address).text
