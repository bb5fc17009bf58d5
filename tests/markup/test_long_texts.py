"""Texts of any length are rendered in sections, each within the caps, and show all that was written."""

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forum.markup import SafeHTML, render, render_long
from forum.markup.limits import BODY_BYTES


def words_of(shown: str) -> list[str]:
    return html.unescape(re.sub(r"<[^>]*>", " ", shown)).split()


def test_a_short_text_is_rendered_as_ever() -> None:
    assert render_long("Some *text* by @ann.") == render("Some *text* by @ann.")
    assert render_long("") == render("")


def test_a_long_text_keeps_its_form_and_all_its_words() -> None:
    body = "\n\n".join(f"Paragraph {n} is *not* short." for n in range(3_000))
    rendered = render_long(body)
    assert isinstance(rendered.html, SafeHTML)
    assert rendered.html.count("<em>not</em>") == 3_000
    assert words_of(rendered.html) == body.replace("*", "").split()
    assert rendered.excerpt == render(body[:1000]).excerpt


def test_a_long_piece_of_code_stays_code() -> None:
    lines = [f"x{n} = *p; // <b>" for n in range(4_000)]
    rendered = render_long("Look:\n\n```\n" + "\n".join(lines) + "\n```\n\nNice.")
    assert "<em>" not in rendered.html
    assert words_of(rendered.html) == ["Look:", *" ".join(lines).split(), "Nice."]


def test_a_long_quote_stays_a_quote() -> None:
    lines = [f"> line {n} of a quote\\" for n in range(4_000)]
    rendered = render_long("\n".join([*lines, "> end"]))
    assert re.sub(r"<[^>]*>", "", rendered.html).count("of a quote") == 4_000
    assert rendered.html.startswith("<blockquote") or "quote" in rendered.html[:60]


def test_a_line_without_end_is_cut_between_words() -> None:
    body = "word " * 20_000
    assert words_of(render_long(body).html) == body.split()
    assert len(words_of(render_long("x" * 100_000).html)) > 4


@pytest.mark.parametrize(
    "block",
    ["| a " * 30 + "|\n" + "|---" * 30 + "|\n" + "| b " * 30 + "|", "> " * 40 + "deep", "*a " * 6_000],
)
def test_what_is_refused_is_shown_as_it_was_written(block: str) -> None:
    rendered = render_long(f"Before.\n\n{block}\n\nAfter.")
    assert "Before." in rendered.html
    assert "After." in rendered.html
    assert "<script" not in rendered.html


@pytest.mark.parametrize(
    "block",
    ["[" * 190_000, "[ " * 9_000, ">" * 60_000, "\\[" * 9_000, "> " * 90_000 + "[", "&<" * 90_000],
    ids=["brackets", "short", "quotes", "escaped", "deep quotes", "entities"],
)
def test_no_text_is_refused_and_every_letter_is_shown(block: str) -> None:
    rendered = render_long(f"Before.\n\n{block}\n\nAfter.")
    shown = "".join(words_of(rendered.html))
    assert shown.startswith("Before.")
    assert shown.endswith("After.")
    for sign in "[&<":
        assert shown.count(sign) == block.count(sign)


def test_letters_past_the_parser_stand_as_code_does() -> None:
    code = "[" * 5_000 + "\n<b>&amp;\u202e"
    shown = render_long(code).html
    escaped = html.escape(code.rstrip("\u202e"), quote=False)
    assert shown == str(render("```\nWORDS\n```").html).replace("WORDS", escaped)


@given(
    st.lists(
        st.sampled_from(
            ["text", "> quote", "```", "~~~", "- item", "", "", "    code", "word " * 900, "*", "[", "\\"]
        ),
        max_size=60,
    )
)
def test_nothing_makes_it_fail(lines: list[str]) -> None:
    body = "\n".join(lines)
    assert render_long(body).html is not None
    assert len(body.encode()) <= BODY_BYTES or "word" in render_long(body).html
