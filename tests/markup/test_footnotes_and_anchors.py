"""Places within a text: footnotes lead there and back, headings can be linked to, on whatever page they stand."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forum.markup import excerpt, localize, render, render_long
from forum.markup.anchors import Anchors, is_anchor, slug_of
from forum.markup.limits import BODY_BYTES
from tests.markup.samples import WORDS


def html(body: str) -> str:
    return str(render(body).html).strip()


def ids(shown: str) -> list[str]:
    return re.findall(r' id="([^"]*)"', shown)


def targets(shown: str) -> list[str]:
    return re.findall(r' href="#([^"]*)"', shown)


def numbers(shown: str) -> list[str]:
    return re.findall(r'role="doc-noteref">(\d+)</a>', shown)


def test_a_footnote_leads_there_and_back() -> None:
    assert html("a[^x] b\n\n[^x]: *note*") == (
        '<p dir="auto">a<sup id="…-ref-1-1"><a class="footnote-link" href="#…-note-1" role="doc-noteref">1</a></sup> b</p>\n'
        '<div class="footnotes" role="group" aria-label="…"><ol dir="ltr">\n<li id="…-note-1">\n'
        '<p dir="auto"><em>note</em> <a class="footnote-back" href="#…-ref-1-1" aria-label="…" role="doc-backlink">↩</a></p>\n'
        "</li>\n</ol></div>"
    )


def test_footnotes_are_numbered_as_they_are_referred_to() -> None:
    shown = html("a[^z] b[^y] c[^z]\n\n[^y]: one\n[^z]: two\n[^never]: three")
    assert numbers(shown) == ["1", "2", "1"]
    assert shown.index("two") < shown.index("one")
    assert "three" not in shown
    assert sorted(ids(shown)) == ["…-note-1", "…-note-2", "…-ref-1-1", "…-ref-1-2", "…-ref-2-1"]
    assert set(targets(shown)) == set(ids(shown))


def test_a_footnote_may_have_blocks_and_refer_to_others() -> None:
    shown = html("a[^1]\n\n[^1]: b[^2]\n\n    c\n\n        d\n[^2]:\n    - e\n\nf")
    assert numbers(shown) == ["1", "2"]
    assert "<code>d" in shown
    assert re.search(r"<li>e</li>\n</ul>\n<p [^>]*> <a class=.footnote-back", shown)
    assert '<p dir="auto">f</p>\n<div class="footnotes"' in shown
    assert set(targets(shown)) == set(ids(shown))


def test_footnotes_stand_before_the_signature_and_end_lists() -> None:
    assert html("- a[^1]\n[^1]: b\n\nc\n-- \nAnna").endswith(
        '</ol></div>\n<div class="signature" dir="auto">Anna</div>'
    )


@pytest.mark.parametrize(
    "body",
    [
        *(
            "a[^1]",
            "[^1]: a",
            "a[^ 1]\n\n[^ 1]: b c",
            "> [^1]: b c\n\na[^1]",
            "- [^1]: b c\n\na[^1]",
            "`[^1]`\n\n[^1]: b",
        ),
        *("\\[^1]\n\n[^1]: b", "    [^1]: b\n\na[^1]", f"a[^{'x' * 41}]\n\n[^{'x' * 41}]: b c"),
    ],
)
def test_what_is_no_footnote_makes_none(body: str) -> None:
    assert "footnote" not in html(body)


def test_no_link_is_within_another() -> None:
    assert 'href="/b"' not in html("[a[^1]](/b)\n\n[^1]: c")  # the inner one counts, as with other links
    assert "doc-noteref" not in html("![a[^1]](/b)\n\n[^1]: c")


def test_a_name_means_the_first_footnote_of_that_name_in_any_case() -> None:
    shown = html("a[^X]\n\n[^x]: one\n[^X]: two")
    assert "one" in shown
    assert "two" not in shown


def test_an_excerpt_is_of_the_text_not_of_its_footnotes() -> None:
    assert excerpt("a[^1] b\n\n[^1]: c") == "a b"


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("Results & *more*", "results-more"),
        ("  a -- b_c  ", "a-b-c"),
        ("Größe über 3 mm²", "größe-über-3-mm²"),
        ("अनिता का प्रश्न", "अनिता-का-प्रश्न"),
        ("مرحبا بك", "مرحبا-بك"),
        ("A\u0308", "ä"),
        ("!?", "section"),
        ("", "section"),
        ("word " * 40, "word-word-word-word-word-word-word-word-word-word-word-word"),
        ('"><script>', "script"),
    ],
)
def test_a_heading_is_named_by_its_words(text: str, slug: str) -> None:
    assert slug_of(text) == slug


@given(st.text(max_size=200))
def test_every_name_of_a_heading_is_one_that_may_be_stored(text: str) -> None:
    assert is_anchor(f"…-{Anchors().of_heading(text)}")


def test_headings_alike_are_told_apart() -> None:
    shown = html("# a\n\n## a\n\n# a 2\n\n# a-2\n\n# A")
    assert ids(shown) == ["…-h-a", "…-h-a-2", "…-h-a-2-2", "…-h-a-2-3", "…-h-a-3"]
    assert targets(shown) == ids(shown)


def test_a_heading_that_is_quoted_is_no_place_of_this_text() -> None:
    assert ids(html("> # a\n\n# a")) == ["…-h-a"]


def test_two_posts_on_a_page_have_no_place_in_common() -> None:
    stored = render("# a\n\nb[^1]\n\n[^1]: c").html
    pages = [str(localize(stored, WORDS, within=f"post-{number}")) for number in (1, 2)]
    assert not {*ids(pages[0])} & {*ids(pages[1])}
    for number, page in enumerate(pages, 1):
        assert set(ids(page)) == set(targets(page))
        assert all(place.startswith(f"post-{number}-") for place in ids(page))


def test_no_place_has_a_name_that_a_script_could_come_upon() -> None:
    for word in ("forms", "cookie", "__proto__", "constructor", "location"):
        assert all("-h-" in place for place in ids(html(f"# {word}")))


def test_a_long_text_in_parts_has_each_place_once() -> None:
    part = "# a\n\n" + "word " * 900 + "x[^1]\n\n[^1]: y\n\n"
    shown = str(render_long(part * 12).html)
    assert len(ids(shown)) > 20
    assert len(set(ids(shown))) == len(ids(shown))
    assert set(targets(shown)) == set(ids(shown))


def test_a_text_that_just_fits_is_rendered_anew_as_it_was_written() -> None:
    body = "a[^1]\n\n" + "word " * 4060 + "\n\n[^1]: b"
    assert BODY_BYTES - 200 < len(body) <= BODY_BYTES
    assert render_long(body) == render(body)
