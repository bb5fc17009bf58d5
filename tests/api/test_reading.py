"""Reading through the API: what each of the cast gets, page by page, and what does not exist for them."""

from collections.abc import Callable
from typing import Any

from flask import Flask

from forum.core.transactions import transaction
from forum.discussions.actions import concealing
from tests.api.conftest import ProgramOf
from tests.cast import Cast
from tests.factories import choice, make_post, make_topic

Counter = Callable[[], Any]


def test_everybody_gets_the_categories_they_may_read(app: Flask, cast: Cast, program: ProgramOf) -> None:
    slugs = {
        name: {one["slug"] for one in program(user).items("/categories")}
        for name, user in {"visitor": None, **cast.people}.items()
    }
    assert slugs["visitor"] == slugs["suspended"] == slugs["unconfirmed"] == {"welcome"}
    assert slugs["guest"] == slugs["expired"] == {"welcome", "porch"}
    assert slugs["member"] == slugs["grace"] == {"welcome", "porch", "lounge", "nook"}
    assert slugs["staff"] == {"welcome", "porch", "lounge", "nook", "desk"}
    assert slugs["insider"] == slugs["member"] | {"closed-circle"}
    assert slugs["confidant"] == slugs["member"] | {"secret-circle"}


def test_a_category_says_what_is_in_it_for_its_reader(app: Flask, cast: Cast, program: ProgramOf) -> None:
    with app.app_context():
        make_topic(cast.lounge, cast.other)
        make_topic(cast.lounge, cast.other, audience=choice("staff"))
    member, staff = program(cast.member), program(cast.staff)
    lounge = member.get("/categories/lounge").json
    assert (lounge["topic_count"], lounge["unread"], lounge["new"]) == (1, 1, 1)
    assert lounge["audience"]["sentence"] == "Members can read this and answer."
    assert staff.get("/categories/lounge").json["topic_count"] == 2
    nook = member.get("/categories/nook").json
    assert nook["parent"]["slug"] == "lounge"
    assert len(member.items("/categories/lounge/topics")) == 1
    assert len(staff.items("/categories/lounge/topics")) == 2


def test_what_may_not_be_read_is_as_what_never_was(app: Flask, cast: Cast, program: ProgramOf) -> None:
    with app.app_context():
        topic = make_topic(cast.lounge, cast.member)
        hidden = make_topic(cast.welcome, cast.member)
        post = make_post(topic, cast.member)
        with transaction():
            concealing.hide_topic(hidden, actor=cast.staff, reason="Off topic.")
    pairs = [
        ("GET", "/categories/lounge", "/categories/nowhere"),
        ("GET", "/categories/lounge/topics", "/categories/nowhere/topics"),
        ("POST", "/categories/lounge/topics", "/categories/nowhere/topics"),
        *[
            (method, f"/topics/{which.id}{rest}", f"/topics/12345{rest}")
            for which in (topic, hidden)
            for method, rest in (
                ("GET", ""),
                ("PATCH", ""),
                ("DELETE", ""),
                ("GET", "/posts"),
                ("POST", "/posts"),
                ("PUT", "/lock"),
                ("DELETE", "/lock"),
                ("PUT", "/hide"),
                ("DELETE", "/hide"),
                ("PUT", "/audience"),
            )
        ],
        *[
            (method, f"/posts/{post.id}{rest}", f"/posts/12345{rest}")
            for method, rest in (
                ("GET", ""),
                ("PATCH", ""),
                ("DELETE", ""),
                ("GET", "/revisions"),
                ("PUT", "/hide"),
                ("DELETE", "/hide"),
            )
        ],
    ]
    for who in (program(None), program(cast.guest)):
        for method, there, nowhere in pairs:
            kept, never = who.call(method, there), who.call(method, nowhere)
            assert kept.status_code == never.status_code == 404, (method, there)
            assert kept.data == never.data
    read = [(m, f"/topics/{topic.id}/read", "/topics/12345/read") for m in ("PUT", "DELETE")]
    for method, there, nowhere in read:
        kept, never = (
            program(cast.guest).call(method, path, json={"number": 1}) for path in (there, nowhere)
        )
        assert kept.status_code == never.status_code == 404
        assert kept.data == never.data
    assert program(cast.moderator).get(f"/topics/{topic.id}").status_code == 200
    assert program(cast.site_moderator).get(f"/topics/{hidden.id}").json["hidden_at"]


