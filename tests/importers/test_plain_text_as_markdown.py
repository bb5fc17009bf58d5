"""Plain text survives as it was written: nothing in it becomes markup, quotes become quotes, figures stay figures."""

import html
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from forum.importers.mail import plaintext
from forum.importers.mail.addresses import hide_addresses, hide_addresses_in_html
from forum.importers.mail.quoting import quoted_lines

render = (
    MarkdownIt("commonmark", {"html": False, "linkify": True})
    .enable(["table", "strikethrough", "linkify"])
    .render
)


def shown(markdown: str) -> str:
    """What a reader sees, without the spaces between."""
    return "".join(html.unescape(re.sub(r"<[^>]*>", "", render(markdown))).split())


def markdown(text: str, *, is_reply: bool = True) -> str:
    return plaintext.to_markdown(text, is_reply=is_reply).body


special = st.text(alphabet="\\`*_{}[]<>()#+-.!|~&=:;@^$\"'/ \tab1;Ĥ漢", max_size=40)
words = st.sampled_from(
    [
        "a",
        "1.",
        "2)",
        "- ",
        "# ",
        "&amp;",
        "&#60;",
        "~~",
        "```",
        "===",
        "---",
        "    ",
        "|-|-|",
        "*a*",
        "@someone",
        "x_y_z",
    ]
)
lines = st.one_of(special, st.lists(words, max_size=6).map("".join))


@given(st.lists(lines, max_size=12))
@example(["a", "==="])
@example(["| a | b |", "|---|---|", "| 1 | 2 |"])
@example(["1. one", "2. two"])
@example(["<b>bold</b> #include <stdio.h> *p = &amp;"])
@example(["    indented", "", "    ```", "x"])
def test_whatever_is_written_is_shown(written: list[str]) -> None:
    text = "\n".join(written)
    main, _ = plaintext.split_signature(text.strip("\n"))
    expected = "".join("".join(line.text.split()) for line in quoted_lines(main, is_reply=True))
    assert shown(markdown(text)) == expected


@given(st.lists(lines, max_size=8))
def test_nothing_written_becomes_markup(written: list[str]) -> None:
    tags = set(re.findall(r"<(\w+)", render(markdown("\n".join(written)))))
    assert tags <= {"p", "br", "blockquote", "pre", "code"}


@pytest.mark.parametrize(
    "line",
    [
        "#include <stdio.h>",
        "char *p, *q;",
        "5 < 6 > 4 && a_b_c",
        "see <URL:ftp://example.org/x>",
        "~~~~ so ~~what~~ ~~~~",
        "100% [sic] ![not an image](x)",
        "&lt; stays &lt;, &copy; stays &copy;",
    ],
)
def test_a_line_of_special_characters_is_shown_as_it_is(line: str) -> None:
    assert shown(markdown(line)) == line.replace(" ", "")


def test_line_ends_are_kept() -> None:
    assert render(markdown("one\ntwo\nthree")) == "<p>one<br />\ntwo<br />\nthree</p>\n"


def test_addresses_of_pages_become_links_and_addresses_of_people_do_not() -> None:
    out = render(markdown("See http://example.org/a_(b)_c*d, or ask ann@example.org (http://example.org/x)."))
    assert 'href="http://example.org/a_(b)_c*d"' in out
    assert 'href="http://example.org/x"' in out
    assert "mailto" not in out


def test_quotes_nest_and_their_attribution_stays() -> None:
    out = markdown("In article <1@x> Ann writes:\n> Bob asked:\n>> Really?\n> Yes.\n\nWell, no.\n")
    assert out == "In article \\<1\\@x\\> Ann writes:\n\n> Bob asked:\n>\n> > Really?\n>\n> Yes.\n\nWell, no."


@pytest.mark.parametrize(
    "quoted",
    [
        "|> so it is\n|> indeed",
        ": so it is\n: indeed",
        "| so it is\n| indeed",
        "AB> so it is\nAB> indeed",
        " > so it is\n > indeed",
    ],
)
def test_other_marks_of_quoting_are_known(quoted: str) -> None:
    assert markdown(f"Ann writes:\n{quoted}\nNo.") == "Ann writes:\n\n> so it is\\\n> indeed\n\nNo."


def test_bars_are_a_quote_only_where_somebody_is_quoted() -> None:
    table = "| a | 1 |\n| b | 2 |"
    assert "> a" not in markdown(f"Look:\n{table}")


def test_quotes_with_a_blank_line_between_are_one() -> None:
    assert render(markdown("> a\n\n> b")).count("<blockquote>") == 1


def test_quotes_are_never_deeper_than_the_renderer_allows() -> None:
    assert render(markdown(">" * 60 + " deep")).count("<blockquote>") == 12


def test_what_stands_below_original_message_is_a_quote() -> None:
    out = markdown("Yes.\n\n-----Original Message-----\nFrom: Ann\n\nIs it?")
    assert out == "Yes.\n\n-----Original Message-----\n\n> From: Ann\n>\n> Is it?"


@pytest.mark.parametrize(
    "figure",
    [
        "  +---+     +---+\n  | A |-----| B |\n  +---+     +---+",
        "Name          Size    Price\nresistor      10k     $0.10\ncapacitor     1uF     $0.25",
        'int main(void) {\n    printf("`hello`\\n");\n    return 0;\n}',
        "-----BEGIN PGP PUBLIC KEY BLOCK-----\nVersion: 2.0\n\nmQCNAiqsNkwAAAEEAMKWM52m5EWi\n=abcd\n-----END PGP PUBLIC KEY BLOCK-----",
    ],
)
def test_tables_drawings_and_code_stand_as_written(figure: str) -> None:
    out = render(markdown(f"Look at this:\n\n{figure}\n\nNice."))
    assert f"<pre><code>{html.escape(figure, quote=True).replace('&#x27;', chr(39))}\n</code></pre>" in out


