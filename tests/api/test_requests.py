"""The manners of the API: what is refused before anything is looked at, and how; nothing sent to it makes it fall."""

from dataclasses import replace
from urllib.parse import urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient
from limits import parse_many

from forum.api.document import declared_operations
from forum.discussions.actions.polling import PollPlan, change_poll
from forum.discussions.actions.tagging import TagPlan, create_tag
from forum.messaging.actions.starting import write_to
from forum.messaging.writing import prepare
from forum.web.limits import LIMITS, Limiter
from tests.api.conftest import ProgramOf
from tests.cast import Cast
from tests.factories import make_post, make_topic

BAD_BODIES: list[bytes] = [
    b"{", b"null", b"[]", b'"x"', b"7", b"NaN", b"\xff\xfe{", b"\xef\xbb\xbf{}", b'{"body": NaN}', b'{"body": -Infinity}',
    b'{"body": 1e999}', b'{"body": "x", "body": "y"}', b'{"body": "x", "more": 1}', b'{"\\u0000": 1}', b'{"\\ud800": 1}',
    b'{"body": "\\udfff"}', b'{"body": "x"} {}', b"[" * 50_000, b'{"a":' * 5000 + b"1" + b"}" * 5000,
    b'{"body": ' + b"9" * 6000 + b"}", b"{" + b",".join(b'"k%d": 1' % i for i in range(5000)) + b"}",
    '{"body": "x"}'.encode("utf-16"), b'{"body": "' + b"x" * 900_000 + b'"}', b'{"body": "x\n"}',
]  # fmt: skip
CURSORS = ["", "x", "!!", "W10", "WyJ4Il0", "WzFd", "Wy0xXQ", "WzFlOTldOQ", "A" * 201, "\x00", "WyIiLDFd", "bnVsbA",
           "WyIwMDAxLTAxLTAxVDAwOjAwOjAwKzIzOjU5IiwxXQ", "WyIyMDI2LTAxLTAxIiwxXQ", "WzkyMjMzNzIwMzY4NTQ3NzU4MDdd"]  # fmt: skip


@pytest.fixture
def addresses(app: Flask, cast: Cast) -> dict[str, str]:
    """What the arguments of addresses stand for."""
    with app.app_context():
        create_tag(TagPlan("Lounge"), actor=None)
        topic = make_topic(cast.lounge, cast.member)
        post = make_post(topic, cast.member)
        change_poll(post, PollPlan("Which?", ("A", "B")), actor=cast.member)
        said = write_to(cast.staff, author=cast.member, written=prepare("Good day."), client_id="first")
        conversation_id = str(said.conversation_id)
    known = {"topic_id": str(topic.id), "post_id": str(post.id), "slug": "lounge"}
    return {**known, "conversation_id": conversation_id, "message_id": str(said.id)}


def test_no_body_makes_it_fall(app: Flask, cast: Cast, program: ProgramOf, addresses: dict[str, str]) -> None:
    member, where = program(cast.member), f"/topics/{addresses['topic_id']}/posts"
    for sent in BAD_BODIES:
        answer = member.call("POST", where, data=sent, content_type="application/json")
        assert answer.status_code in {400, 422}, sent[:60]
        assert len(answer.data) < 10_000
    huge = member.call("POST", where, data=b" " * 1_000_001, content_type="application/json")
    assert huge.status_code == 413
    assert len(member.items(f"/topics/{addresses['topic_id']}/posts")) == 2


def test_no_query_makes_it_fall(
    app: Flask, cast: Cast, program: ProgramOf, addresses: dict[str, str]
) -> None:
    member = program(cast.staff)  # who may ask for everything
    lists = [
        (one.path.format(**addresses), one.operation.query)
        for one in declared_operations(app)
        if one.operation.query is not None and "limit" in one.operation.query.model_fields
    ]
    assert len(lists) >= 5
    for path, query in lists:
        needed = {name: "word" for name, field in query.model_fields.items() if field.is_required()}
        asked = f"{path}?{urlencode(needed)}&"
        for limit in ("0", "101", "-1", "x", "1.5", "", "1e9", "9" * 400, "\x00", "1&limit=2"):
            assert member.get(f"{asked}limit={limit}").status_code == 400, limit
        for cursor in CURSORS:
            member.call("GET", path, query_string={**needed, "after": cursor})
            for view in {"view", "sort"} & set(query.model_fields):
                member.call("GET", path, query_string={**needed, "after": cursor, view: "threaded"})
                assert member.call("GET", path, query_string={**needed, view: cursor}).status_code == 400
        assert member.get(f"{asked}unknown=1").json["errors"] == {"unknown": "There is no such field."}
        assert member.get(f"{asked}limit=100").status_code == 200


NOTHING = [
    "0",
    "-1",
    "1.5",
    "abc",
    "%00",
    "12345",
    str(2**63 - 1),
    str(2**63),
    "9" * 19,
    "9" * 40,
    "1%2F2",
    "🙂",
]


def test_an_address_of_nothing_is_not_there(app: Flask, cast: Cast, program: ProgramOf) -> None:
    member = program(cast.member)
    not_there = {"type": "about:blank", "title": "Not here", "status": 404, "code": "not_found"}
    for given in NOTHING:
        for path in (
            f"/topics/{given}",
            f"/posts/{given}",
            f"/categories/{given}",
            f"/topics/{given}/posts",
            f"/{given}",
        ):
            answer = member.browser.get(f"/api/v1{path}")
            assert (answer.status_code, answer.mimetype) == (404, "application/problem+json"), path
            assert answer.json == not_there
        if given.isdecimal() and len(given) < 20:
            assert member.delete(f"/posts/{given}").status_code == 404
            assert member.patch(f"/topics/{given}", VALID_TOPIC).status_code == 404


