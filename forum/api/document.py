"""The OpenAPI document, made of what the operations declare: there is no second description that could differ."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import Flask
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from forum.access.doors import access_of
from forum.web import submissions
from forum.web.csrf import HEADER
from forum.web.operations import API, Operation, operation_of
from forum.web.schemas import Problem
from forum.web.token_scopes import SCOPES_FOR_PROGRAMS

REF = "#/components/schemas/{model}"
RETRIES = {429, 503}
WHOLE = {"type": "integer", "minimum": 1}
_ARGUMENT = re.compile(r"<(?:(\w+):)?(\w+)>")
_KINDS: dict[str | None, dict[str, Any]] = {
    "id": {"type": "string", "pattern": "^[0-9]{1,19}$"},
    None: {"type": "string"},
}
FILE_FORM = "FileForm"
_FILE_FORM = {
    "type": "object",
    "description": "A form with a file, as browsers send it.",
    "required": ["file"],
    "properties": {"file": {"type": "string", "format": "binary", "description": "10 MB at most."}},
}
TROUBLE = {
    304: "It is as it was: your `If-None-Match` holds.",
    400: "This cannot be read.",
    401: "Sign in first; or what was sent as `Authorization` does not sign in.",
    403: "You may read this, but not do that; or your token lacks the scope; or `X-CSRF-Token` is missing.",
    404: "Not there for you, whether or not it is there for others.",
    409: "Something stands in the way, such as another request under the same `Idempotency-Key` or `client_id`.",
    412: "It has changed since you read it: your `If-Match` does not hold.",
    413: "Too large.",
    415: "The body is not JSON; or, where a file is taken, no form with files.",
    422: "Something in the body cannot be taken; `errors` says what.",
    429: "Too much in a short time; `Retry-After` says how long to wait.",
    503: "Busy: nothing was done. `Retry-After` says how long to wait.",
}


@dataclass(frozen=True, slots=True)
class Declared:
    """One method of one address."""

    method: str
    path: str  # below /api/v1, with {arguments}
    arguments: list[tuple[str, str | None]]  # name and converter
    tag: str
    access: str
    operation: Operation


def declared_operations(app: Flask) -> Iterator[Declared]:
    """Every operation below /api/v1, in order of address."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda r: r.rule):
        view = app.view_functions[rule.endpoint]
        operation = operation_of(view)
        if operation is None or not rule.rule.startswith(f"{API}/"):
            continue
        yield from (
            Declared(
                method=method,
                path=_ARGUMENT.sub(r"{\2}", rule.rule.removeprefix(API)),
                arguments=[(name, kind or None) for kind, name in _ARGUMENT.findall(rule.rule)],
                tag=rule.endpoint.partition(".")[0].removesuffix("_api"),
                access=access_of(view) or "",
                operation=operation,
            )
            for method in sorted(rule.methods or ())
            if method not in {"HEAD", "OPTIONS"}
        )


def make_document(app: Flask, *, name: str, cookie: str) -> dict[str, Any]:
    """The document as a whole."""
    declared = list(declared_operations(app))
    paths: dict[str, dict[str, Any]] = {}
    for one in declared:
        paths.setdefault(one.path, {})[one.method.lower()] = _operation(one)
    return {
        "openapi": "3.1.0",
        "info": {"title": name, "version": "1", "description": "What programs can do here, as people can."},
        "servers": [{"url": API}],
        "tags": [{"name": tag} for tag in dict.fromkeys(one.tag for one in declared)],
        "paths": paths,
        "components": {
            "schemas": _schemas(declared),
            "securitySchemes": {
                "session": {"type": "apiKey", "in": "cookie", "name": cookie},
                "forgery": {"type": "apiKey", "in": "header", "name": HEADER},
                "bearer": {"type": "http", "scheme": "bearer", "description": _about_scopes()},
            },
        },
    }


def _schemas(declared: list[Declared]) -> dict[str, Any]:
    wanted: dict[Any, None] = {(Problem, "serialization"): None}
    for one in declared:
        if one.operation.takes:
            wanted[(one.operation.takes, "validation")] = None
        if one.operation.answers:
            wanted[(one.operation.answers, "serialization")] = None
    _, definitions = models_json_schema(list(wanted), ref_template=REF)
    shapes = definitions["$defs"]
    if any(one.operation.takes_file for one in declared):
        shapes[FILE_FORM] = _FILE_FORM
    return dict(sorted(shapes.items()))