def test_a_topic_opened_from_a_closed_place_names_the_place_and_no_more(
    app: Flask, cast: Cast, program: ProgramOf
) -> None:
    with app.app_context():
        topic = make_topic(cast.lounge, cast.member, audience=choice("guests", opened=True))
    assert program(cast.member).get(f"/topics/{topic.id}").json["category"]["slug"] == "lounge"
    seen = program(cast.guest).get(f"/topics/{topic.id}").json
    assert seen["category"] == {"id": str(cast.lounge.id), "slug": None, "name": "Lounge"}
    assert seen["audience"]["sentence"] == "Members and guests can read this and answer."
    assert program(None).get(f"/topics/{topic.id}").status_code == 404


def test_named_people_are_told_to_those_who_may_change_them(
    app: Flask, cast: Cast, program: ProgramOf
) -> None:
    with app.app_context():
        topic = make_topic(
            cast.lounge, cast.member, audience=choice("people", opened=True), people=[cast.guest, cast.other]
        )
    author = program(cast.member).get(f"/topics/{topic.id}").json["audience"]
    assert author["people"] == ["gaspard", "otto"]
    invited = program(cast.guest).get(f"/topics/{topic.id}").json["audience"]
    assert invited["people"] == []
    assert (
        invited["sentence"]
        == author["sentence"]
        == "3 named people, and those who moderate here, can read this and answer."
    )
    assert program(cast.grace).get(f"/topics/{topic.id}").status_code == 404


def test_both_views_give_every_post_once(app: Flask, cast: Cast, program: ProgramOf) -> None:
    with app.app_context():
        topic = make_topic(cast.welcome, cast.other)
        first = make_post(topic, cast.other)
        second = make_post(topic, cast.member)
        answer = make_post(topic, cast.guest, parent=first)
        for _ in range(8):
            make_post(topic, cast.member, parent=answer)
    reader = program(None)
    for view, order in (("flat", list(range(1, 13))), ("threaded", [1, 2, 4, 5, 6, 7, 8, 9, 10, 11, 12, 3])):
        posts = reader.items(f"/topics/{topic.id}/posts?view={view}&limit=3")
        assert [post["number"] for post in posts] == order
        by_number = {post["number"]: post for post in posts}
        assert by_number[4]["reply_to"] == str(first.id)
        assert by_number[4]["depth"] == 1
        assert by_number[3]["id"] == str(second.id)
        assert by_number[3]["author"]["username"] == "mina"


def test_topics_come_page_by_page_in_any_order(app: Flask, cast: Cast, program: ProgramOf) -> None:
    with app.app_context():
        topics = [make_topic(cast.lounge, cast.other) for _ in range(5)]
        make_post(topics[1], cast.member)
    ids = [str(topic.id) for topic in topics]
    reader = program(cast.member)
    for sort, order in {
        "latest": [ids[1], *reversed(ids[2:]), ids[0]],
        "new": ids[::-1],
        "top": [ids[1], *reversed(ids[2:]), ids[0]],
        "unanswered": [*reversed(ids[2:]), ids[0]],
    }.items():
        found = reader.items(f"/categories/lounge/topics?sort={sort}&limit=2")
        assert [one["id"] for one in found] == order, sort


