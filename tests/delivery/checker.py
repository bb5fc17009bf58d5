"""Holds a history against what is stored: nothing lost, doubled, invented or out of order. Knows nothing of the program."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tests.delivery.history import Happening

Key = tuple[str, str, str]  # conversation, author, client id


@dataclass(frozen=True, slots=True)
class Stored:
    """A row of the database, read past the program. `changes` counts its later edits, deletions and reactions."""

    conversation: str
    seq: int
    rev: int
    id: str
    author: str
    client_id: str
    body: str


@dataclass(frozen=True, slots=True)
class Counts:
    """What the history held, for the report: a check over nothing would find nothing."""

    sent: int
    tries: int
    acknowledged: int
    unknown: int
    unknown_stored: int
    refused: int
    heard: int
    heard_again: int
    caught_up: int
    stored: int


def faults(
    history: Sequence[Happening], stored: Sequence[Stored], *, strict_bodies: bool = True
) -> list[str]:
    """Everything that is wrong, in words; empty where delivery kept its word.

    With `strict_bodies` false, messages were edited or deleted meanwhile: then bodies are compared among the screens alone.
    """
    return [
        *_identity(stored),
        *_numbering(history, stored),
        *_acknowledged(history, stored),
        *_invented(history, stored, strict_bodies),
        *_order(history, stored),
        *_screens(history, stored, strict_bodies),
    ]


def counts(history: Sequence[Happening], stored: Sequence[Stored]) -> Counts:
    tries = [one for one in history if one.kind == "sent"]
    acknowledged = {_key(one) for one in history if one.kind == "acknowledged"}
    sent = {_key(one) for one in tries}
    there = {(one.conversation, one.author, one.client_id) for one in stored}
    heard = [
        (one.client, one.connection, one.conversation, one.rev) for one in history if one.kind == "heard"
    ]
    return Counts(
        sent=len(sent),
        tries=len(tries),
        acknowledged=len(acknowledged),
        unknown=len(sent - acknowledged),
        unknown_stored=len((sent - acknowledged) & there),
        refused=sum(one.kind == "refused" for one in history),
        heard=len(heard),
        heard_again=len(heard) - len(set(heard)),
        caught_up=sum(one.kind == "caught_up" for one in history),
        stored=len(stored),
    )


def _identity(stored: Sequence[Stored]) -> Iterable[str]:
    """Nothing stands twice."""
    for what, keys in (
        ("number", [(one.conversation, one.seq) for one in stored]),
        ("revision", [(one.conversation, one.rev) for one in stored]),
        ("id", [one.id for one in stored]),
        ("client id", [(one.conversation, one.author, one.client_id) for one in stored if one.client_id]),
    ):
        for key, times in Counter(keys).items():  # type: ignore[arg-type]
            if times > 1:
                yield f"doubled: {times} rows with {what} {key}"


def _numbering(history: Sequence[Happening], stored: Sequence[Stored]) -> Iterable[str]:
    """A conversation's count has no gap: each number is a message's place, or a change that somebody was told of or that was replaced since."""
    changed = {one.conversation for one in stored if one.rev != one.seq}
    by_conversation: dict[str, list[int]] = defaultdict(list)
    for one in stored:
        by_conversation[one.conversation].append(one.seq)
    for conversation, numbers in by_conversation.items():
        if conversation in changed:
            continue
        missing = sorted(set(range(1, max(numbers) + 1)) - set(numbers))
        if missing:
            yield f"gap in {conversation}: {missing[:10]} of 1 to {max(numbers)}"


def _acknowledged(history: Sequence[Happening], stored: Sequence[Stored]) -> Iterable[str]:
    """What was acknowledged is there, once, as it was acknowledged, and was acknowledged the same way each time."""
    rows = defaultdict(list)
    for one in stored:
        rows[(one.conversation, one.author, one.client_id)].append(one)
    said: dict[Key, tuple[str, int]] = {}
    for happening in history:
        if happening.kind != "acknowledged":
            continue
        key = _key(happening)
        before = said.setdefault(key, (happening.id, happening.seq))
        if before != (happening.id, happening.seq):
            yield f"two answers for {key}: {before} and {(happening.id, happening.seq)}"
        found = rows.get(key, [])
        if not found:
            yield f"lost: {key} was acknowledged as number {happening.seq} and is not there"
        elif (found[0].id, found[0].seq) != (happening.id, happening.seq):
            yield f"other than acknowledged: {key} is {(found[0].id, found[0].seq)}, was said to be {before}"


def _invented(history: Sequence[Happening], stored: Sequence[Stored], strict_bodies: bool) -> Iterable[str]:
    """What is there, or was heard, somebody sent, in those words."""
    sent: dict[Key, set[str]] = defaultdict(set)
    for happening in history:
        if happening.kind == "sent":
            sent[_key(happening)].add(happening.body)
    for row in stored:
        key = (row.conversation, row.author, row.client_id)
        if key not in sent:
            yield f"invented: {key} is stored and nobody sent it"
        elif strict_bodies and row.body not in sent[key]:
            yield f"other words: {key} is stored as {row.body!r}"
    there = {(row.conversation, row.seq): row for row in stored}
    for happening in history:
        if happening.kind not in ("heard", "caught_up", "shown"):
            continue
        found = there.get((happening.conversation, happening.seq))
        if found is None:
            yield f"{happening.kind} by {happening.client} and not there: number {happening.seq} of {happening.conversation}"
        elif (found.id, found.author, found.client_id) != (
            happening.id,
            happening.author,
            happening.client_id,
        ):
            yield f"{happening.kind} by {happening.client} as another: number {happening.seq} of {happening.conversation}"


def _order(history: Sequence[Happening], stored: Sequence[Stored]) -> Iterable[str]:
    """What was acknowledged before something else was first sent stands before it; and over one connection, as it was sent."""
    number = {(row.conversation, row.author, row.client_id): row.seq for row in stored}
    first_try: dict[Key, int] = {}
    highest: dict[str, int] = defaultdict(int)  # of what had been acknowledged, by conversation
    floor: dict[Key, int] = {}
    lone: dict[tuple[str, str, int], list[Key]] = defaultdict(list)
    tries: Counter[Key] = Counter()
    for happening in history:
        key = _key(happening)
        if happening.kind == "sent":
            tries[key] += 1
            if key not in first_try:
                first_try[key] = happening.connection
                floor[key] = highest[happening.conversation]
                lone[(happening.client, happening.conversation, happening.connection)].append(key)
        elif happening.kind == "acknowledged":
            highest[happening.conversation] = max(highest[happening.conversation], happening.seq)
    for key, least in floor.items():
        if key in number and number[key] <= least:
            yield f"out of order: {key} is number {number[key]}, and number {least} was acknowledged before it was sent"
    for (client, _conversation, _connection), keys in lone.items():
        numbers = [number[key] for key in keys if key in number and tries[key] == 1]
        if numbers != sorted(numbers):
            yield f"swapped: {client} sent in one order and it stands in another: {numbers[:12]}"


def _screens(history: Sequence[Happening], stored: Sequence[Stored], strict_bodies: bool) -> Iterable[str]:
    """In the end everybody sees the same, and it is what is stored."""
    shown: dict[tuple[str, str], list[Happening]] = defaultdict(list)
    for happening in history:
        if happening.kind == "shown":
            shown[(happening.client, happening.conversation)].append(happening)
    rows: dict[str, list[Stored]] = defaultdict(list)
    for row in sorted(stored, key=lambda one: one.seq):
        rows[row.conversation].append(row)
    for (client, conversation), screen in shown.items():
        seen = [(one.seq, one.rev, one.id, one.body) for one in screen]
        there = [(row.seq, row.rev, row.id, row.body) for row in rows[conversation]]
        if seen != there:
            missing, more = sorted(set(there) - set(seen)), sorted(set(seen) - set(there))
            yield f"the screen of {client} differs in {conversation}: not shown {missing[:3]}, shown besides {more[:3]}, {len(seen)} of {len(there)}"


def _key(happening: Happening) -> Key:
    return (
        happening.conversation,
        happening.author or happening.client.partition("/")[0],
        happening.client_id,
    )