def _operation(one: Declared) -> dict[str, Any]:
    what = one.operation
    is_read = one.method == "GET"
    session: dict[str, list[str]] = {"session": []} if is_read else {"session": [], "forgery": []}
    bearer = {"bearer": [str(what.scope_for(one.method))]}
    needs_account = one.access == "signed in" or not is_read
    described: dict[str, Any] = {
        "operationId": what.name,
        "tags": [one.tag],
        "summary": what.summary,
        "description": " ".join(text for text in (what.description, _who(one.access)) if text),
        "security": [session, bearer] if needs_account else [{}, session, bearer],
        "parameters": [*_in_path(one), *_in_query(what), *_in_headers(one)],
        "responses": _responses(one),
    }
    if what.takes:
        required = any(field.is_required() for field in what.takes.model_fields.values())
        described["requestBody"] = {"required": required, "content": _json(what.takes)}
    if what.takes_file:
        content = {"multipart/form-data": {"schema": {"$ref": REF.format(model=FILE_FORM)}}}
        described["requestBody"] = {"required": True, "content": content}
    return described


def _about_scopes() -> str:
    scopes = " ".join(f"`{scope}`: {text}" for scope, text in SCOPES_FOR_PROGRAMS.items())
    return f"A personal token. What it is good for: {scopes}"


def _who(access: str) -> str:
    if access.startswith("requires "):
        return f"Needs the permission `{access.removeprefix('requires ')}`."
    return "Needs an account." if access == "signed in" else ""


def _in_path(one: Declared) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "path", "required": True, "schema": _KINDS[kind]} for name, kind in one.arguments
    ]


def _in_query(what: Operation) -> list[dict[str, Any]]:
    if what.query is None:
        return []
    properties = what.query.model_json_schema()["properties"]
    return [
        {
            "name": name,
            "in": "query",
            "required": field.is_required(),
            "schema": _without_null(properties[name]),
            **({"description": field.description} if field.description else {}),
        }
        for name, field in what.query.model_fields.items()
    ]


def _in_headers(one: Declared) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    if one.operation.edits:
        found.append(_header("If-Match", "Do it only if nobody has changed it since: an `ETag`."))
    if one.method == "GET":
        found.append(_header("If-None-Match", "Answer 304 if nothing has changed since: an `ETag`."))
    else:
        told = "Of your making: the same request again within a day is answered as the first time."
        found.append(_header(submissions.HEADER, told, maxLength=submissions.LONGEST, pattern="^[ -~]+$"))
    return found


def _header(name: str, text: str, **schema: Any) -> dict[str, Any]:
    """A header that may be sent: a text, as the schema says more closely."""
    shape = {"type": "string", **schema}
    return {"name": name, "in": "header", "required": False, "description": text, "schema": shape}


def _responses(one: Declared) -> dict[str, Any]:
    what = one.operation
    described: dict[str, Any] = {}
    if what.answers:
        described[str(what.status)] = {"description": "Done.", "content": _json(what.answers)}
        given = _given_headers(one)
        if given:
            described[str(what.status)]["headers"] = given
    if one.method != "GET" and (not what.answers or what.status == 200):
        described["204"] = {"description": "Done; there is nothing to show."}
    for status in _troubles(one):
        described[str(status)] = {"description": TROUBLE[status]}
        if status != 304:
            described[str(status)]["content"] = _json(Problem, "application/problem+json")
        if status in RETRIES:
            text = "Seconds to wait."
            described[str(status)]["headers"] = {"Retry-After": {"description": text, "schema": WHOLE}}
    return described


def _given_headers(one: Declared) -> dict[str, Any]:
    """What comes along with an answer, each a text."""
    given = {}
    if one.method == "GET":
        given["ETag"] = "For `If-None-Match`, and for `If-Match` of an edit."
    elif one.operation.status == 201:
        given["Location"] = "Where what was made can be read, if it can."
    if one.method != "GET":
        given[submissions.REPEATED] = "`true` where this was answered before, under the same key."
    return {name: {"description": text, "schema": {"type": "string"}} for name, text in given.items()}


def _troubles(one: Declared) -> list[int]:
    found = {400, 401, 403, 429, 503}
    if one.arguments or one.operation.finds:
        found.add(404)
    found |= {304} if one.method == "GET" else {409, 413}
    if one.operation.takes or one.operation.takes_file:
        found |= {415, 422}
    if one.operation.edits:
        found.add(412)
    return sorted(found)


def _json(model: type[BaseModel], media_type: str = "application/json") -> dict[str, Any]:
    return {media_type: {"schema": {"$ref": REF.format(model=model.__name__)}}}


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """A query cannot say null: what may be left out has the schema of what may be given."""
    kept = {key: value for key, value in schema.items() if key not in {"title", "default", "description"}}
    several = kept.pop("anyOf", None)
    if several:
        kept |= next(one for one in several if one.get("type") != "null")
    if schema.get("default") is not None:
        kept["default"] = schema["default"]
    return kept
