"""Writing through the API: allowed and refused from the same set-up, once each, and never over somebody else's words."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask

from forum.core import clock
from forum.core.db import db
from forum.discussions.models import Post, Topic
from tests.api.conftest import Program, ProgramOf
from tests.cast import Cast
from tests.factories import choice, make_post, make_topic


def count(app: Flask, what: type[Any]) -> int:
    with app.app_context():
        return db.session.query(what).count()


def test_members_start_topics_and_guests_only_where_guests_may(
    app: Flask, cast: Cast, program: ProgramOf
) -> None:
    body = {"title": "  A  question ", "body": "Who *asks*?", "client_id": "a-1"}
    member, guest = program(cast.member), program(cast.guest)
    made = member.post("/categories/porch/topics", body)
    assert made.status_code == 201
    assert made.json["title"] == "A question"
    assert made.json["author"]["username"] == "mina"
    assert member.get(made.headers["Location"].removeprefix("/api/v1")).json == made.json
    posts = member.items(f"/topics/{made.json['id']}/posts")
    assert posts[0]["body"] == "Who *asks*?"
    assert "<em>asks</em>" in posts[0]["html"]
    refused = guest.post("/categories/porch/topics", body)
    assert refused.status_code == 403
    assert "only members start topics" in refused.json["detail"]
    assert guest.post("/categories/welcome/topics", body).status_code == 201
    assert program(None).post("/categories/welcome/topics", body).status_code == 401
    assert program(cast.unconfirmed).post("/categories/welcome/topics", body).status_code == 403


def test_the_same_client_id_makes_one_topic_and_one_post(app: Flask, cast: Cast, program: ProgramOf) -> None:
    member = program(cast.member)
    body = {"title": "Once", "body": "Only once.", "client_id": "once"}
    first, again = (member.post("/categories/lounge/topics", body) for _ in range(2))
    assert first.json["id"] == again.json["id"]
    where = f"/topics/{first.json['id']}/posts"
    one, two = (member.post(where, {"body": "A reply.", "client_id": "r"}) for _ in range(2))
    assert one.json == two.json
    assert member.post(where, {"body": "Another.", "client_id": "r"}).status_code == 409
    assert count(app, Topic) == 1
    assert count(app, Post) == 2


def test_the_same_client_id_from_two_sides_at_once_makes_one(
    app: Flask, cast: Cast, program: ProgramOf
) -> None:
    with app.app_context():
        topic = make_topic(cast.lounge, cast.other)
    sides = [program(cast.member) for _ in range(4)]
    for path, body in (
        (f"/topics/{topic.id}/posts", {"body": "Twice sent.", "client_id": "p"}),
        ("/categories/lounge/topics", {"title": "Twice", "body": "Sent twice.", "client_id": "t"}),
    ):
        before = count(app, Post)

        def send(side: Program, path: str = path, body: dict[str, str] = body) -> Any:
            return side.post(path, body)

        with ThreadPoolExecutor(len(sides)) as pool:
            answers = list(pool.map(send, sides))
        assert {answer.status_code for answer in answers} == {201}
        assert len({answer.json["id"] for answer in answers}) == 1
        assert count(app, Post) == before + 1


def test_a_reply_names_the_post_it_answers(app: Flask, cast: Cast, program: ProgramOf) -> None:
    with app.app_context():
        topic, elsewhere = make_topic(cast.lounge, cast.other), make_topic(cast.desk, cast.staff)
        post, foreign = make_post(topic, cast.other), make_post(elsewhere, cast.staff)
    member, where = program(cast.member), f"/topics/{topic.id}/posts"
    answer = member.post(where, {"body": "Yes.", "reply_to": str(post.id)})
    assert answer.status_code == 201
    assert (answer.json["reply_to"], answer.json["depth"], answer.json["number"]) == (str(post.id), 1, 3)
    assert answer.headers["Location"] == f"/api/v1/posts/{answer.json['id']}"
    wrong = [
        member.post(where, {"body": "Yes.", "reply_to": to})
        for to in (str(foreign.id), "12345", "0", "9" * 19)
    ]
    assert {one.status_code for one in wrong} == {422}
    assert len({one.data for one in wrong}) == 1
    assert member.post(where, {"body": "Yes.", "reply_to": post.number}).status_code == 422


def test_replies_are_refused_in_words_where_one_reads_only(
    app: Flask, cast: Cast, program: ProgramOf
) -> None:
    with app.app_context():
        topic = make_topic(cast.welcome, cast.member, audience=choice("public", "members"))
    body = {"body": "May I?"}
    assert program(cast.other).post(f"/topics/{topic.id}/posts", body).status_code == 201
    refused = program(cast.guest).post(f"/topics/{topic.id}/posts", body)
    assert refused.status_code == 403
    assert "only members can answer" in refused.json["detail"]
    assert program(None).post(f"/topics/{topic.id}/posts", body).status_code == 401


def test_an_edit_keeps_the_old_words_for_author_and_moderators(
    app: Flask, cast: Cast, program: ProgramOf
) -> None:
    with app.app_context():
        topic = make_topic(cast.lounge, cast.other)
        post = make_post(topic, cast.member, "Tpyo.")
    author, where = program(cast.member), f"/posts/{post.id}"
    edited = author.patch(where, {"body": "Typo.", "reason": "Spelling."})
    assert (edited.status_code, edited.json["body"]) == (200, "Typo.")
    assert edited.json["edited_at"] == "2026-11-20T09:00:00Z"
    assert program(cast.moderator).patch(where, {"body": "Typo, fixed."}).status_code == 200
    for reader in (author, program(cast.moderator), program(cast.staff)):
        told = reader.items(f"{where}/revisions?limit=1")
        assert [(one["body"], one["edited_by"]["username"], one["reason"]) for one in told] == [
            ("Typo.", "mo", ""),
            ("Tpyo.", "mina", "Spelling."),
        ]
    other = program(cast.other)
    assert other.patch(where, {"body": "Mine."}).status_code == 403
    assert other.get(f"{where}/revisions").status_code == 403
    assert program(None).get(f"{where}/revisions").status_code == 404
    clock.freeze(clock.now().replace(day=29))
    late = author.patch(where, {"body": "Too late."})
    assert late.status_code == 403
    assert "is over" in late.json["detail"]


def test_if_match_refuses_what_somebody_else_has_changed(app: Flask, cast: Cast, program: ProgramOf) -> None:
    with app.app_context():
        topic = make_topic(cast.lounge, cast.member)
        post = make_post(topic, cast.member, "One.")
        alone = make_topic(cast.lounge, cast.member)
    author, moderator = program(cast.member), program(cast.moderator)
    for path, change in ((f"/posts/{post.id}", "body"), (f"/topics/{alone.id}", "title")):
        seen = {"If-Match": author.get(path).headers["ETag"]}
        changed = moderator.patch(path, {change: "Changed by a moderator."})
        assert changed.status_code == 200
        stale = author.patch(path, {change: "Over it."}, headers=seen)
        assert stale.status_code == 412
        assert author.delete(path, headers=seen).status_code == 412
        assert author.get(path).json[change] == "Changed by a moderator."
        fresh = {"If-Match": f'"7-aa", {author.get(path).headers["ETag"]}'}
        assert author.patch(path, {change: "With it."}, headers=fresh).status_code == 200
        for no_tag in (
            "W/" + fresh["If-Match"][8:],
            '"x"',
            '""',
            'W/"G", "*=", ""',
            "rubbish",
            '"-1"',
            '"' + "f" * 40 + '"',
            "",
        ):
            answer = author.patch(path, {change: "No."}, headers={"If-Match": no_tag})
            assert answer.status_code == 412, no_tag
        assert author.patch(path, {change: "Any."}, headers={"If-Match": "*"}).status_code == 200
    where = f"/topics/{topic.id}/audience"
    seen = {"If-Match": author.get(f"/topics/{topic.id}").headers["ETag"]}
    assert author.put(where, {"read": "members"}, headers=seen).status_code == 200
    assert author.put(where, {"inherits": True}, headers=seen).status_code == 412
    tag = author.patch(f"/topics/{topic.id}", {"title": "Its tag comes along"}).headers["ETag"]
    assert author.get(f"/topics/{topic.id}").headers["ETag"] == tag


def test_one_deletes_ones_own_and_brings_it_back(app: Flask, cast: Cast, program: ProgramOf) -> None:
    with app.app_context():
        topic = make_topic(cast.lounge, cast.member)
        post = make_post(topic, cast.member)
        alone = make_topic(cast.lounge, cast.member)
    author, other = program(cast.member), program(cast.other)
    assert other.delete(f"/posts/{post.id}").status_code == 403
    assert author.delete(f"/posts/{post.id}").status_code == 204
    assert author.delete(f"/posts/{post.id}").status_code == 204
    assert other.get(f"/posts/{post.id}").json["concealed"]
    assert other.delete(f"/posts/{post.id}/hide").status_code == 403
    assert author.delete(f"/posts/{post.id}/hide").json["deleted_at"] is None
    assert not other.get(f"/posts/{post.id}").json["concealed"]
    assert other.delete(f"/topics/{alone.id}").status_code == 403
    assert author.delete(f"/topics/{alone.id}", {"reason": "Asked elsewhere."}).status_code == 204
    assert other.get(f"/topics/{alone.id}").status_code == 404
    assert author.get(f"/topics/{alone.id}").json["deleted_at"] is not None
    assert other.delete(f"/topics/{alone.id}/hide").status_code == 404
    assert author.delete(f"/topics/{alone.id}/hide").json["deleted_at"] is None
    assert other.get(f"/topics/{alone.id}").status_code == 200
    assert author.delete(f"/topics/{topic.id}").status_code == 403


def test_who_starts_a_topic_says_who_it_is_for(app: Flask, cast: Cast, program: ProgramOf) -> None:
    member = program(cast.member)
    base = {"title": "For whom", "body": "Some words."}

    def start(slug: str, audience: Any, who: Program = member) -> Any:
        return who.post(f"/categories/{slug}/topics", {**base, "audience": audience})

    opened = start("lounge", {"read": "guests", "opened": True})
    assert opened.status_code == 201
    assert {k: opened.json["audience"][k] for k in ("read", "reply", "opened", "inherits")} == {
        "read": "guests",
        "reply": "guests",
        "opened": True,
        "inherits": False,
    }
    assert program(cast.guest).get(f"/topics/{opened.json['id']}").status_code == 200
    named = start("lounge", {"read": "people", "people": ["otto", "@GREta"]})
    assert named.json["audience"]["people"] == ["greta", "otto"]
    assert program(cast.other).get(f"/topics/{named.json['id']}").status_code == 200
    assert program(cast.moderator).get(f"/topics/{named.json['id']}").status_code == 200
    insider = program(cast.insider)
    group = start("lounge", {"read": "group", "group_id": str(cast.closed_group.id)}, insider)
    assert group.json["audience"]["sentence"] == "The people of Trialists can read this and answer."
    assert group.json["audience"]["group_id"] == str(cast.closed_group.id)
    assert start("lounge", {"inherits": True}).json["audience"]["inherits"]
    assert start("lounge", None).json["audience"]["inherits"]
    for audience, field in (
        ({"read": "staff"}, "audience.read"),
        ({"read": "people"}, "audience.people"),
        ({"read": "people", "people": ["nobody-at-all"]}, "audience.people"),
        ({"read": "members", "reply": "guests"}, "audience.reply"),
        ({"read": "group", "group_id": str(cast.secret_group.id)}, "audience.read"),
        ({"read": "everyone"}, "audience.read"),
        ({"read": "members", "reader": "x"}, "audience.reader"),
    ):
        refused = start("lounge", audience)
        assert refused.status_code == 422, audience
        assert list(refused.json["errors"]) == [field]
    refused = start("lounge", {"read": "group", "group_id": str(cast.secret_group.id)}, insider)
    assert list(refused.json["errors"]) == ["audience.group_id"]
    guest = start("welcome", {"read": "guests"}, program(cast.guest))
    assert list(guest.json["errors"]) == ["audience"]


def test_an_author_changes_who_a_topic_is_for(app: Flask, cast: Cast, program: ProgramOf) -> None:
    with app.app_context():
        topic = make_topic(cast.lounge, cast.member)
    author, where = program(cast.member), f"/topics/{topic.id}/audience"
    assert program(cast.other).put(where, {"read": "guests"}).status_code == 403
    assert program(None).put(where, {"read": "guests"}).status_code == 404
    opened = author.put(where, {"read": "guests", "reply": "members", "opened": True, "people": []})
    assert opened.json["audience"]["sentence"] == "Members and guests can read this; members can answer."
    assert program(cast.guest).get(f"/topics/{topic.id}").status_code == 200
    assert author.put(where, {"inherits": True, "reason": "Enough."}).json["audience"]["inherits"]
    assert program(cast.guest).get(f"/topics/{topic.id}").status_code == 404
    with app.app_context():
        make_post(topic, cast.other)
    widened = author.put(where, {"read": "guests", "opened": True})
    assert widened.status_code == 403
    assert "Ask a moderator" in widened.json["detail"]
    assert program(cast.moderator).put(where, {"read": "guests", "opened": True}).status_code == 200


def test_whoever_takes_a_topic_from_themselves_gets_nothing_back(
    app: Flask, cast: Cast, program: ProgramOf
) -> None:
    with app.app_context():
        topic = make_topic(cast.lounge, cast.other)
    site_moderator = program(cast.site_moderator)
    where = f"/topics/{topic.id}/audience"
    assert site_moderator.put(where, {"read": "people", "people": ["otto"]}).status_code == 200
    insider = program(cast.insider)
    made = insider.post("/categories/closed-circle/topics", {"title": "Ours", "body": "Only ours."})
    assert made.status_code == 201
    assert site_moderator.get(f"/topics/{made.json['id']}").status_code == 404


def test_titles_change_by_author_and_moderator(app: Flask, cast: Cast, program: ProgramOf) -> None:
    with app.app_context():
        topic = make_topic(cast.lounge, cast.member, "Befor")
    where = f"/topics/{topic.id}"
    assert program(cast.other).patch(where, {"title": "Mine"}).status_code == 403
    renamed = program(cast.member).patch(where, {"title": "Before"})
    assert (renamed.json["title"], renamed.json["slug"]) == ("Before", "before")
    assert program(cast.moderator).patch(where, {"title": "After", "reason": "Clearer."}).status_code == 200


@pytest.mark.parametrize("name", ["suspended", "expired"])
def test_rights_that_are_over_count_no_more(app: Flask, cast: Cast, program: ProgramOf, name: str) -> None:
    with app.app_context():
        topic = make_topic(cast.lounge, cast.people[name])
    gone = program(cast.people[name])
    assert gone.get(f"/topics/{topic.id}").status_code == 404
    refused = gone.post("/categories/porch/topics", {"title": "Still", "body": "Here."})
    assert refused.status_code == (404 if name == "suspended" else 403)
    assert (
        program(cast.grace).post("/categories/porch/topics", {"title": "I", "body": "Am."}).status_code == 201
    )
