"""Quotes that name where they come from: found, shown under their source, and taken away whole where it is not for the reader."""

import re

import pytest
from hypothesis import example, given, settings

from forum.markup import (
    MarkupRefused,
    QuoteSource,
    SafeHTML,
    excerpt,
    plain_text,
    quote_markdown,
    quoted_posts,
    render,
    show_quotes,
    without_quotes,
)
from tests.markup.test_walls import TEXTS

QUOTE = "> [@anna](/posts/12):\n>\n> secret\n\nmine"


def html(body: str) -> str:
    return str(render(body).html).strip()


def test_a_quote_names_its_source() -> None:
    rendered = render(QUOTE)
    assert quoted_posts(rendered.html) == {12}
    assert str(rendered.html) == (
        '<figure class="quote" data-post="12" dir="ltr"><figcaption class="quote-source">'
        '<a href="/posts/12" dir="auto">@anna</a></figcaption>\n'
        '<blockquote dir="ltr">\n<p dir="auto">secret</p>\n</blockquote>\n</figure>\n<p dir="auto">mine</p>\n'
    )


@pytest.mark.parametrize(
    "body",
    [
        "> [@anna](/posts/12):\n> secret",
        "> [@anna](/posts/12)\n> secret",
        "> [@anna](/posts/12):\nsecret",
        "- > [Anna & Co](/posts/12):\n  > secret",
        "> [@anna][1]:\n> secret\n\n[1]: /posts/12",
        "> [*@anna*](</posts/12>):\n> secret",
        "> > [@anna](/posts/12):\n> > secret",
        ":::spoiler\n> [@anna](/posts/12):\n> secret\n:::",
    ],
)
def test_a_source_is_recognized(body: str) -> None:
    rendered = render(body)
    assert quoted_posts(rendered.html) == {12}
    assert "secret" not in show_quotes(rendered.html, {}, "hidden")
    assert "secret" not in without_quotes(body, set())
    assert "secret" in show_quotes(rendered.html, {12: None}, "hidden")
    assert without_quotes(body, {12}) == body


@pytest.mark.parametrize(
    "body",
    [
        "[@anna](/posts/12):\nsecret",
        "> see [@anna](/posts/12):\n> secret",
        "> [@anna](/posts/12) said\n> secret",
        "> [@anna](/posts/012):\n> secret",
        "> [@anna](/posts/12/edit):\n> secret",
        "> [@anna](/posts/12345678901234567890):\n> secret",
        "> [@anna](https://a.org/posts/12):\n> secret",
        "> `[@anna](/posts/12):`\n> secret",
        "> # [@anna](/posts/12):\n> secret",
    ],
)
def test_other_quotes_have_no_source(body: str) -> None:
    rendered = render(body)
    assert quoted_posts(rendered.html) == frozenset()
    assert "<figure" not in rendered.html
    assert show_quotes(rendered.html, {}, "hidden") == rendered.html
    assert without_quotes(body, set()) == body


def test_a_reader_sees_the_source_as_it_is_now_and_not_what_they_may_not_read() -> None:
    stored = render(f"{QUOTE}\n\n> [@bo](/posts/13):\n> other").html
    shown = show_quotes(stored, {12: QuoteSource("/t/1/x/2", "Anna <A>, 2")}, "<gone>")
    assert isinstance(shown, SafeHTML)
    assert '<a href="/t/1/x/2" dir="auto">Anna &lt;A&gt;, 2</a>' in shown
    assert '<p class="quote-gone" dir="auto">&lt;gone&gt;</p>' in shown
    assert "secret" in shown
    for hidden in ("other", "@bo", "13", "@anna"):
        assert hidden not in shown


def test_what_is_hidden_takes_along_what_it_quotes() -> None:
    body = "> [@a](/posts/1):\n> > [@b](/posts/2):\n> > inner\n>\n> outer\n\nmine"
    stored = render(body).html
    assert quoted_posts(stored) == {1, 2}
    both = show_quotes(stored, {1: None, 2: None}, "gone")
    assert "inner" in both
    assert "outer" in both
    first = show_quotes(stored, {1: None}, "gone")
    assert "outer" in first
    assert "inner" not in first
    second = show_quotes(stored, {2: None}, "gone")
    assert str(second) == '<p class="quote-gone" dir="auto">gone</p>\n<p dir="auto">mine</p>\n'
    assert without_quotes(body, {2}) == "> …\n\nmine"
    assert without_quotes(body, {1}) == "> [@a](/posts/1):\n> > …\n>\n> outer\n\nmine"


