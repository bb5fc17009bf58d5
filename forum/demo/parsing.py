"""Reads the files of the demo. Strict: whatever is not understood is an error that says where it stands.

A discussion is one Markdown file: front matter in TOML between lines of `+++`, then its posts. A post begins with

    === 7 < 3 @anneli 2d4h                              number, what it answers, author, how long ago
    === 8 < 7 @paulo 2d3h edited 2d                     the body ends with `--- earlier version` and the text before
    === 9 @lucan 2d deleted 1d
    === 10 @lucan 1d hidden 20h by mairead: the reason
"""

import re
import tomllib
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from forum.demo.plan import (
    Category,
    Conversation,
    Deed,
    Demo,
    Flag,
    Group,
    Person,
    Piece,
    Post,
    Reader,
    Society,
    Tag,
    TagGroup,
    Template,
    Topic,
)

CONTENT = Path(__file__).parent / "content"
FENCE = "+++"
EARLIER = "\n--- earlier version\n"
AGO = re.compile(r"^(?=\d)(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?$")
HEADING = re.compile(
    r"^=== (?P<number>\d+)(?: < (?P<parent>\d+))? @(?P<author>\S+) (?P<ago>\S+)"
    r"(?: edited (?P<edited>\S+))?(?: deleted (?P<deleted>\S+))?"
    r"(?: hidden (?P<hidden>\S+) by (?P<by>\S+): (?P<reason>\S.*))?$"
)

P = TypeVar("P", bound=Piece)


class DemoFault(ValueError):
    """Something in the files of the demo is wrong; the message says where."""


def read_demo(folder: Path = CONTENT) -> Demo:
    """Everything in the folder. Raises DemoFault for the first thing that cannot be read."""
    return Demo(
        society=_piece(Society, _table(folder / "society.toml"), "society.toml"),
        people=read_people(folder),
        groups=_pieces(Group, _table(folder / "groups.toml").get("groups"), "groups.toml"),
        categories=_pieces(Category, _table(folder / "categories.toml").get("categories"), "categories.toml"),
        templates=_pieces(Template, _table(folder / "templates.toml").get("templates"), "templates.toml"),
        tag_groups=_pieces(TagGroup, _table(folder / "tags.toml").get("groups"), "tags.toml"),
        tags=_pieces(Tag, _table(folder / "tags.toml").get("tags"), "tags.toml"),
        topics=[_topic_file(path) for path in sorted((folder / "discussions").glob("*.md"))],
        flags=_pieces(Flag, _with_times(_table(folder / "flags.toml").get("flags")), "flags.toml"),
        conversations=_pieces(
            Conversation,
            _with_moments(_table(folder / "conversations.toml").get("conversations")),
            "conversations.toml",
        ),
        readers=_pieces(Reader, _with_floors(_table(folder / "reading.toml").get("readers")), "reading.toml"),
    )


def read_people(folder: Path = CONTENT) -> list[Person]:
    return _pieces(Person, _table(folder / "people.toml").get("people"), "people.toml")


def parse_topic(text: str, *, slug: str) -> Topic:
    """One discussion from the text of its file."""
    where = f"{slug}.md"
    front, body, first_line = _split_front_matter(text, where)
    for key in ("pinned", "locked", "archived"):
        if key in front:
            front[key] = _deed(front[key], f"{where}: {key}")
    posts = _parse_posts(body, first_line, where)
    return _piece(Topic, {**front, "slug": slug, "posts": posts}, where)


def parse_ago(text: str, where: str) -> timedelta:
    """How long ago, as `19d4h`, `3h20m` or `6m`."""
    found = AGO.match(text)
    if found is None:
        raise DemoFault(f"{where}: {text!r} is not a time like 19d4h, 3h20m or 6m")
    days, hours, minutes = (int(part or 0) for part in found.groups())
    if (days and hours > 23) or (hours and minutes > 59):
        raise DemoFault(f"{where}: {text!r} carries over; write it in days, hours and minutes")
    return timedelta(days=days, hours=hours, minutes=minutes)


def _topic_file(path: Path) -> Topic:
    return parse_topic(path.read_text(encoding="utf-8"), slug=path.stem)


