"""The raw history: one line for each thing that a client did or heard, in the order in which it happened."""

import json
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Happening:
    """`kind`: sent (one try), acknowledged, refused, heard (a broadcast), caught_up (a row of a sync), shown (at the end).

    `at` is a monotonic moment in seconds. `connection` counts the connections of that client. `seq`, `rev`, `id` as the server said them.
    """

    at: float
    client: str
    kind: str
    conversation: str
    client_id: str = ""
    body: str = ""
    author: str = ""
    seq: int = 0
    rev: int = 0
    id: str = ""
    connection: int = 0
    why: str = ""


class History:
    """Kept in memory, and in a file where one is named."""

    def __init__(self, path: Path | None = None) -> None:
        self.happenings: list[Happening] = []
        self._file = path.open("w") if path is not None else None

    def note(self, client: str, kind: str, conversation: str, **facts: Any) -> Happening:
        happening = Happening(time.monotonic(), client, kind, conversation, **facts)
        self.happenings.append(happening)
        if self._file is not None:
            self._file.write(json.dumps(asdict(happening), ensure_ascii=False) + "\n")
        return happening

    def note_message(self, client: str, kind: str, message: dict[str, Any], **facts: Any) -> Happening:
        """What the server said of a message, in the shape of the contract."""
        return self.note(
            client,
            kind,
            str(message["conversation_id"]),
            client_id=message["client_id"] or "",
            body=message["body"] or "",
            author=message["author"]["username"],
            seq=message["seq"],
            rev=message["rev"],
            id=str(message["id"]),
            **facts,
        )

    def close(self) -> None:
        if self._file is not None:
            self._file.close()


def read(path: Path) -> list[Happening]:
    """A history from its file."""
    return [Happening(**json.loads(line)) for line in path.read_text().splitlines()]
