"""What every door does: headers, forgery, bad input, errors."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from forum.accounts.models import User
from forum.web.params import Params
from forum.web.respond import safe_next
from tests.cast import Cast
from tests.factories import make_topic

SignIn = Callable[[User], FlaskClient]
Submit = Callable[..., Any]


@pytest.mark.parametrize("address", ["/", "/nothing-here", "/healthz", "/static/v/x/js/app.js", "/c/none"])
def test_every_answer_carries_the_headers(client: FlaskClient, address: str) -> None:
    headers = client.get(address).headers
    policy = headers["Content-Security-Policy"]
    for part in (
        "default-src 'none'",
        "script-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ):
        assert part in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["X-Frame-Options"] == "DENY"
    assert "Server" not in headers or "Python" not in headers["Server"]


def test_pages_of_somebody_are_kept_by_nobody(cast: Cast, sign_in: SignIn) -> None:
    page = sign_in(cast.member).get("/")
    assert page.headers["Cache-Control"] == "private, no-store"
    assert "Cookie" in page.headers["Vary"]


def test_a_form_from_elsewhere_is_refused(app: Flask, cast: Cast, sign_in: SignIn, csrf: Any) -> None:
    with app.app_context():
        topic = make_topic(cast.lounge, cast.other)
    browser = sign_in(cast.member)
    address = f"/t/{topic.id}/reply"
    token = csrf(browser)
    fields = {"body": "Hello.", "csrf_token": token}
    for headers in (
        {"Origin": "https://evil.example"},
        {"Origin": "null", "Sec-Fetch-Site": "cross-site"},
        {"Origin": "https://evil.example", "X-Forwarded-Host": "evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ):
        assert browser.post(address, data=fields, headers=headers).status_code == 403, headers
    assert browser.post(address, data={"body": "Hello."}).status_code == 403
    almost = token[:-1] + ("1" if token.endswith("0") else "0")
    assert browser.post(address, data={**fields, "csrf_token": almost}).status_code == 403
    other = csrf(sign_in(cast.other))
    assert browser.post(address, data={**fields, "csrf_token": other}).status_code == 403
    assert browser.post(address, data=fields, headers={"Origin": "http://localhost"}).status_code == 303


def test_no_get_changes_anything(app: Flask, cast: Cast, sign_in: SignIn) -> None:
    from forum.access.doors import access_of

    writing = {"lock", "unlock", "hide", "delete", "restore", "edit", "rename"}
    for rule in app.url_map.iter_rules():
        assert rule.methods is not None
        if rule.methods & {"POST", "PUT", "PATCH", "DELETE"}:
            assert not rule.methods & {"GET", "HEAD"}, f"{rule} reads and writes with one view"
        assert access_of(app.view_functions[rule.endpoint]) or rule.endpoint == "static", rule.endpoint
    assert writing


def test_a_host_that_is_not_ours_is_refused(client: FlaskClient) -> None:
    assert client.get("/", headers={"Host": "evil.example"}).status_code == 400
    assert client.get("/", headers={"Host": "localhost"}).status_code == 200


@pytest.mark.parametrize(
    "number", ["9223372036854775808", "99999999999999999999999", "-1", "1e9", "0x10", "１２", "%00", "1.5"]
)
def test_an_id_that_cannot_be_one_is_not_there(client: FlaskClient, number: str) -> None:
    assert client.get(f"/t/{number}/x").status_code == 404


@pytest.mark.parametrize(
    "query",
    [
        "after=x",
        "after=-1",
        "after=99999999999999999999",
        "before=%00",
        "view=sideways",
        "go=%ff",
        "after=1&after=2",
        "reply=1e3",
    ],
)
def test_a_bad_query_is_told_so(app: Flask, cast: Cast, client: FlaskClient, query: str) -> None:
    with app.app_context():
        topic = make_topic(cast.welcome, cast.member)
    answer = client.get(f"/t/{topic.id}/{topic.slug}?{query}")
    assert answer.status_code in {200, 303, 400}, answer.status_code
    assert client.get(f"/c/welcome?{query}").status_code in {200, 400}


BAD = [
    "\x00",
    "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"),
    "x" * 30_000,
    "\u202e",
    "{{7*7}}",
    "'; DROP TABLE posts; --",
    "\r\nSet-Cookie: a=b",
    "<script>alert(1)</script>",
    "💥" * 9000,
]


@pytest.mark.parametrize("value", BAD, ids=range(len(BAD)))
def test_whatever_is_typed_no_door_falls_over(
    app: Flask, cast: Cast, sign_in: SignIn, submit: Submit, value: str
) -> None:
    with app.app_context():
        topic = make_topic(cast.lounge, cast.member)
    browser = sign_in(cast.staff)
    sent = {
        f"/t/{topic.id}/reply": ["body", "reply_to", "client_id", "view"],
        "/new": ["category", "title", "body", "read", "reply", "people", "group_id", "opened", "inherits"],
        f"/t/{topic.id}/lock": ["reason"],
        f"/t/{topic.id}/rename": ["title"],
        f"/t/{topic.id}/audience": ["read", "reply", "people", "group_id", "step", "reason"],
        "/staff/categories/new": ["name", "slug", "description", "guidelines", "hue", "parent", "read"],
    }
    good = {"category": "lounge", "title": "T", "body": "B", "reason": "R", "name": "N", "read": "members"}
    good |= {"reply": "members", "start": "members", "inherits": "0"}
    for address, names in sent.items():
        for name in names:
            answer = submit(browser, address, **{**good, name: value})
            assert answer.status_code < 500, (address, name)
            assert "Set-Cookie: a=b" not in str(answer.headers)
            assert "<script>alert(1)</script>" not in answer.text


def test_an_error_is_a_problem_for_programs_and_a_page_for_people(client: FlaskClient) -> None:
    page = client.get("/nothing")
    assert page.mimetype == "text/html"
    problem = client.get("/nothing", headers={"Accept": "application/json"})
    assert problem.mimetype == "application/problem+json"
    assert problem.get_json()["status"] == 404


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        ("/t/1", "/t/1"),
        ("//evil.example", "/"),
        ("https://evil.example", "/"),
        ("/\\evil.example", "/"),
        ("/\t/evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
        (None, "/"),
        ("/a\nb", "/"),
    ],
)
def test_nobody_is_sent_elsewhere(asked: str | None, given: str) -> None:
    assert safe_next(asked, "/") == given


def test_json_is_read_strictly(app: Flask, cast: Cast, sign_in: SignIn, csrf: Any) -> None:
    with app.app_context():
        topic = make_topic(cast.lounge, cast.other)
    browser = sign_in(cast.member)
    headers = {"X-CSRF-Token": csrf(browser), "Content-Type": "application/json"}
    deep = '{"numbers":' + "[" * 2000 + "]" * 2000 + "}"
    for body in (
        "",
        "[]",
        "null",
        '{"numbers": NaN}',
        '{"number": 1, "number": 2}',
        deep,
        '{"number": "1" ',
        "\xff",
    ):
        answer = browser.put(f"/t/{topic.id}/read", data=body.encode("latin-1"), headers=headers)
        assert answer.status_code in {400, 422}, body[:30]
    assert Params.model_config["extra"] == "forbid"


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost", 200),
        ("127.0.0.1:8000", 200),
        ("[::1]", 200),
        ("[::1]:8000", 200),
        ("[::2]", 400),
        ("[::1].evil.example", 400),
        ("evil.example", 400),
        ("::1", 400),
    ],
)
def test_only_hosts_that_are_ours_are_answered(client: FlaskClient, host: str, status: int) -> None:
    assert client.get("/healthz", headers={"Host": host}).status_code == status