def _split_front_matter(text: str, where: str) -> tuple[dict[str, Any], str, int]:
    """The front matter, what follows it, and the number of the line where that begins."""
    parts = text.split(f"{FENCE}\n", 2)
    if len(parts) != 3 or parts[0]:
        raise DemoFault(f"{where}: begins with front matter between two lines of {FENCE}")
    try:
        front = tomllib.loads(parts[1])
    except tomllib.TOMLDecodeError as error:
        raise DemoFault(f"{where}: {error}") from None
    return front, parts[2], parts[1].count("\n") + 3


def _parse_posts(text: str, first_line: int, where: str) -> list[Post]:
    posts: list[Post] = []
    heading, heading_line, body = "", first_line, [""]
    for offset, line in enumerate([*text.splitlines(), "=== end"]):
        if not line.startswith("==="):
            body.append(line)
            continue
        if heading:
            posts.append(_parse_post(heading, "\n".join(body).strip(), heading_line, where))
        elif "".join(body).strip():
            raise DemoFault(f"{where}:{first_line}: text before the first post")
        heading, heading_line, body = line, first_line + offset, []
    return posts


def _parse_post(heading: str, body: str, line: int, where: str) -> Post:
    where = f"{where}:{line}"
    found = HEADING.match(heading)
    if found is None:
        raise DemoFault(f"{where}: not the heading of a post: {heading!r}")
    said = found.groupdict()
    body, has_earlier, earlier = body.partition(EARLIER)
    if bool(has_earlier) != bool(said["edited"]):
        raise DemoFault(f"{where}: an edited post has its earlier version below it, any other has none")
    hidden = said["hidden"] and {"by": said["by"], "ago": said["hidden"], "reason": said["reason"].strip()}
    values = {
        "number": int(said["number"]),
        "parent": int(said["parent"]) if said["parent"] else None,
        "author": said["author"],
        "ago": parse_ago(said["ago"], where),
        "body": body.strip(),
        "line": line,
        "edited": parse_ago(said["edited"], where) if said["edited"] else None,
        "earlier": earlier.strip(),
        "deleted": parse_ago(said["deleted"], where) if said["deleted"] else None,
        "hidden": _deed(hidden, where) if hidden else None,
    }
    return _piece(Post, values, where)


def _deed(values: dict[str, Any], where: str) -> Deed:
    return _piece(Deed, {**values, "ago": parse_ago(str(values.get("ago", "")), where)}, where)


def _with_floors(rows: Any) -> Any:
    if not isinstance(rows, list):
        return rows
    return [
        {**row, "floor": parse_ago(str(row.get("floor", "")), f"reading.toml, entry {position}")}
        for position, row in enumerate(rows, 1)
    ]


def _with_times(rows: Any) -> Any:
    if not isinstance(rows, list):
        return rows
    return [
        {
            **row,
            "ago": parse_ago(str(row.get("ago", "")), f"flags.toml, entry {position}"),
            "judged": _deed(row["judged"], f"flags.toml, entry {position}") if "judged" in row else None,
        }
        for position, row in enumerate(rows, 1)
    ]


def _table(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise DemoFault(f"{path.name}: {error}") from None


def _pieces(piece: type[P], rows: Any, where: str) -> list[P]:
    if not isinstance(rows, list):
        raise DemoFault(f"{where}: no entries")
    return [_piece(piece, row, f"{where}, entry {position}") for position, row in enumerate(rows, 1)]


def _piece(piece: type[P], values: dict[str, Any], where: str) -> P:
    try:
        return piece(**values)
    except ValidationError as error:
        told = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise DemoFault(f"{where}: {told}") from None


def _with_moments(rows: Any) -> Any:
    """Of conversations: when each message was said."""
    if not isinstance(rows, list):
        return rows
    return [
        {**row, "messages": [_said(said, position) for said in row.get("messages", [])]}
        for position, row in enumerate(rows, 1)
    ]


def _said(said: dict[str, Any], position: int) -> dict[str, Any]:
    return {**said, "ago": parse_ago(str(said.get("ago", "")), f"conversations.toml, entry {position}")}
