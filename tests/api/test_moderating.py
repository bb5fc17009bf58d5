"""Locking, hiding and restoring through the API: who may, what comes of it, and that doing it twice does it once."""

from flask import Flask

from forum.audit.models import AuditEntry
from forum.core.db import db
from tests.api.conftest import ProgramOf
from tests.cast import Cast
from tests.factories import make_post, make_topic

REASON = {"reason": "Settled."}


WHO_MODERATES = {
    200: ("moderator", "site_moderator", "staff"),
    403: ("member", "other", "grace"),
    404: ("guest", "expired", "suspended"),
}


def test_who_locks_and_hides_topics(app: Flask, cast: Cast, program: ProgramOf) -> None:
    with app.app_context():
        topic = make_topic(cast.lounge, cast.member)
    for status, names in WHO_MODERATES.items():
        for name in names:
            somebody = program(cast.people[name])
            for where in (f"/topics/{topic.id}/lock", f"/topics/{topic.id}/hide"):
                assert somebody.put(where, REASON).status_code == status, (name, where)
                assert somebody.delete(where, REASON).status_code == status, (name, where)


def test_a_lock_stops_replies_until_it_is_lifted(app: Flask, cast: Cast, program: ProgramOf) -> None:
    with app.app_context():
        topic = make_topic(cast.lounge, cast.member)
    moderator, member = program(cast.moderator), program(cast.member)
    where = f"/topics/{topic.id}"
    assert moderator.put(f"{where}/lock").json["errors"] == {"reason": "Fill this in."}
    assert moderator.put(f"{where}/lock", REASON).json["locked"]
    assert moderator.put(f"{where}/lock", REASON).json["locked"]
    assert member.get(where).json["locked"]
    refused = member.post(f"{where}/posts", {"body": "But still."})
    assert refused.status_code == 403
    assert "locked" in refused.json["detail"]
    assert not moderator.delete(f"{where}/lock").json["locked"]
    assert member.post(f"{where}/posts", {"body": "Now then."}).status_code == 201
    with app.app_context():
        told = [
            (entry.action, entry.reason) for entry in db.session.query(AuditEntry).order_by(AuditEntry.id)
        ]
    assert [one for one in told if one[0].startswith("topic:")] == [
        ("topic:locked", "Settled."),
        ("topic:unlocked", ""),
    ]


def test_moderators_lock_their_own_without_a_reason(app: Flask, cast: Cast, program: ProgramOf) -> None:
    with app.app_context():
        topic = make_topic(cast.lounge, cast.moderator)
    assert program(cast.moderator).put(f"/topics/{topic.id}/lock").status_code == 200


def test_a_hidden_topic_is_gone_for_all_but_moderators(app: Flask, cast: Cast, program: ProgramOf) -> None:
    with app.app_context():
        topic = make_topic(cast.lounge, cast.member)
    moderator, author = program(cast.moderator), program(cast.member)
    where = f"/topics/{topic.id}"
    assert moderator.put(f"{where}/hide").status_code == 422
    assert moderator.put(f"{where}/hide", REASON).json["hidden_at"]
    assert author.get(where).status_code == 404
    assert author.items("/categories/lounge/topics") == []
    assert author.get("/categories/lounge").json["topic_count"] == 0
    assert moderator.delete(f"{where}/hide").json["hidden_at"] is None
    assert author.get(where).status_code == 200
    assert moderator.delete(where).status_code == 422
    assert moderator.delete(where, REASON).status_code == 204
    assert author.get(where).status_code == 404
    assert moderator.get(where).json["deleted_at"]
    assert moderator.delete(f"{where}/hide", REASON).json["deleted_at"] is None


def test_posts_are_hidden_and_brought_back_by_moderators(app: Flask, cast: Cast, program: ProgramOf) -> None:
    with app.app_context():
        topic = make_topic(cast.lounge, cast.other)
        post = make_post(topic, cast.member)
    moderator, author = program(cast.moderator), program(cast.member)
    where = f"/posts/{post.id}"
    assert author.put(f"{where}/hide", REASON).status_code == 403
    assert program(None).put(f"{where}/hide", REASON).status_code == 404
    assert moderator.put(f"{where}/hide").status_code == 422
    assert moderator.put(f"{where}/hide", REASON).json["hidden_at"]
    assert author.delete(f"{where}/hide").status_code == 403
    assert author.patch(where, {"body": "Better."}).status_code == 403
    assert moderator.delete(f"{where}/hide").json["hidden_at"] is None
    assert moderator.delete(where).status_code == 422
    assert moderator.delete(where, REASON).status_code == 204
    assert author.delete(f"{where}/hide").status_code == 403
    assert moderator.delete(f"{where}/hide").status_code == 200


def test_moderating_waits_for_what_was_seen(app: Flask, cast: Cast, program: ProgramOf) -> None:
    """`If-Match` holds here as for edits; the answer's ETag is the one of the thing as it is read."""
    with app.app_context():
        topic = make_topic(cast.lounge, cast.other)
        post = make_post(topic, cast.other)
    moderator, author = program(cast.moderator), program(cast.other)
    for where, doings in (
        (f"/topics/{topic.id}", (("PUT", "lock"), ("DELETE", "lock"), ("PUT", "hide"), ("DELETE", "hide"))),
        (f"/posts/{post.id}", (("PUT", "hide"), ("DELETE", "hide"))),
    ):
        for method, what in doings:
            seen = moderator.get(where).headers["ETag"]
            changed = author.patch(where, {"title" if "topics" in where else "body": f"Now {method} {what}"})
            if changed.status_code == 200:  # not while it is locked or hidden
                stale = moderator.call(method, f"{where}/{what}", json=REASON, headers={"If-Match": seen})
                assert stale.status_code == 412, (method, where, what)
            fresh = {"If-Match": moderator.get(where).headers["ETag"]}
            done = moderator.call(method, f"{where}/{what}", json=REASON, headers=fresh)
            assert done.status_code == 200, (method, where, what)
            again = moderator.call(method, f"{where}/{what}", json=REASON, headers=fresh)
            assert again.status_code == 412, "what one did oneself is a change too"
            assert moderator.get(where).headers["ETag"] == done.headers["ETag"]
