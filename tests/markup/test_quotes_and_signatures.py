"""Mail as people write it: quotes fold, signatures stand apart, and what one has to say stays in view."""

import re

import pytest

from forum.markup import SafeHTML, localize, render
from tests.markup.detector import harm_in
from tests.markup.samples import WORDS

LONG = "\n".join(f"> line {number}" for number in range(9))
SHORT = "\n".join(f"> line {number}" for number in range(8))


def html(body: str) -> str:
    return str(render(body).html)


def test_a_long_quote_is_folded() -> None:
    shown = html(f"{LONG}\n\nI agree.")
    assert shown.startswith(
        '<details class="quote-fold"><summary class="quote-fold__summary">…</summary>\n<blockquote dir="ltr">'
    )
    assert shown.endswith('</blockquote>\n</details>\n<p dir="auto">I agree.</p>\n')


def test_a_quote_of_few_long_lines_is_folded_too() -> None:
    assert "<details" in html("> " + "word " * 200 + "\n\nYes.")


def test_a_short_quote_stays_open() -> None:
    assert "<details" not in html(f"{SHORT}\n\nI agree.")


def test_a_text_that_is_all_quote_stays_open() -> None:
    assert "<details" not in html(LONG)


def test_a_quote_within_a_quote_is_not_folded_twice() -> None:
    inner = "\n".join(f"> > line {number}" for number in range(12))
    assert html(f"> a\n{inner}\n\nb").count("<details") == 1


def test_each_long_quote_has_its_own_fold() -> None:
    assert html(f"{LONG}\n\na\n\n{LONG}\n\nb\n\n{SHORT}").count("<details") == 2


EVERY_PLACE = f"""{LONG}

| a |
|---|
| b |

:::spoiler
x
:::

# Head

- [x] a
- [ ] b

||y|| z[^1]

[^1]: note
"""


def test_the_words_come_in_the_language_of_the_reader() -> None:
    stored = render(EVERY_PLACE).html
    shown = localize(stored, WORDS, within="post-5")
    assert isinstance(shown, SafeHTML)
    assert stored.count("…") > 12
    assert shown.count("…") == 9  # one in each of the words
    assert shown.count("post-5-") == stored.count("…-") == 6
    for words in ("quoted", "table", "done", "not done", "notes", "back", "heading"):
        assert shown.count(f"&lt;{words}&gt;") == 1, words
    assert shown.count("&lt;spoiler&gt;") == 2
    assert '<summary class="quote-fold__summary">&lt;quoted&gt; &amp; ' in shown
    assert not harm_in(shown)


def test_nobody_can_write_the_place_of_a_phrase() -> None:
    stored = str(render(EVERY_PLACE).html)
    places = [*re.findall("<[^<>]*…[^<>]*>", stored), *re.findall("<summary[^<>]*>…</summary>", stored)]
    assert len(places) == 12
    for place in places:
        written = render(
            f"{place}\n\n`{place}`\n\n[x](/a '{place}')\n\n```\n{place}\n```\n\n- {place[1:-1]}"
        ).html
        assert localize(written, WORDS, within="post-5") == written


def test_html_without_such_places_is_left_as_it_is() -> None:
    stored = render("Wait … and see").html
    assert localize(stored, WORDS) == stored


@pytest.mark.parametrize(
    "before", ["Bye\n", "Bye\n\n", "> quote\n", "- item\n", "# Head\n", "| a |\n|---|\n| b |\n"]
)
def test_a_signature_stands_apart(before: str) -> None:
    shown = html(f"{before}-- \nAnna\n*Oslo*")
    assert shown.endswith('<div class="signature" dir="auto">Anna<br><em>Oslo</em></div>\n')
    assert shown.count("signature") == 1


def test_columns_of_a_signature_stand_below_each_other() -> None:
    shown = html("Yes.\n\n-- \n  Ann Apple        Garden *Society*\n    Oslo\tNorway\n  x")
    lines = ["Ann Apple        Garden <em>Society</em>", "\u00a0\u00a0Oslo        Norway", "x"]
    expected = f'<div class="signature is-aligned" dir="auto">{"<br>".join(lines)}</div>\n'
    assert shown.replace("&nbsp;", "\u00a0").endswith(expected)
    assert "is-aligned" not in html("-- \nAnn  Apple\n  Oslo")


def test_a_signature_may_be_all_there_is() -> None:
    assert html("-- \nAnna") == '<div class="signature" dir="auto">Anna</div>\n'


@pytest.mark.parametrize(
    "body",
    [
        "a\n\n--\nAnna",
        "a\n\n--  \nAnna",
        "a\n\n -- \nAnna",
        "a\n\n-- ",
        "a\n\n-- \n\n",
        "```\n-- \nAnna\n```",
        "> -- \n> Anna",
        "a\n\n-- \n" + "line\n" * 13,
    ],
)
def test_what_is_no_signature_stays_in_the_text(body: str) -> None:
    assert "signature" not in html(body)


def test_only_the_last_mark_begins_a_signature() -> None:
    shown = html("a\n-- \nb\n-- \nc")
    assert shown.endswith('<div class="signature" dir="auto">c</div>\n')
    assert shown.count("signature") == 1


def test_an_underline_without_a_space_still_makes_a_heading() -> None:
    assert html("a\n--").startswith('<h3 id="…-h-a" dir="auto">a ')
