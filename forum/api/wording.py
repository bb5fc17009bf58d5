"""The description in words: what an operation takes and answers as lines that the page of the documentation shows."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Line:
    """A field or a parameter."""

    name: str
    kind: str
    where: str  # path, query; empty for fields of a body
    needed: bool
    text: str
    shape: str  # the schema it has, where that is one of those that are shown


@dataclass(frozen=True, slots=True)
class Chapter:
    """One operation."""

    id: str
    method: str
    path: str
    summary: str
    text: str
    parameters: list[Line]
    body: list[Line]
    answers: list[tuple[str, str, str]]  # status, what it says, the name of the schema
    trouble: list[str]  # statuses


@dataclass(frozen=True, slots=True)
class Shape:
    """One schema."""

    name: str
    text: str
    lines: list[Line]


@dataclass(frozen=True, slots=True)
class Chapters:
    by_tag: dict[str, list[Chapter]]
    shapes: list[Shape]
    trouble: list[tuple[str, str]]  # status and what it means, wherever it comes from


def chapters_of(document: dict[str, Any]) -> Chapters:
    schemas = document["components"]["schemas"]
    by_tag: dict[str, list[Chapter]] = {}
    for path, methods in document["paths"].items():
        for method, described in methods.items():
            by_tag.setdefault(described["tags"][0], []).append(_chapter(path, method, described, schemas))
    taken = {
        name
        for name in schemas
        if any(_takes(d, name) for p in document["paths"].values() for d in p.values())
    }
    shapes = [
        Shape(name, _flat(schema.get("description", "")), _fields(schema))
        for name, schema in schemas.items()
        if name not in taken and schema.get("type") == "object"
    ]
    trouble = {
        status: answer["description"]
        for methods in document["paths"].values()
        for described in methods.values()
        for status, answer in described["responses"].items()
        if status >= "300"
    }
    return Chapters(by_tag, shapes, sorted(trouble.items()))


def _chapter(path: str, method: str, described: dict[str, Any], schemas: dict[str, Any]) -> Chapter:
    body = described.get("requestBody")
    return Chapter(
        id=described["operationId"],
        method=method.upper(),
        path=path,
        summary=described["summary"],
        text=described["description"],
        parameters=[
            Line(p["name"], kind_of(p["schema"]), p["in"], p["required"], p.get("description", ""), "")
            for p in described["parameters"]
            if p["in"] != "header"
        ],
        body=_fields(schemas[_named(body["content"])]) if body else [],
        answers=[
            (status, answer["description"], _named(answer["content"]) if "content" in answer else "")
            for status, answer in described["responses"].items()
            if status < "300"
        ],
        trouble=[status for status in described["responses"] if status >= "300"],
    )


def kind_of(schema: dict[str, Any]) -> str:
    """The type of a value in a few words."""
    if "$ref" in schema:
        return _last(schema["$ref"])
    if "anyOf" in schema:
        return " or ".join(kind_of(one) for one in schema["anyOf"])
    if "enum" in schema:
        return ", ".join(f"“{value}”" for value in schema["enum"])
    if schema.get("type") == "array":
        return f"list of {kind_of(schema.get('items', {}))}"
    if schema.get("format") == "binary":
        return "file"
    words = {"object": "object", "integer": "whole number", "boolean": "true or false", "string": "text"}
    kind = (
        "time"
        if schema.get("format") == "date-time"
        else words.get(schema.get("type", ""), schema.get("type", "any"))
    )
    limits = [
        text.format(schema[key])
        for key, text in (
            ("minimum", "from {}"),
            ("maximum", "to {}"),
            ("maxLength", "at most {} characters"),
        )
        if key in schema
    ]
    return ", ".join([kind, *limits])


def _fields(schema: dict[str, Any]) -> list[Line]:
    needed = set(schema.get("required", []))
    return [
        Line(name, kind_of(field), "", name in needed, _flat(field.get("description", "")), _shape_in(field))
        for name, field in schema.get("properties", {}).items()
    ]


def _shape_in(field: dict[str, Any]) -> str:
    """The schema that a field, or each thing in it, has."""
    inner = [field, field.get("items", {}), *field.get("anyOf", [])]
    return next((_last(one["$ref"]) for one in inner if "$ref" in one), "")


def _takes(described: dict[str, Any], name: str) -> bool:
    return "requestBody" in described and _named(described["requestBody"]["content"]) == name


def _named(content: dict[str, Any]) -> str:
    """The schema that a body has."""
    schema: dict[str, Any] = next(iter(content.values()))["schema"]
    return _last(schema["$ref"])


def _last(reference: str) -> str:
    return reference.rpartition("/")[2]


def _flat(text: str) -> str:
    return " ".join(text.split())
