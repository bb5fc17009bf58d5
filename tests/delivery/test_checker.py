"""The checker finds what it is there for: a history that is in order passes, and each fault put into it is seen."""

from dataclasses import replace

import pytest

from tests.delivery.checker import Stored, counts, faults
from tests.delivery.history import Happening

ROWS = [
    Stored("c", 1, 1, "11", "ada", "a", "one"),
    Stored("c", 2, 2, "12", "ben", "b", "two"),
    Stored("c", 3, 3, "13", "ada", "d", "three"),
]


def happened(kind: str, row: Stored, *, by: str = "", connection: int = 1) -> Happening:
    return Happening(
        0.0,
        by or f"{row.author}/1",
        kind,
        row.conversation,
        row.client_id,
        row.body,
        row.author,
        row.seq if kind != "sent" else 0,
        row.rev if kind != "sent" else 0,
        row.id if kind != "sent" else "",
        connection,
    )


def in_order() -> list[Happening]:
    history = []
    for row in ROWS:
        history += [happened("sent", row), happened("acknowledged", row), happened("heard", row, by="ben/2")]
    history.append(happened("sent", Stored("c", 0, 0, "", "ben", "never", "x")))
    return history + [happened("shown", row, by="ada/1") for row in ROWS]


def test_a_history_in_order_passes() -> None:
    assert faults(in_order(), ROWS) == []
    told = counts(in_order(), ROWS)
    assert (told.sent, told.acknowledged, told.unknown, told.unknown_stored, told.stored) == (4, 3, 1, 0, 3)


def test_an_unknown_outcome_may_be_there_once() -> None:
    fourth = Stored("c", 4, 4, "14", "ben", "never", "x")
    history = [*in_order(), happened("shown", fourth, by="ada/1")]
    assert faults(history, [*ROWS, fourth]) == []


@pytest.mark.parametrize(
    ("stored", "word"),
    [
        (ROWS[:2], "lost"),
        ([*ROWS, replace(ROWS[2], seq=4, rev=4, id="14")], "doubled"),
        ([*ROWS, replace(ROWS[1], seq=3)], "doubled"),
        ([*ROWS, Stored("c", 4, 4, "14", "ben", "other", "x")], "invented"),
        ([replace(ROWS[0], body="other"), *ROWS[1:]], "other words"),
        (
            [ROWS[0], replace(ROWS[1], seq=3, rev=3), replace(ROWS[2], seq=2, rev=2)],
            "other than acknowledged",
        ),
        ([ROWS[0], ROWS[1], replace(ROWS[2], seq=5, rev=5)], "gap"),
    ],
)
def test_a_fault_in_what_is_stored_is_seen(stored: list[Stored], word: str) -> None:
    assert any(fault.startswith(word) for fault in faults(in_order(), stored))


@pytest.mark.parametrize(
    ("more", "word"),
    [
        (happened("acknowledged", replace(ROWS[0], id="99")), "two answers"),
        (happened("heard", replace(ROWS[0], seq=9)), "heard by"),
        (happened("heard", replace(ROWS[0], author="eve")), "heard by"),
        (happened("shown", ROWS[0], by="ben/2"), "the screen of ben/2"),
    ],
)
def test_a_fault_in_what_was_said_is_seen(more: Happening, word: str) -> None:
    assert any(fault.startswith(word) for fault in faults([*in_order(), more], ROWS))


def test_what_was_sent_later_stands_later() -> None:
    swapped = [replace(ROWS[2], seq=1, rev=1), ROWS[1], replace(ROWS[0], seq=3, rev=3)]
    history = [
        happened("sent", ROWS[0]),
        happened("acknowledged", swapped[2]),
        happened("sent", ROWS[1]),
        happened("sent", ROWS[2]),
        happened("acknowledged", swapped[0]),
    ]
    assert any(fault.startswith("out of order") for fault in faults(history, swapped))


def test_what_one_line_carried_is_not_swapped() -> None:
    swapped = [replace(ROWS[2], seq=1, rev=1), ROWS[1], replace(ROWS[0], seq=3, rev=3)]
    history = [happened("sent", ROWS[0]), happened("sent", ROWS[2]), happened("sent", ROWS[1])]
    assert any(fault.startswith("swapped") for fault in faults(history, swapped))