def test_a_quote_and_its_source_run_the_same_way() -> None:
    shown = html("> [@anna](/posts/12):\n> שלום\n> > [@bo](/posts/13):\n> > hello")
    assert re.findall(r'<(\w+)[^<>]* dir="(ltr|rtl)">', shown) == [
        ("figure", "rtl"),
        ("blockquote", "rtl"),
        ("figure", "ltr"),
        ("blockquote", "ltr"),
    ]


def test_a_long_quote_folds_under_its_source() -> None:
    shown = html("> [@anna](/posts/12):\n" + "> line\n" * 12 + "\nmine")
    assert shown.index("<figcaption") < shown.index("<details") < shown.index("<blockquote")
    assert "<details" not in html("> [@anna](/posts/12):\n" + "> line\n" * 12)


def test_nothing_quoted_from_a_post_is_in_what_is_shown_elsewhere() -> None:
    assert excerpt(QUOTE) == "mine"
    assert plain_text(QUOTE) == "mine"
    alone = "> [@anna](/posts/12):\n> secret"
    assert excerpt(alone) == plain_text(alone) == render(alone).excerpt == ""


def test_a_footnote_of_a_quote_does_not_outlive_it() -> None:
    body = "> [@anna](/posts/12):\n> a[^1]\n>\n> [^1]: the secret words\n\nmine[^1]"
    assert "secret" in render(body).html
    assert "secret" not in show_quotes(render(body).html, {}, "gone")


@pytest.mark.parametrize("reference", ["", "a[^1]\n\n", "a[^1]\n\n[^1]: b\n\n"])
def test_a_quote_in_a_footnote_is_hidden_also_where_nobody_refers_to_it(reference: str) -> None:
    body = f"{reference}[^1]:\n    > [@anna](/posts/12):\n    > secret"
    assert "secret" not in without_quotes(body, set())
    assert "secret" not in show_quotes(render(body).html, {}, "gone")
    assert without_quotes(body, {12}) == body


def test_nobody_can_write_the_frame_of_a_quote() -> None:
    frame = '<figure class="quote" data-post="12" dir="ltr"><figcaption class="quote-source"><a href="/x">x</a></figcaption>'
    stored = render(f'{frame}\n\n`{frame}`\n\n[x](/a "{frame}")\n\n```\n</figure>\n```\n\n</figure>').html
    assert quoted_posts(stored) == frozenset()
    assert show_quotes(stored, {}, "gone") == stored


def test_a_text_that_is_refused_is_not_looked_into() -> None:
    body = "> [@anna](/posts/12):\n> secret\n\n" + "*a* " * 5000
    assert without_quotes(body, set()) == "…"


def test_the_markdown_of_a_quote_is_what_one_would_write() -> None:
    assert quote_markdown("one\n\n> two\n", post_id=12, name="@li.na") == (
        "> [@li.na](/posts/12):\n>\n> one\n>\n> > two\n\n"
    )


@pytest.mark.parametrize("name", ["@o_x_", "a]b", "<b>*x*", "", "  ", "`a` ||b|| $c$ ![d]", "@a\nb", "a\\"])
def test_every_name_can_be_that_of_a_source(name: str) -> None:
    rendered = render(quote_markdown("secret", post_id=12, name=name) + "mine")
    assert quoted_posts(rendered.html) == {12}
    caption = re.search('dir="auto">([^<]*)</a></figcaption>', rendered.html)
    assert caption
    assert SafeHTML(caption[1]).unescape() == (" ".join(name.split()) or "12")


@settings(deadline=None, max_examples=200)
@given(TEXTS)
@example("```\nopen")
@example(":::spoiler\nopen")
@example("$$\nopen")
@example("</figure>")
@example("[^1]: note\n\n[mine]: /x")
def test_whatever_is_quoted_stays_within_the_quote(text: str) -> None:
    body = quote_markdown(text, post_id=12, name="@anna") + "the words of mine"
    try:
        rendered = render(body)
    except MarkupRefused:
        return
    assert 12 in quoted_posts(rendered.html)
    shown = show_quotes(rendered.html, {}, "gone")
    assert shown.startswith('<p class="quote-gone" dir="auto">gone</p>\n<p dir="auto">')
    assert shown.count("<p") == 2
    assert without_quotes(body, set()) == "> …\n\nthe words of mine"