def test_unknown_addresses_and_methods_answer_in_json(app: Flask, cast: Cast, client: FlaskClient) -> None:
    for path in ("/api/", "/api/v1", "/api/v1/", "/api/v2/topics", "/api/v1/topics/1/"):
        answer = client.get(path)
        assert (answer.status_code, answer.mimetype) == (404, "application/problem+json"), path
    wrong = client.post("/api/v1/categories")
    assert (wrong.status_code, wrong.json["code"]) == (405, "method_not_allowed")
    assert set(wrong.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}
    assert client.open("/api/v1/categories", method="TRACE").headers["Allow"] == wrong.headers["Allow"]
    assert client.get("/api/v1/unread").status_code == 401
    assert "Location" not in client.get("/api/v1/unread").headers
    assert (
        client.head("/api/v1/categories").headers["ETag"] == client.get("/api/v1/categories").headers["ETag"]
    )


def test_bodies_are_json_or_nothing(
    app: Flask, cast: Cast, program: ProgramOf, addresses: dict[str, str]
) -> None:
    member, where = program(cast.member), f"/topics/{addresses['topic_id']}/posts"
    for kind in (
        "application/x-www-form-urlencoded",
        "text/plain",
        "multipart/form-data; boundary=x",
        "",
        "application/xml",
    ):
        answer = member.call("POST", where, data=b'{"body": "x"}', headers={"Content-Type": kind})
        assert (answer.status_code, answer.json["code"]) == (415, "unsupported_media_type"), kind
    assert (
        member.post(
            where, {"body": "x"}, headers={"Content-Type": "application/json; charset=utf-8"}
        ).status_code
        == 201
    )
    assert member.call("POST", where).json["errors"] == {"body": "Fill this in."}


def test_unsafe_requests_need_the_token(
    app: Flask, cast: Cast, program: ProgramOf, addresses: dict[str, str]
) -> None:
    member = program(cast.member)
    where = f"/topics/{addresses['topic_id']}/posts"
    assert len(member.token) == 64
    for headers in (
        {"X-CSRF-Token": ""},
        {"X-CSRF-Token": "é" * 64},
        {"X-CSRF-Token": program(cast.other).token},
        {"Origin": "https://elsewhere.example"},
        {"Sec-Fetch-Site": "cross-site"},
    ):
        refused = member.post(where, {"body": "Forged."}, headers=headers)
        assert refused.status_code == 403
    assert "X-CSRF-Token" in member.post(where, {"body": "x"}, headers={"X-CSRF-Token": ""}).json["detail"]
    assert member.post(where, {"body": "Meant."}).status_code == 201
    nobody = app.test_client().post(f"/api/v1{where}", json={"body": "x"})
    assert nobody.status_code == 404
    assert "X-CSRF-Token" not in nobody.headers


def test_whoever_may_not_hears_nothing_of_the_body(
    app: Flask, cast: Cast, program: ProgramOf, addresses: dict[str, str]
) -> None:
    other, where = program(cast.other), f"/topics/{addresses['topic_id']}"
    assert other.call("PUT", f"{where}/lock", data=b"{", content_type="application/json").status_code == 403
    assert other.call("PATCH", where, data=b"{", content_type="text/plain").status_code == 403


def test_what_pages_limit_is_limited_here_too(
    app: Flask, cast: Cast, program: ProgramOf, addresses: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    member, where = program(cast.member), f"/topics/{addresses['topic_id']}/posts"
    config = replace(app.extensions["forum_config"], rate_limits=True)
    limiter = Limiter(config)
    monkeypatch.setitem(app.extensions, "forum_limits", limiter)
    answers = [member.post(where, {"body": f"Post {n}."}) for n in range(12)]
    assert [answer.status_code for answer in answers] == [201] * 10 + [429] * 2
    assert int(answers[-1].headers["Retry-After"]) >= 1
    started = [member.post("/categories/lounge/topics", VALID_TOPIC) for _ in range(4)]
    assert [answer.status_code for answer in started] == [201] * 3 + [429]
    assert LIMITS["api"] == "300 per minute"
    monkeypatch.setitem(limiter.items, "api", parse_many("5 per minute"))
    reads = [member.browser.get("/api/v1/nothing").status_code for _ in range(6)]
    assert (reads[0], reads[-1]) == (404, 429)
    assert program(cast.other).get("/categories").status_code == 200


VALID_TOPIC = {"title": "A title", "body": "A body."}


def test_the_description_can_be_read_by_programs_and_people(
    app: Flask, cast: Cast, client: FlaskClient, program: ProgramOf
) -> None:
    document = program(None).get("/openapi.json")
    assert document.json["openapi"] == "3.1.0"
    assert document.json["info"]["title"] == "Collegium"
    page = client.get("/api/docs")
    assert page.status_code == 200
    for path, methods in document.json["paths"].items():
        for method, one in methods.items():
            assert f"{method.upper()} /api/v1{path}" in page.text
            assert f'id="{one["operationId"]}"' in page.text
    for name in ("Topic", "Post", "Category", "User", "Audience"):
        assert f'id="shape-{name}"' in page.text
