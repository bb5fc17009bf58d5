"""Templates that are forms: what a field is, and how answers become the text of a post."""

import enum
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from flask_babel import gettext as _

from forum.boards.models import TopicTemplate
from forum.core.errors import Invalid
from forum.discussions.form_params import ANSWERS, LONGEST_ANSWER

MOST_FIELDS = len(ANSWERS)
LONGEST_LINE = 200


class FieldKind(enum.StrEnum):
    LINE = "line"
    TEXT = "text"
    CHOICE = "choice"
    CHECK = "check"
    CONSENT = "consent"  # a statement that must be ticked


@dataclass(frozen=True, slots=True)
class FormField:
    label: str
    kind: FieldKind
    help: str = ""
    required: bool = False
    choices: tuple[str, ...] = ()

    @property
    def is_needed(self) -> bool:
        return self.required or self.kind is FieldKind.CONSENT

    def stored(self) -> dict[str, Any]:
        return {**asdict(self), "kind": str(self.kind), "choices": list(self.choices)}


def fields_of(template: TopicTemplate) -> list[FormField]:
    """None for a template that is a text to begin with."""
    return [
        FormField(
            label=str(each["label"]),
            kind=FieldKind(each["kind"]),
            help=str(each["help"]),
            required=bool(each["required"]),
            choices=tuple(each["choices"]),
        )
        for each in template.fields
    ]


def compose(fields: Sequence[FormField], answers: Mapping[str, str]) -> str:
    """The answers as Markdown, each below its label. Raises Invalid by field: `answer_0` …"""
    errors: dict[str, str] = {}
    parts = []
    for name, field in zip(ANSWERS, fields, strict=False):
        answer = answers.get(name, "").replace("\r\n", "\n").strip()
        if told := _fault(field, answer):
            errors[name] = told
        elif field.kind is FieldKind.CONSENT:
            parts.append(f"- [x] {field.label}")
        elif field.kind is FieldKind.CHECK:
            parts.append(f"- [{'x' if answer else ' '}] {field.label}")
        elif answer:
            parts.append(f"## {field.label}\n\n{answer}")
    if errors:
        raise Invalid(errors)
    if not parts:
        raise Invalid({ANSWERS[0]: _("Fill this in.")})
    return "\n\n".join(parts)


def _fault(field: FormField, answer: str) -> str:
    if field.kind is FieldKind.CONSENT and not answer:
        return _("This is needed: tick it if it is so.")
    if field.required and not answer:
        return _("Fill this in.")
    most = LONGEST_LINE if field.kind is FieldKind.LINE else LONGEST_ANSWER
    if len(answer) > most or (field.kind is FieldKind.LINE and "\n" in answer):
        return _("One line, of at most %(count)s characters.", count=most)
    if field.kind is FieldKind.CHOICE and answer and answer not in field.choices:
        return _("Choose one of these.")
    return ""
