"""The resources that other programs are written against: every one is served, by its name, with its shape."""

from typing import Any

import pytest
from flask import Flask

from forum.api.document import declared_operations
from tests.api.conftest import ProgramOf
from tests.cast import Cast
from tests.factories import make_post, make_topic

USER = "id username name standing avatar_url"
AUDIENCE = "read reply opened people sentence"
CATEGORY = "id slug name description parent audience topic_count unread new"
TOPIC = "id slug title category author audience created_at last_post_at last_number post_count unread locked pinned"
POST = "id topic_id number reply_to author body html created_at edited_at deleted_at reactions"
TOKEN = "id name scopes created_at expires_at used_at"
SHAPES = {"author": USER, "audience": AUDIENCE, "edited_by": USER}

# (method, path, body, shape of the answer, of each item of a list with "items:"; None: 204), in an order that works.
STEPS: list[tuple[str, str, Any, str | None]] = [
    ("GET", "/me", None, f"{USER} email roles"),
    ("GET", "/users/mina", None, USER),
    ("GET", "/categories", None, f"items: {CATEGORY}"),
    ("GET", "/categories/lounge", None, CATEGORY),
    ("GET", "/categories/lounge/topics", None, f"items: {TOPIC}"),
    ("POST", "/categories/lounge/topics", {"title": "New", "body": "Text.", "client_id": "n"}, TOPIC),
    ("GET", "/topics/{topic}", None, TOPIC),
    ("PATCH", "/topics/{topic}", {"title": "Renamed"}, TOPIC),
    ("GET", "/topics/{topic}/posts", None, f"items: {POST}"),
    ("POST", "/topics/{topic}/posts", {"body": "Hello.", "reply_to": "{post}", "client_id": "p"}, POST),
    ("GET", "/posts/{post}", None, POST),
    ("PATCH", "/posts/{post}", {"body": "Changed."}, POST),
    ("GET", "/posts/{post}/revisions", None, "items: id body edited_at edited_by reason"),
    ("DELETE", "/posts/{post}", {"reason": "Why."}, None),
    ("PUT", "/topics/{topic}/lock", {"reason": "Why."}, TOPIC),
    ("DELETE", "/topics/{topic}/lock", {}, TOPIC),
    ("PUT", "/topics/{topic}/read", {"number": 1}, "number unread"),
    ("DELETE", "/topics/{topic}/read", {"number": 1}, "number unread"),
    ("PUT", "/topics/{topic}/audience", {"read": "members", "reply": "members", "people": [], "opened": False}, TOPIC),
    ("POST", "/tokens", {"name": "New"}, f"{TOKEN} token"),
    ("GET", "/tokens", None, f"items: {TOKEN}"),
    ("DELETE", "/tokens/{token}", None, None),
    ("DELETE", "/topics/{topic}", {"reason": "Why."}, None),
]  # fmt: skip


def fill(text: Any, given: dict[str, str]) -> Any:
    if isinstance(text, dict):
        return {name: fill(value, given) for name, value in text.items()}
    return text.format(**given) if isinstance(text, str) else text


def test_every_resource_of_the_contract_is_served(app: Flask, cast: Cast, program: ProgramOf) -> None:
    with app.app_context():
        topic = make_topic(cast.lounge, cast.staff)
        post = make_post(topic, cast.member)
    given = {"topic": str(topic.id), "post": str(post.id)}
    staff = program(cast.staff)
    for method, path, body, shape in STEPS:
        sent = {} if body is None else {"json": fill(body, given)}
        answer = staff.call(method, fill(path, given), **sent)
        assert answer.status_code < 300, (method, path, answer.text)
        if shape is None:
            assert answer.status_code == 204, path
            continue
        told = answer.json
        if shape.startswith("items: "):
            assert set(told) == {"items", "next"}, path
            assert told["items"], path
            told, shape = told["items"][0], shape.removeprefix("items: ")
        assert set(shape.split()) <= set(told), (path, set(shape.split()) - set(told))
        for name, inner in SHAPES.items():
            if told.get(name) is not None:
                assert set(inner.split()) <= set(told[name]), (path, name)
        if path == "/tokens" and method == "POST":
            given["token"] = told["id"]
        if method == "GET":
            assert answer.headers["ETag"], path
            same = staff.get(fill(path, given), headers={"If-None-Match": answer.headers["ETag"]})
            assert (same.status_code, same.data) == (304, b""), path


EDITS = {
    "PATCH",
    "PUT lock",
    "PUT hide",
    "PUT audience",
    "DELETE lock",
    "DELETE hide",
    "DELETE topic",
    "DELETE post",
}


@pytest.mark.one_database
def test_edits_take_if_match(app: Flask) -> None:
    """What changes a topic or a post that somebody may be looking at; reading marks and what is new are no edits."""
    for one in declared_operations(app):
        last = one.path.rpartition("/")[2]
        kind = "topic" if last == "{topic_id}" else "post" if last == "{post_id}" else last
        if one.path.startswith("/revisions/"):
            continue  # an earlier version never changes
        if one.path.startswith(("/conversations/", "/messages/")):
            continue  # each change takes the next number of its conversation: whoever syncs sees the last one
        if one.method == "PATCH" or f"{one.method} {kind}" in EDITS:
            assert one.operation.edits, (one.method, one.path)
