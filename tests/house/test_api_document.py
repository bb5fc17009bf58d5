"""The interface for programs: every operation declares who may, what it takes and answers, and stands in the document."""

import re
from pathlib import Path
from typing import Any

import pytest
from flask import Blueprint, Flask

from forum.access.doors import access_of, open_to_all
from forum.api.document import make_document
from forum.app import create_app
from forum.web.operations import API, operation, operation_of
from tests.conftest import make_config
from tests.house.sources import Finding, tell


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    folder: Path = tmp_path_factory.mktemp("document")
    return create_app(make_config(f"sqlite:///{folder}/none.db", folder))


def routes(app: Flask) -> set[tuple[str, str]]:
    """(method, path below /api/v1) of everything that is served."""
    return {
        (method, re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule.removeprefix(API)))
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith(API)
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


def described(document: dict[str, Any]) -> set[tuple[str, str]]:
    return {(method.upper(), path) for path, methods in document["paths"].items() for method in methods}


def find_undeclared(app: Flask) -> list[Finding]:
    found = []
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        if not rule.rule.startswith(API):
            continue
        what = operation_of(view)
        if what is None:
            found.append(Finding(rule.rule, 1, "declares no operation"))
        elif not what.summary:
            found.append(Finding(rule.rule, 1, "says nothing of itself: its docstring becomes its summary"))
        if access_of(view) is None:
            found.append(Finding(rule.rule, 1, "does not say who may"))
    return found


def document_of(app: Flask) -> dict[str, Any]:
    return make_document(app, name="Collegium", cookie="sid")


def test_every_route_is_in_the_document_and_the_document_holds_no_other(app: Flask) -> None:
    assert not (findings := find_undeclared(app)), tell(findings)
    assert described(document_of(app)) == routes(app)
    assert len(routes(app)) > 20


def test_an_undeclared_route_is_caught(app: Flask, tmp_path: Path) -> None:
    other = create_app(make_config(f"sqlite:///{tmp_path}/none.db", tmp_path))
    planted = Blueprint("planted_api", __name__, url_prefix=API)

    @planted.get("/bare")
    def bare() -> str:
        return ""

    @planted.get("/silent")
    @open_to_all
    @operation()
    def silent(_viewer: Any) -> None: ...

    @planted.get("/free")
    @operation()
    def free() -> None:
        """Free for all."""

    other.register_blueprint(planted)
    assert {finding.path for finding in find_undeclared(other)} == {
        f"{API}/bare",
        f"{API}/silent",
        f"{API}/free",
    }
    assert ("GET", "/bare") in routes(other) - described(document_of(other))


def test_the_document_is_whole(app: Flask) -> None:
    document = document_of(app)
    assert document["openapi"] == "3.1.0"
    operations = [d for methods in document["paths"].values() for d in methods.values()]
    names = [d["operationId"] for d in operations]
    assert len(names) == len(set(names))
    for path, methods in document["paths"].items():
        for method, one in methods.items():
            where = {p["name"] for p in one["parameters"] if p["in"] == "path"}
            assert where == set(re.findall(r"{(\w+)}", path)), path
            assert one["responses"]
            assert any(status.startswith("2") for status in one["responses"]), path
            assert ("requestBody" in one) <= (method != "get"), path
            scopes = [way["bearer"][0] for way in one["security"] if "bearer" in way]
            assert len(scopes) == 1, path
            headers = {p["name"] for p in one["parameters"] if p["in"] == "header"}
            if method == "get":
                assert headers == {"If-None-Match"}
                assert scopes[0] in {"read", "messages", "account"}
            else:
                assert {"session": [], "forgery": []} in one["security"], path
                assert {} not in one["security"], path
                assert "Idempotency-Key" in headers
                assert scopes[0] != "read"
    schemas = document["components"]["schemas"]
    for reference in re.findall(r"'#/components/schemas/(\w+)'", str(document)):
        assert reference in schemas
    used = set(re.findall(r"'#/components/schemas/(\w+)'", str(document)))
    assert set(schemas) == used


def test_the_shapes_of_the_contract_are_there(app: Flask) -> None:
    """Other programs are written against these names."""
    schemas = document_of(app)["components"]["schemas"]
    contract = {
        "User": "id username name standing avatar_url",
        "Audience": "read reply opened people sentence",
        "Category": "id slug name description parent audience topic_count unread new",
        "Topic": "id slug title category author audience created_at last_post_at last_number post_count unread locked pinned",
        "Post": "id topic_id number reply_to author body html created_at edited_at deleted_at reactions",
        "Topics": "items next",
        "Posts": "items next",
        "Categories": "items next",
    }
    for name, fields in contract.items():
        assert set(fields.split()) <= schemas[name]["properties"].keys(), name
        assert set(fields.split()) <= set(schemas[name]["required"]), name
