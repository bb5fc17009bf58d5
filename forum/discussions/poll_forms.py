"""From what was typed to the poll that is meant. Raises Invalid by field."""

from collections.abc import Sequence
from datetime import datetime, tzinfo
from typing import Any

from flask_babel import gettext as _

from forum.accounts.names import clean_line
from forum.core import clock
from forum.core.errors import Invalid
from forum.discussions.actions.polling import PollPlan
from forum.discussions.models.polls import Poll, PollKind, PollResults
from forum.discussions.poll_params import LEAST_OPTIONS, LONGEST, MOST_OPTIONS, PollBody, PollFields

FIELDS = tuple(PollFields.model_fields)


def poll_of_form(given: PollFields, zone: tzinfo) -> PollPlan | None:
    """None where no poll is asked for. Options stand in lines of their own, the end is by the clock of whoever writes."""
    options = [line.strip() for line in given.poll_options.split("\n") if line.strip()]
    if not given.poll_question and not options:
        return None
    closes = given.poll_closes.replace(tzinfo=zone) if given.poll_closes else None
    try:
        return _plan(
            given.poll_question,
            options,
            PollKind(given.poll_kind),
            (given.poll_least, given.poll_most),
            closes,
            results=PollResults(given.poll_results),
            is_open=given.poll_open == "1",
            is_final=given.poll_final == "1",
        )
    except Invalid as error:
        raise Invalid({f"poll_{name}": text for name, text in error.errors.items()}) from None


def poll_of_body(given: PollBody | None) -> PollPlan | None:
    if given is None:
        return None
    try:
        return _plan(
            given.question,
            given.options,
            PollKind(given.kind),
            (given.least, given.most),
            given.closes_at,
            results=PollResults(given.results),
            is_open=given.open,
            is_final=given.final,
        )
    except Invalid as error:
        names = {"closes": "closes_at"}
        raise Invalid({f"poll.{names.get(n, n)}": text for n, text in error.errors.items()}) from None


def typed(poll: Poll, zone: tzinfo) -> dict[str, str]:
    """A poll as the form has it."""
    closes = poll.closes_at.astimezone(zone).strftime("%Y-%m-%dT%H:%M") if poll.closes_at else ""
    return {
        "poll_question": poll.question,
        "poll_options": "\n".join(poll.options),
        "poll_kind": str(poll.kind),
        "poll_least": str(poll.least) if poll.kind is not PollKind.SINGLE else "",
        "poll_most": str(poll.most) if poll.kind is not PollKind.SINGLE else "",
        "poll_closes": closes,
        "poll_results": str(poll.results),
        "poll_open": "1" if poll.is_open else "",
        "poll_final": "1" if poll.is_final else "",
    }


def _plan(
    question: str,
    options: Sequence[str],
    kind: PollKind,
    bounds: tuple[int | None, int | None],
    closes_at: datetime | None,
    **more: Any,
) -> PollPlan:
    question = _line("question", question)
    cleaned = tuple(_line("options", option) for option in options)
    if not LEAST_OPTIONS <= len(cleaned) <= MOST_OPTIONS:
        limits = {"least": LEAST_OPTIONS, "most": MOST_OPTIONS}
        raise Invalid(
            {"options": _("From %(least)s to %(most)s options, each on a line of its own.", **limits)}
        )
    if len({option.casefold() for option in cleaned}) < len(cleaned):
        raise Invalid({"options": _("Two options are the same.")})
    least, most = _bounds(kind, bounds, len(cleaned))
    if closes_at is not None and closes_at <= clock.now():
        raise Invalid({"closes": _("This moment is past.")})
    return PollPlan(question, cleaned, kind, least, most, closes_at, **more)


def _line(field: str, text: str) -> str:
    try:
        line = clean_line(text, most=LONGEST)
    except ValueError as error:
        raise Invalid({field: str(error)}) from None
    if not line:
        raise Invalid({field: _("Fill this in.")})
    return line


def _bounds(kind: PollKind, bounds: tuple[int | None, int | None], options: int) -> tuple[int, int]:
    if kind is PollKind.SINGLE:
        return 1, 1
    least, most = max(bounds[0] or 1, 1), bounds[1] or options
    if most > options:
        raise Invalid({"most": _("There are only %(count)s options.", count=options)})
    if least > most:
        raise Invalid({"least": _("This is more than can be chosen at most.")})
    return least, most