def test_a_drawing_with_blank_lines_within_is_one() -> None:
    drawing = "  +---+\n  | A |\n  +---+\n\n\n  +---+\n  | B |\n  +---+"
    assert markdown(drawing) == f"```\n{drawing}\n```"


def test_prose_with_wide_spaces_after_sentences_is_prose() -> None:
    text = "It rains.   So we stay.   The end\nis near.   Or is it?   Who knows\nthese days."
    assert "```" not in markdown(text)


@pytest.mark.parametrize(
    "prose",
    [
        "74L     Modification of 74 for lower power, at the cost of lower speed.\n        Very obsolete; use CMOS.",
        "I:       Business Focus:  All convention activities except the\n         Institute -- $275",
        (
            "Hi,\n        Just a quick question.  What standard lab solvents can be used to\nclean components safely?\n"
            "        water?  :-)\n        methanol?\n        etc?"
        ),
        "Hello,\n   Subject says it all. I need a converter, so that my program\ncould read them.\n      Ann",
        (
            "    - the doctor was doing paperwork in the back, and said so;\n    - the doctor would not even speak to me;\n"
            "    - she would not tell me the doctor's name, or her own name;"
        ),
        (
            "Features:\n  import and export of every kind of file; copy, cut and paste;\n  free number of data points, and of lines;\n"
            "  plotting in many styles; automatic legend;"
        ),
        (
            "   1. When you run this program, you will enter a menu. Within this\n      menu you can press any function key except this.\n"
            "      If you move or copy files, you will enter another menu, which\n      is much like the first one.\n"
            "+       The header line in the menu includes what there is to see.\n+         d: the display type. f: the number of files there are."
        ),
    ],
)
def test_prose_that_is_indented_or_has_labels_is_no_code(prose: str) -> None:
    assert "```" not in markdown(f"Look:\n\n{prose}\n\nNice.")


def test_a_key_within_a_text_stands_by_itself() -> None:
    text = "My key is this\n-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmQCN\n=abcd\n-----END PGP PUBLIC KEY BLOCK-----\nBye."
    assert markdown(text).startswith("My key is this\n\n```\n-----BEGIN PGP")
    assert markdown(text).endswith("KEY BLOCK-----\n```\n\nBye.")


def test_backticks_in_a_figure_do_not_end_it() -> None:
    code = "x = 1;\n```\ny = 2;\nz = 3;"
    assert markdown(code) == f"````\n{code}\n````"


@pytest.mark.parametrize("mark", ["-- ", "--"])
def test_a_signature_is_set_apart(mark: str) -> None:
    converted = plaintext.to_markdown(f"Hello.\n{mark}\nAnn * Example\n# of Nowhere", is_reply=False)
    assert converted.body == "Hello."
    assert converted.signature == "Ann * Example\n# of Nowhere"


def test_only_the_last_mark_begins_a_signature() -> None:
    assert plaintext.split_signature("a\n-- \nb\n-- \nc") == ("a\n-- \nb", "c")


def test_time_grows_with_length_alone() -> None:
    for text in (
        ">" * 20_000,
        "*" * 20_000,
        "`" * 20_000,
        "AB> \n" * 5_000,
        "http://" * 3_000,
        "[" * 20_000,
        "&a" * 9_000,
        "(" * 20_000,
    ):
        assert markdown(text) is not None


def test_lines_that_the_margin_broke_flow_and_others_stay() -> None:
    prose = (
        "This is what people wrote when their screens had eighty columns, and so\n"
        "every line of theirs ends where the margin was. On a narrow screen such\n"
        "lines must flow.\n"
        "Short line.\n"
        "- an item that is about as long as the lines of prose that stand above\n"
        "- another"
    )
    out = render(markdown(prose))
    assert out.count("<br />") == 3
    assert "columns, and so\nevery line" in out
    assert "<li>" not in out


def test_addresses_of_people_are_hidden() -> None:
    text = "ann@garden.test (Ann) wrote <3.1993@far.garden.test>: git@host.test:x.git ftp://me@host.test/ you@example.com a@b"
    shown_text = "ann@… (Ann) wrote <3.1993@…>: git@host.test:x.git ftp://me@host.test/ you@example.com a@b"
    assert hide_addresses(text) == shown_text
    assert hide_addresses("DKB-L@TREARN, mcole@spock: [x@10.0.0.1] y@[10.0.0.1], z@1.2.3.4") == (
        "DKB-L@…, mcole@…: [x@…] y@…, z@…"
    )
    for place in (
        "me@host:path",
        "ssh://me@host/x",
        "git@10.0.0.1:x.git",
        "react@latest",
        "react@18.2.0",
        "a@b",
        "@home",
    ):
        assert hide_addresses(place) == place
    html_mail = '<a href="mailto:ann@garden.test?subject=x">Ann</a> <a href=mailto:a@garden.test>a@garden.test</a> <a href="http://x.test">y</a>'
    assert hide_addresses_in_html(html_mail) == '<a >Ann</a> <a >a@…</a> <a href="http://x.test">y</a>'
