"""What browsers report of the content security policy: counted by directive, and nothing of a report goes anywhere."""

import json
import logging
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from forum.web.csrf import comes_from_no_form
from forum.web.headers import content_security_policy
from forum.web.limits import Limiter

SECRET = "canary-in-a-report"


def report(directive: str = "script-src-elem", **more: Any) -> dict[str, Any]:
    body = {"effectiveDirective": directive, "blockedURL": f"https://{SECRET}/", "sample": SECRET}
    return {"type": "csp-violation", "url": f"http://localhost/{SECRET}", "body": body, **more}


def send(browser: FlaskClient, *reports: Any) -> Any:
    return browser.post("/csp-reports", data=json.dumps(reports), content_type="application/reports+json")


def counted(browser: FlaskClient, directive: str) -> float:
    start = f'forum_csp_reports_total{{directive="{directive}"}} '
    found = [line for line in browser.get("/metrics").text.splitlines() if line.startswith(start)]
    return float(found[0].removeprefix(start)) if found else 0


def test_every_page_says_where_to_report(app: Flask, client: FlaskClient) -> None:
    headers = client.get("/").headers
    assert "report-to csp" in headers["Content-Security-Policy"].split("; ")
    assert headers["Reporting-Endpoints"] == 'csp="/csp-reports"'
    elsewhere = replace(app.extensions["forum_config"], site_url="https://forum.example.org")
    assert "report-to csp" in content_security_policy(elsewhere)


def test_reports_are_counted_and_nothing_of_them_is_kept(
    client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    known, unknown = counted(client, "script-src"), counted(client, "other")
    with caplog.at_level(logging.WARNING):
        answer = send(
            client, report(), report(), report(f"{SECRET}\nforged line"), report(type="deprecation")
        )
    assert (answer.status_code, answer.data) == (204, b"")
    assert counted(client, "script-src") == known + 2
    assert counted(client, "other") == unknown + 1
    told = [(r.directive, r.reports) for r in caplog.records if r.name == "forum.observability.reports"]  # type: ignore[attr-defined]
    assert sorted(told) == [("other", 1), ("script-src", 2)]
    assert SECRET not in caplog.text
    assert SECRET not in client.get("/metrics").text


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("", 400),
        ("{", 400),
        ("[" * 20_000, 400),
        ("\ud800".encode("utf-8", "surrogatepass"), 400),
        ("[" + "0," * 40_000 + "0]", 413),
        ("null", 204),
        ('[1, [], {}, {"type": "csp-violation"}]', 204),
        ('{"type": "csp-violation", "body": {"effectiveDirective": {"a": []}}}', 204),
    ],
    ids=["nothing", "half", "deep", "no text", "large", "null", "odd", "odd directive"],
)
def test_whatever_comes_the_door_stands(client: FlaskClient, body: str | bytes, status: int) -> None:
    answer = client.post("/csp-reports", data=body, content_type="application/reports+json")
    assert answer.status_code == status


def test_only_reports_are_taken(client: FlaskClient) -> None:
    assert client.post("/csp-reports", data={"a": "b"}).status_code == 415
    assert client.get("/csp-reports").status_code in {404, 405}


def test_so_many_are_taken_and_no_more(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = replace(app.extensions["forum_config"], rate_limits=True)
    monkeypatch.setitem(app.extensions, "forum_limits", Limiter(config))
    assert [send(client, report()).status_code for _ in range(21)] == [204] * 20 + [429]


def test_no_other_door_opens_without_the_token_of_a_form(app: Flask) -> None:
    marked = {name for name, view in app.view_functions.items() if hasattr(view, "comes_from_no_form")}
    # Reports of browsers, views of pages kept for visitors, the one click of a mail program: none carries a token.
    assert marked == {"take_csp_reports", "discussions.note_look", "notifications.stop_mail"}
    assert comes_from_no_form(lambda: None).comes_from_no_form  # type: ignore[attr-defined]
