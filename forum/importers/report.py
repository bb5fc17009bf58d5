"""What an import did, in the shape that all imports end with."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

#: A report that would fill a terminal helps nobody: of more than these, the number is told.
SHOWN = 20


@dataclass(slots=True)
class Report:
    topics: int = 0
    posts: int = 0
    users: int = 0
    existing: int = 0
    #: Topics that turned out to be parts of another one, and are no more.
    joined: int = 0
    #: What else was made, by its name, where an import makes more.
    more: dict[str, int] = field(default_factory=dict)
    #: What was taken over of what had changed where it came from, by its name.
    renewed: Counter[str] = field(default_factory=Counter)
    #: What the import has no use for, by its name.
    left_out: dict[str, int] = field(default_factory=dict)
    skipped: list[dict[str, str]] = field(default_factory=list)

    def skip(self, where: str, why: str) -> None:
        self.skipped.append({"where": where, "why": why})

    def as_json(self) -> dict[str, Any]:
        return {
            "created": {"topics": self.topics, "posts": self.posts, "users": self.users, **self.more},
            "existing": self.existing,
            "skipped": self.skipped,
            **({"renewed": dict(self.renewed)} if self.renewed else {}),
            **({"joined": self.joined} if self.joined else {}),
            **({"left_out": self.left_out} if self.left_out else {}),
        }

    def as_table(self) -> str:
        rows = [
            ("Topics created", self.topics),
            ("Posts created", self.posts),
            ("Users created", self.users),
            *((f"{name.capitalize()} created", number) for name, number in self.more.items()),
            ("There already", self.existing),
            *((f"{name.capitalize()} taken over", number) for name, number in sorted(self.renewed.items())),
            *([("Topics joined", self.joined)] if self.joined else []),
            *((f"Left out: {name}", number) for name, number in self.left_out.items()),
            ("Skipped", len(self.skipped)),
        ]
        width = max(16, *(len(name) + 1 for name, _number in rows))
        lines = [f"{name:<{width}}{number:>9,}" for name, number in rows]
        lines += [f"  {item['where']}: {item['why']}" for item in self.skipped[:SHOWN]]
        if len(self.skipped) > SHOWN:
            lines.append(f"  … and {len(self.skipped) - SHOWN} more; --json lists them all")
        return "\n".join(lines)
