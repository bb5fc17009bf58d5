"""What the history of a post tells: its versions, whether it was closed or deleted, by whom and why."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from forum.importers.mail.people import Person
from forum.importers.stackexchange.index import Entry, Index, milliseconds, moment_of, whole

TITLES, BODIES = {1, 4, 7}, {2, 5, 8}
TAGS = {3, 6, 9}
CLOSED, REOPENED, DELETED, UNDELETED, LOCKED, UNLOCKED = 10, 11, 12, 13, 14, 15
_DUPLICATE = {"1", "101"}
_REASONS = {
    "2": "off topic",
    "3": "a matter of opinion",
    "4": "not a real question",
    "7": "too localized",
    "10": "answered by any work of reference",
    "20": "noise",
    "102": "off topic",
    "103": "unclear",
    "104": "too broad",
    "105": "a matter of opinion",
}
_SLACK = 5_000  # milliseconds between what two files say of one edit


@dataclass(frozen=True, slots=True)
class Version:
    """How a post read before an edit, and the edit: when, by whom, why."""

    body: str
    title: str | None
    edited_at: datetime
    by: Person
    why: str


@dataclass(frozen=True, slots=True)
class Deed:
    at: datetime
    by: Person
    why: str = ""


@dataclass(frozen=True, slots=True)
class Story:
    markdown: str | None  # what the author typed, as it is now; None where the history does not tell
    versions: tuple[Version, ...] = ()
    edited: Deed | None = None
    closed: Deed | None = None
    deleted: Deed | None = None


def story_of(index: Index, entry: Entry) -> Story:
    rows = [row for row in index.history_of(entry.id) if milliseconds(row.get("CreationDate")) is not None]
    rows.sort(key=lambda row: (milliseconds(row["CreationDate"]), whole(row.get("Id")) or 0))
    markdown, versions, edited = _versions(index, entry, rows)
    return Story(markdown, tuple(versions), edited, _closed(index, entry, rows), _deleted(index, entry, rows))


def _versions(
    index: Index, entry: Entry, rows: list[dict[str, str]]
) -> tuple[str | None, list[Version], Deed | None]:
    body: str | None = None
    title: str | None = None
    versions: list[Version] = []
    edited: Deed | None = None
    last = 0
    for edit in _edits(rows):
        kinds = {_kind(row): row for row in edit}
        new_body = next((kinds[kind].get("Text", "") for kind in BODIES if kind in kinds), None)
        new_title = next((kinds[kind].get("Text", "") for kind in TITLES if kind in kinds), None)
        last = max(last, milliseconds(edit[0]["CreationDate"]) or 0)
        changes_body = new_body is not None and new_body != body
        changes_title = new_title is not None and new_title != title
        if body is not None and (changes_body or (changes_title and title is not None)):
            first = next((row for row in edit if _kind(row) in BODIES), edit[0])
            by = index.person(first.get("UserId"), first.get("UserDisplayName"))
            at = moment_of(milliseconds(first["CreationDate"]) or 0)
            why = " ".join(first.get("Comment", "").split())[:200]
            versions.append(Version(_lines(body), title if changes_title else None, at, by, why))
            edited = Deed(at, by)
        body = new_body if new_body is not None else body
        title = new_title if new_title is not None else title
    told = milliseconds(entry.values.get("LastEditDate"))
    is_current = told is None or told <= last + _SLACK
    begins = any(_kind(row) == 2 for row in rows)
    return (body if is_current and begins else None), versions if begins else [], edited


def _edits(rows: list[dict[str, str]]) -> list[list[dict[str, str]]]:
    """Rows of what was written, those of one edit together."""
    edits: dict[str, list[dict[str, str]]] = {}
    for row in rows:
        if _kind(row) in TITLES | BODIES | TAGS:
            edits.setdefault(row.get("RevisionGUID") or row["CreationDate"], []).append(row)
    return list(edits.values())


def _closed(index: Index, entry: Entry, rows: list[dict[str, str]]) -> Deed | None:
    last = _last(rows, CLOSED, REOPENED)
    at = milliseconds(entry.values.get("ClosedDate"))
    if last is not None:
        if at is None:
            at = milliseconds(last["CreationDate"])
        return Deed(moment_of(at or 0), _doer(index, last), _why_closed(index, entry, last))
    if at is not None:
        return Deed(moment_of(at), index.person("-1", "Community"), _why_closed(index, entry, {}))
    last = _last(rows, LOCKED, UNLOCKED)
    if last is not None:
        return Deed(
            moment_of(milliseconds(last["CreationDate"]) or 0),
            _doer(index, last),
            "Locked where it came from.",
        )
    return None


def _deleted(index: Index, entry: Entry, rows: list[dict[str, str]]) -> Deed | None:
    last = _last(rows, DELETED, UNDELETED)
    at = milliseconds(entry.values.get("DeletionDate"))
    if last is not None and (at is not None or last is rows[-1]):  # what was edited later had come back
        return Deed(moment_of(milliseconds(last["CreationDate"]) or 0), _doer(index, last))
    return Deed(moment_of(at), index.person("-1", "Community")) if at is not None else None


def _last(rows: list[dict[str, str]], done: int, undone: int) -> dict[str, str] | None:
    """The last time it was done, if it was not undone since."""
    found = [row for row in rows if _kind(row) in (done, undone)]
    return found[-1] if found and _kind(found[-1]) == done else None


def _doer(index: Index, row: dict[str, str]) -> Person:
    """Whoever did it, or the first who voted for it."""
    if row.get("UserId") or row.get("UserDisplayName"):
        return index.person(row.get("UserId"), row.get("UserDisplayName"))
    voters = _details(row).get("Voters")
    first = voters[0] if isinstance(voters, list) and voters and isinstance(voters[0], dict) else {}
    return index.person(str(first.get("Id", "-1")), str(first.get("DisplayName", "Community")))


def _why_closed(index: Index, entry: Entry, row: dict[str, str]) -> str:
    code = row.get("Comment", "")
    originals = _details(row).get("OriginalQuestionIds") or []
    asked = [number for number in originals if isinstance(number, int)] if isinstance(originals, list) else []
    asked = asked or index.duplicates_of(entry.id)
    if code in _DUPLICATE or (asked and not code):
        titles = [title for title in (index.title_of(number) for number in asked) if title]
        told = f"as a duplicate of “{titles[0]}”" if titles else "as a duplicate"
    else:
        told = f"as {_REASONS[code]}" if code in _REASONS else ""
    return f"Closed where it came from{', ' if told else ''}{told}."[:500]


def _details(row: dict[str, str]) -> dict[str, object]:
    try:
        told = json.loads(row.get("Text", "") or "{}")
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def _kind(row: dict[str, str]) -> int:
    return whole(row.get("PostHistoryTypeId")) or 0


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").strip("\n")
