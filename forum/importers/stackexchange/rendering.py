"""Texts made and rendered by the processes of the pool."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from forum.importers.stackexchange.texts import body_of, from_comment, with_own_links
from forum.markup import SafeHTML, render_long


@dataclass(frozen=True, slots=True)
class Task:
    """A text as the dump has it. `links` are our posts by the ids that the text names."""

    html: str
    markdown: str | None
    is_comment: bool = False
    pattern: re.Pattern[str] | None = None
    links: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Text:
    """The same as Markdown of ours, and rendered; `why` it could not be, where it could not."""

    body: str
    html: SafeHTML
    renderer: int
    why: str = ""


UNREADABLE = "*This text could not be read.*"


def render_texts(tasks: list[Task]) -> list[Text]:
    return [_render(task) for task in tasks]


def _render(task: Task) -> Text:
    why = ""
    try:
        body = from_comment(task.html) if task.is_comment else body_of(task.html, task.markdown)
        body = with_own_links(body, task.pattern, task.links)
        rendered = render_long(body)
    except Exception as error:  # noqa: BLE001 - one text must never stop the others
        body, why = UNREADABLE, f"its text cannot be read: {type(error).__name__}: {error}"[:300]
        rendered = render_long(body)
    return Text(body, rendered.html, rendered.version, why)
