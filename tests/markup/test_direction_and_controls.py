"""Every script reads as it should, and nothing invisible leaks out of a text."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forum.markup import clean_text, render
from forum.markup.cleaning import balance_direction

LRE, RLE, PDF, LRO, RLO = "\u202a\u202b\u202c\u202d\u202e"
LRI, RLI, FSI, PDI = "\u2066\u2067\u2068\u2069"


def html(body: str) -> str:
    return str(render(body).html)


def test_each_paragraph_finds_its_own_direction() -> None:
    assert html("مرحبا\n\nHello") == '<p dir="auto">مرحبا</p>\n<p dir="auto">Hello</p>\n'


@pytest.mark.parametrize(
    ("body", "opening"),
    [
        ("> 1. مرحبا", '<blockquote dir="rtl">\n<ol dir="rtl">'),
        ("> hello\n> > שלום", '<blockquote dir="ltr">\n<p dir="auto">hello</p>\n<blockquote dir="rtl">'),
        ("- 1 2 שלום\n- b", '<ul dir="rtl">'),
        ("- 1\n- hello", '<ul dir="ltr">'),
        ("- 1 2 3", "<ul>"),
        ("> \n\nשלום", "<blockquote>"),
    ],
)
def test_quotes_and_lists_run_as_their_first_letter(body: str, opening: str) -> None:
    assert html(body).startswith(opening)


def test_code_runs_from_left_to_right() -> None:
    assert html("```\nשלום\n```").startswith('<pre tabindex="0" dir="ltr">')


@pytest.mark.parametrize(
    ("body", "cleaned"),
    [
        ("a\r\nb\rc\u2028d\x0be\x85f", "a\nb\nc\nd\ne\nf"),
        ("a\x00\x07\x1b[31m\x7f\x9fb", "a[31mb"),
        ("\ufeffa\ufeff", "a"),
        ("a\ud800b\udfff", "a\ufffdb\ufffd"),
        ("a\ufdd0\uffff\U0001fffe", "a\ufffd\ufffd\ufffd"),
        ("\tx\u200c\u200d\u200e\u200f\u00ad", "\tx\u200c\u200d\u200e\u200f\u00ad"),
        ("👩‍⚕️ é e\u0301", "👩‍⚕️ é e\u0301"),
    ],
)
def test_controls_and_broken_characters_go(body: str, cleaned: str) -> None:
    assert clean_text(body) == cleaned


@pytest.mark.parametrize(
    ("line", "balanced"),
    [
        (f"a{RLI}b{PDI}c", f"a{RLI}b{PDI}c"),
        (f"a{RLE}b{LRI}c{PDI}{PDF}", f"a{RLE}b{LRI}c{PDI}{PDF}"),
        (f"a{RLI}b", "ab"),
        (f"a{PDI}b{PDF}", "ab"),
        (f"a{RLO}exe{PDF}.doc", "aexe.doc"),
        (f"a{RLO}b", "ab"),
        (f"{FSI}a{RLO}b{PDI}", "ab"),
        (f"a{LRE}b{PDI}c{PDF}", f"a{LRE}bc{PDF}"),
    ],
)
def test_directions_come_in_pairs_and_nobody_is_turned_round(line: str, balanced: str) -> None:
    assert balance_direction(line) == balanced


def test_a_direction_does_not_leak_out_of_its_line() -> None:
    assert clean_text(f"a{RLI}b\nc{PDI}") == "ab\nc"


def test_code_hides_nothing_behind_directions() -> None:
    assert RLI not in html(f"`a{RLI}b{PDI}`\n\n    a{RLI}b{PDI}\n\n```\na{RLI}b{PDI}\n```")


def test_an_excerpt_is_balanced_where_it_is_cut() -> None:
    assert RLI not in render(f"{RLI}{'word ' * 100}{PDI}").excerpt


@settings(deadline=None)
@given(
    st.text(alphabet=st.sampled_from(f"ab\n\r\x00\ud800\ufeff{LRE}{RLE}{PDF}{LRO}{RLO}{LRI}{RLI}{FSI}{PDI}"))
)
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    cleaned = clean_text(text)
    assert clean_text(cleaned) == cleaned
    assert not set(cleaned) & set(f"\r\x00\ud800{LRO}{RLO}")
