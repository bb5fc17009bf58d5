"""Small dumps of Stack Exchange, made up: rows as text, and what is in the database afterwards."""

from collections.abc import Iterable
from pathlib import Path
from xml.sax.saxutils import quoteattr

from forum.core.db import db
from forum.importers.report import Report
from forum.importers.stackexchange.importing import import_stackexchange

BEGUN = "2015-03-01T10:{:02}:00.000"


def row(**values: object) -> str:
    return "  <row " + " ".join(f"{name}={_quoted(value)}" for name, value in values.items()) + " />"


def _quoted(value: object) -> str:
    return quoteattr(str(value), {"\n": "&#xA;", "\r": "&#xD;", '"': "&quot;"})


def question(number: int, minute: int = 0, **more: object) -> str:
    values = {
        "Id": number,
        "PostTypeId": 1,
        "CreationDate": BEGUN.format(minute),
        "Score": 3,
        "ViewCount": 40,
    }
    values |= {
        "Body": f"<p>Question {number}.</p>",
        "OwnerUserId": 1,
        "Title": f"Title {number}",
        "Tags": "<soil>",
    }
    return row(**{**values, **more})


def answer(number: int, to: int, minute: int = 1, **more: object) -> str:
    values = {"Id": number, "PostTypeId": 2, "ParentId": to, "CreationDate": BEGUN.format(minute), "Score": 5}
    return row(**{**values, "Body": f"<p>Answer {number}.</p>", "OwnerUserId": 2, **more})


def comment(number: int, on: int, minute: int = 2, text: str = "A comment.", **more: object) -> str:
    values = {"Id": number, "PostId": on, "Score": 0, "Text": text, "CreationDate": BEGUN.format(minute)}
    return row(**{**values, "UserId": 3, **more})


def history(number: int, kind: int, of: int, minute: int, text: str = "", **more: object) -> str:
    values = {"Id": number, "PostHistoryTypeId": kind, "PostId": of, "RevisionGUID": f"g{of}-{minute}"}
    return row(**{**values, "CreationDate": BEGUN.format(minute), "UserId": 1, "Text": text, **more})


def user(number: int, name: str, **more: object) -> str:
    values = {"Id": number, "AccountId": 1000 + number, "CreationDate": BEGUN.format(0), "DisplayName": name}
    return row(**{**values, **more})


PEOPLE = [
    user(-1, "Community", AccountId=-1),
    user(1, "Änne Öhler"),
    user(2, "Bo"),
    user(3, "智子"),
    user(4, "Never Wrote"),
]


def write(folder: Path, *, encoding: str = "utf-8-sig", **files: Iterable[str]) -> Path:
    """`write(folder, Posts=[…], Comments=[…])`; people where none are given."""
    folder.mkdir(exist_ok=True)
    for name, rows in ({"Users": PEOPLE} | files).items():
        tag = name.lower()
        text = "\n".join(['<?xml version="1.0" encoding="utf-8"?>', f"<{tag}>", *rows, f"</{tag}>"])
        (folder / f"{name}.xml").write_bytes(text.encode(encoding))
    return folder


def import_dump(
    folder: Path, *, category: str = "archive", dry_run: bool = False, processes: int = 0, site: str = ""
) -> Report:
    report, interrupted = import_stackexchange(
        folder, category_slug=category, dry_run=dry_run, processes=processes, site=site
    )
    assert not interrupted
    db.session.rollback()
    return report