def test_a_hidden_or_deleted_post_leaves_a_number(app: Flask, cast: Cast, program: ProgramOf) -> None:
    with app.app_context():
        topic = make_topic(cast.lounge, cast.other)
        hidden, deleted = (make_post(topic, cast.member, f"Secret {n}.") for n in (1, 2))
        with transaction():
            concealing.hide_post(hidden, actor=cast.moderator, reason="Telephone.")
            concealing.delete_post(deleted, actor=cast.member)
    for who in (cast.other, cast.grace):
        reader = program(who)
        listed = reader.items(f"/topics/{topic.id}/posts")
        for post in (hidden, deleted):
            bare = reader.get(f"/posts/{post.id}").json
            assert bare in listed
            assert bare["concealed"]
            kept = {"id", "topic_id", "number", "kind", "concealed", "depth", "reactions", "accepted"}
            assert {k: v for k, v in bare.items() if v is not None}.keys() == kept
        both = [
            {k: v for k, v in reader.get(f"/posts/{p.id}").json.items() if k not in {"id", "number"}}
            for p in (hidden, deleted)
        ]
        assert both[0] == both[1]
    author, moderator = program(cast.member), program(cast.moderator)
    own = author.get(f"/posts/{hidden.id}").json
    assert (own["body"], own["concealed"], own["hidden_reason"]) == ("Secret 1.", False, None)
    assert own["hidden_at"]
    assert moderator.get(f"/posts/{hidden.id}").json["hidden_reason"] == "Telephone."
    assert moderator.get(f"/posts/{deleted.id}").json["deleted_at"] == "2026-11-20T09:00:00Z"
    counted = program(cast.other).get(f"/topics/{topic.id}").json
    assert (counted["post_count"], counted["last_number"]) == (1, 3)


def test_unread_topics_come_page_by_page_and_go_when_read(app: Flask, cast: Cast, program: ProgramOf) -> None:
    with app.app_context():
        topics = [make_topic(cast.lounge, cast.other) for _ in range(3)]
        make_topic(cast.desk, cast.staff)
        make_post(topics[0], cast.other)
    reader = program(cast.member)
    unread = reader.items("/unread?limit=2")
    assert {one["id"] for one in unread} == {str(topic.id) for topic in topics}
    assert len(unread) == 3
    first = next(one for one in unread if one["id"] == str(topics[0].id))
    assert (first["unread"], first["new"], first["first_unread"]) == (2, True, 1)
    where = f"/topics/{topics[0].id}/read"
    assert reader.put(where, {"number": 1}).json == {"number": 1, "unread": 1, "first_unread": 2}
    assert reader.put(where, {"number": 99}).json == {"number": 2, "unread": 0, "first_unread": None}
    assert len(reader.items("/unread")) == 2
    assert reader.delete(where, {"number": 2}).json == {"number": 1, "unread": 1, "first_unread": 2}
    assert len(reader.items("/unread")) == 3
    assert reader.get("/categories/lounge").json["unread"] == 3
    assert program(None).get("/unread").status_code == 401


def test_reads_carry_a_tag_and_are_not_sent_twice(app: Flask, cast: Cast, program: ProgramOf) -> None:
    with app.app_context():
        topic = make_topic(cast.lounge, cast.other)
        post = make_post(topic, cast.other)
    reader = program(cast.member)
    for path in (
        f"/topics/{topic.id}",
        f"/posts/{post.id}",
        "/categories/lounge",
        f"/topics/{topic.id}/posts",
    ):
        tag = reader.get(path).headers["ETag"]
        same = reader.get(path, headers={"If-None-Match": f'"other", W/{tag}'})
        assert same.status_code == 304
        assert same.headers["ETag"] == tag
        assert reader.get(path, headers={"If-None-Match": '"0-00"'}).status_code == 200
    tag = reader.get(f"/topics/{topic.id}").headers["ETag"]
    with app.app_context():
        make_post(topic, cast.other)
    assert reader.get(f"/topics/{topic.id}", headers={"If-None-Match": tag}).status_code == 200


def test_lists_take_as_many_statements_however_long_they_are(
    app: Flask, cast: Cast, program: ProgramOf, count_statements: Counter
) -> None:
    reader = program(cast.member)
    with app.app_context():
        topic = make_topic(cast.lounge, cast.member)
        make_topic(cast.lounge, cast.other)
        make_topic(cast.lounge, cast.other, audience=choice("people"), people=[cast.member])

    def cost() -> list[int]:
        found = []
        for path in ("/categories", "/categories/lounge/topics", f"/topics/{topic.id}/posts", "/unread"):
            reader.get(path)
            with count_statements() as sent:
                reader.get(path)
            found.append(len(sent))
        return found

    few = cost()
    with app.app_context():
        for person in (cast.other, cast.grace, cast.moderator, cast.staff):
            make_topic(cast.lounge, person, audience=choice("people"), people=[cast.member, cast.insider])
            make_topic(cast.lounge, person)
            make_post(topic, person)
    assert cost() == few
    assert max(few) <= 8
