"""What is left of a text where there is no room for markup."""

import pytest

from forum.markup import excerpt, plain_text, render
from forum.markup.limits import EXCERPT_CHARS


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("# A *b*\n\nc `d` [e](https://f.org)", "A b\nc d e"),
        ("- a\n- b\n  1. c", "a\nb\nc"),
        ("| a | b |\n|---|---|\n| c | d |", "a\nb\nc\nd"),
        ("```python\nx = 1\n```", "x = 1"),
        ("![Chart](https://a.org/x.png) \\*x\\* &amp; @anna", "Chart *x* & @anna"),
        ("> a\n> b\n\nc\n-- \nAnna\nOslo", "a\nb\nc\nAnna\nOslo"),
        ("<b>x</b>", "<b>x</b>"),
        ("", ""),
    ],
)
def test_the_words_remain(body: str, text: str) -> None:
    assert plain_text(body) == text


def test_an_excerpt_is_one_line_of_ones_own_words() -> None:
    assert excerpt("> quoted\n\nI *agree*\nfully.\n\n- Why?\n-- \nAnna") == "I agree fully. Why?"


def test_an_excerpt_of_a_mere_quote_is_the_quote() -> None:
    assert excerpt("> quoted") == "quoted"


def test_a_long_text_is_cut_between_words() -> None:
    short = excerpt("every word " * 100)
    assert len(short) <= EXCERPT_CHARS
    assert short.endswith(("word…", "every…"))


def test_a_text_without_spaces_is_cut_all_the_same() -> None:
    short = excerpt("漢" * 500)
    assert short == "漢" * (EXCERPT_CHARS - 1) + "…"


def test_a_letter_keeps_its_marks_when_cut() -> None:
    short = excerpt("x" * (EXCERPT_CHARS - 2) + "e\u0301\u0323" + "y" * 50)
    assert short == "x" * (EXCERPT_CHARS - 2) + "…"


def test_the_excerpt_comes_with_the_html() -> None:
    body = "Hello *there*\n\nagain"
    assert render(body).excerpt == excerpt(body) == "Hello there again"
