"""What costs too much is refused with a reason, before it costs."""

import pickle
import time

import pytest

from forum.markup import MarkupRefused, Reason, excerpt, html_to_markdown, plain_text, render
from forum.markup.limits import BODY_BYTES, NESTING, TABLE_COLUMNS


def reason(body: str) -> Reason | None:
    try:
        render(body)
    except MarkupRefused as refused:
        return refused.reason
    return None


def table(columns: int, rows: int = 1) -> str:
    return (
        "\n".join("|".join(["a"] * columns) for _ in range(1))
        + "\n"
        + ("|".join(["-"] * columns) + "\n" + "a\n" * rows)
    )


@pytest.mark.parametrize(
    ("allowed", "refused", "why"),
    [
        ("x" * BODY_BYTES, "x" * (BODY_BYTES + 1), Reason.TOO_LONG),
        ("漢" * (BODY_BYTES // 3), "漢" * (BODY_BYTES // 3 + 1), Reason.TOO_LONG),
        (">" * NESTING + " a", ">" * (NESTING + 1) + " a", Reason.TOO_DEEP),
        ("- " * (NESTING // 2) + "a", "- " * (NESTING // 2 + 1) + "a", Reason.TOO_DEEP),
        (":::spoiler\n" * NESTING + "a", ":::spoiler\n" * (NESTING + 1) + "a", Reason.TOO_DEEP),
        ("[^a]" * 600 + "\n\n[^a]: b", "[^a]" * 2500 + "\n\n[^a]: b", Reason.TOO_COMPLEX),
        (table(TABLE_COLUMNS), table(TABLE_COLUMNS + 1), Reason.TOO_MANY_COLUMNS),
        (table(20, 60), table(20, 400), Reason.TOO_COMPLEX),
        ("- a\n" * 800, "- a\n" * 900, Reason.TOO_COMPLEX),
        ("*a* b " * 800, "*a* b " * 2000, Reason.TOO_COMPLEX),
        ("[" * 4000, "[" * 4001, Reason.TOO_COMPLEX),
        (
            "[a]: /" + "u" * 500 + "\n\n" + "[a]" * 300,
            "[a]: /" + "u" * 5000 + "\n\n" + "[a]" * 300,
            Reason.TOO_COMPLEX,
        ),
    ],
)
def test_each_cap_has_two_sides(allowed: str, refused: str, why: Reason) -> None:
    assert reason(allowed) is None
    assert reason(refused) is why


def test_many_columns_in_plain_text_are_no_table() -> None:
    assert reason("a|" * 100) is None


def test_emphasis_beyond_sight_is_left_out() -> None:
    html = render("*" * 100 + "a" + "*" * 100).html
    assert html.count("<strong>") == NESTING
    assert html.count("<strong>") == html.count("</strong>")


def test_short_forms_of_a_text_have_the_same_caps() -> None:
    for short in (plain_text, excerpt):
        with pytest.raises(MarkupRefused):
            short("> " * (NESTING + 1) + "a")


def test_a_refusal_says_why_to_people_and_programs_and_can_be_pickled() -> None:
    with pytest.raises(MarkupRefused) as caught:
        render("x" * (BODY_BYTES + 1))
    again = pickle.loads(pickle.dumps(caught.value))
    assert (again.reason, again.message) == (Reason.TOO_LONG, caught.value.message)
    assert again.message.startswith("This text is too long")
    assert isinstance(again, ValueError)


@pytest.mark.parametrize(
    "body",
    [
        "*@" * 10000,
        "a@b.co|-" * 2500,
        "![" * 10000,
        "|a" * 5000 + "\n" + "|-" * 5000,
        "- " * 10000,
        ":::spoiler\n" * 1800,
    ],
)
def test_a_refusal_comes_at_once(body: str) -> None:
    started = time.thread_time()
    reason(body)
    assert time.thread_time() - started < 1.5


def test_mail_of_any_size_is_taken() -> None:
    assert html_to_markdown("<p>word</p>" * 100_000)
