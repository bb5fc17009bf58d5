"""The files of a dump into the index: what can be read of each row, and of the rest where and why not."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

from forum.importers.pace import Progress
from forum.importers.report import Report
from forum.importers.stackexchange.dump import NotADump, Row, rows
from forum.importers.stackexchange.index import ANSWER, COMMENT, QUESTION, Index, milliseconds, whole
from forum.importers.stackexchange.texts import link_pattern

WIKIS = {"4", "5"}  # the descriptions of tags
OTHER = {"3", "6", "7", "8"}  # of no topic: orphans, nominations, wikis of privileges
POST_VALUES = (
    *("OwnerUserId", "OwnerDisplayName", "Title", "Body", "Score", "ViewCount", "Tags", "AcceptedAnswerId"),
    *("ClosedDate", "DeletionDate", "LastEditDate", "ContentLicense"),
    *("LastEditorUserId", "LastEditorDisplayName"),
)
COMMENT_VALUES = ("UserId", "UserDisplayName", "Text", "Score", "ContentLicense")
HISTORY_VALUES = (
    *(
        "Id",
        "PostHistoryTypeId",
        "RevisionGUID",
        "CreationDate",
        "UserId",
        "UserDisplayName",
        "Text",
        "Comment",
    ),
)
# Of history: what was written and what became of it; not who protected, bumped or announced it.
HISTORY_KINDS = {*map(str, range(1, 16))}
MISSING = "it answers a question that is not in the dump"
ON_NOTHING = "it is about a post that is not in the dump"


class Reading:
    """One reading of a folder."""

    def __init__(self, folder: Path, index: Index, report: Report, progress: Progress) -> None:
        self.folder, self.index, self.report, self.progress = folder, index, report, progress
        self.left_out: Counter[str] = Counter()
        self._read = 0

    def run(self) -> None:
        for name, take in (
            ("Users.xml", self._user),
            ("Posts.xml", self._post),
            ("Comments.xml", self._comment),
            ("PostHistory.xml", self._history),
            ("PostLinks.xml", self._link),
            ("Tags.xml", self._tag),
        ):
            self._file(name, take)
        # What is said of a tag in short, or else at length, describes it here.
        self.left_out["tag wikis"] -= sum(1 for _one in self.index.told_of_tags())
        self.left_out += Counter()  # without what is none
        for place, kind in self.index.drop_orphans():
            self.report.skip(place, MISSING if kind == ANSWER else ON_NOTHING)
        self.report.left_out = dict(self.left_out)
        self.progress("Rows", self._read, self._read)

    def _file(self, name: str, take: Callable[[Row], str]) -> None:
        path = find_file(self.folder, name)
        if path is None:
            return
        try:
            for row in rows(path):
                self._read += 1
                if self._read % 500 == 0:
                    self.progress("Rows", self._read, 0)
                why = row.why or take(row)
                if why:
                    self.report.skip(f"{path.name}, row {row.number}", why)
        except NotADump as reason:
            self.report.skip(path.name, str(reason))
        except OSError as error:
            self.report.skip(path.name, f"cannot be read: {error.strerror}")

    def _user(self, row: Row) -> str:
        user_id = whole(row.values.get("Id"))
        if user_id is None:
            return "it has no id"
        values = row.values
        name = " ".join(values.get("DisplayName", "").split()) or f"user{user_id}"
        self.index.add_user(
            user_id, whole(values.get("AccountId")), name, milliseconds(values.get("CreationDate"))
        )
        return ""

    def _post(self, row: Row) -> str:
        values = row.values
        kind = values.get("PostTypeId", "")
        if kind in WIKIS | OTHER:
            self.left_out["tag wikis" if kind in WIKIS else "other posts"] += 1
            post_id = whole(values.get("Id"))
            if kind in WIKIS and post_id is not None and values.get("Body", "").strip():
                self.index.add_wiki(post_id, values["Body"])
            return ""
        if kind not in {"1", "2"}:
            return "it is neither a question nor an answer"
        if "Body" not in values:
            return "it has no text"
        question = whole(values.get("ParentId"))
        if kind == "2" and question is None:
            return "it does not say what it answers"
        return self._entry(row, int(kind), question if kind == "2" else None, POST_VALUES)

    def _comment(self, row: Row) -> str:
        post = whole(row.values.get("PostId"))
        if post is None:
            return "it does not say what it is about"
        if not row.values.get("Text", "").strip():
            return "it has no text"
        return self._entry(row, COMMENT, post, COMMENT_VALUES)

    def _entry(self, row: Row, kind: int, above: int | None, names: tuple[str, ...]) -> str:
        entry_id, created = whole(row.values.get("Id")), milliseconds(row.values.get("CreationDate"))
        if entry_id is None or entry_id <= 0:
            return "it has no id"
        if created is None:
            return "it has no date"
        values = {name: row.values[name] for name in names if name in row.values}
        place = f"{'Comments' if kind == COMMENT else 'Posts'}.xml, row {row.number}"
        is_first = self.index.add_entry(kind, entry_id, above, created, place, values)
        return "" if is_first else "another one before it has the same id"

    def _history(self, row: Row) -> str:
        if row.values.get("PostHistoryTypeId") not in HISTORY_KINDS:
            return ""
        history_id, post = whole(row.values.get("Id")), whole(row.values.get("PostId"))
        if history_id is None or post is None or milliseconds(row.values.get("CreationDate")) is None:
            return "it has no id, no date, or does not say what it is about"
        values = {name: row.values[name] for name in HISTORY_VALUES if name in row.values}
        self.index.add_history(history_id, post, values)
        return ""

    def _link(self, row: Row) -> str:
        post, related, kind = (whole(row.values.get(n)) for n in ("PostId", "RelatedPostId", "LinkTypeId"))
        if post is None or related is None or kind is None:
            return "it does not say what it links"
        self.index.add_link(post, related, kind)
        return ""

    def _tag(self, row: Row) -> str:
        name = row.values.get("TagName", "")
        if not name:
            return "it has no name"
        self.index.add_tag(name, whole(row.values.get("ExcerptPostId")), whole(row.values.get("WikiPostId")))
        return ""


def find_file(folder: Path, name: str) -> Path | None:
    """A file of the dump, however its name is written."""
    found = (path for path in sorted(folder.iterdir()) if path.name.lower() == name.lower())
    return next((path for path in found if path.is_file()), None)


def own_hosts(index: Index) -> list[str]:
    """What this site is called, the usual name first. No file names it; but PostLinks says which posts name which."""
    hosts: Counter[str] = Counter()
    for html, related in index.linked():
        at = re.compile(rf"//([\w.-]+\.\w+)/(?:questions|q|a)/{related}\b", re.IGNORECASE)
        hosts.update({found.lower() for found in at.findall(html)})
    most = max(hosts.values(), default=0)
    # The site may have had another name before; a link elsewhere that happens to have the same number is rare.
    return [host for host, count in hosts.most_common() if count == most or count * 5 > most > 4]


def own_links(hosts: Iterable[str]) -> re.Pattern[str] | None:
    """What leads to posts of the site that has these names."""
    return link_pattern(frozenset(hosts))


__all__ = ["ANSWER", "COMMENT", "QUESTION", "Reading", "find_file", "own_hosts", "own_links"]
