"""What is not for everybody to see at once: it can be read by all, and stays out of what is shown elsewhere."""

import pytest

from forum.markup import excerpt, plain_text, render


def html(body: str) -> str:
    return str(render(body).html).strip()


INLINE = '<span class="spoiler" tabindex="0"><span class="spoiler__label">…</span>'


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ("||a||", f"{INLINE}a</span>"),
        ("a ||b *c*|| d", f"a {INLINE}b <em>c</em></span> d"),
        ("**||a||**", f"<strong>{INLINE}a</span></strong>"),
        ("||a|| ||b||", f"{INLINE}a</span> {INLINE}b</span>"),
        ("你好||秘密||吧", f"你好{INLINE}秘密</span>吧"),
        ("||a ||b|| c||", f'{INLINE}a <span class="spoiler">b</span> c</span>'),
        ("||a\nb||", f"{INLINE}a\nb</span>"),
        ("||`x||y`||", f"{INLINE}<code>x||y</code></span>"),
        ("[||a||](/b)", '<a href="/b"><span class="spoiler">a</span></a>'),
    ],
)
def test_words_between_bars_are_hidden_until_one_looks(body: str, shown: str) -> None:
    assert html(body) == f'<p dir="auto">{shown}</p>'


@pytest.mark.parametrize(
    "body",
    [
        *("a || b || c", "a||b||c", "if (x||y) or (z||w)", "||a", "a||", "|| a ||", "|||a|||", "|a|", "||||"),
        *("`||a||`", "\\||a||", "||a\n\nb||"),
    ],
)
def test_bars_that_hide_nothing_stay(body: str) -> None:
    assert "spoiler" not in html(body)


def test_within_a_table_bars_are_escaped() -> None:
    assert f"{INLINE}b</span></td>" in html("| a |\n|---|\n| \\|\\|b\\|\\| |")


def test_a_block_folds_with_its_title_or_without() -> None:
    assert html(":::spoiler\n*a*\n\n- b\n:::\nc") == (
        '<details class="spoiler-block"><summary class="spoiler-block__summary">…</summary>'
        '<div class="spoiler-block__text">\n<p dir="auto"><em>a</em></p>\n<ul dir="ltr">\n<li>b</li>\n</ul>\n</div></details>\n'
        '<p dir="auto">c</p>'
    )
    assert '<summary class="spoiler-block__summary" dir="auto">How &lt;it&gt; *ends*</summary>' in html(
        "::: Spoiler  How <it> *ends* \na\n:::"
    )


@pytest.mark.parametrize(
    "body",
    [
        ":::spoiler a\n:::spoiler b\nx\n:::\ny\n:::\nz",
        "::::spoiler a\n:::spoiler b\nx\n:::\ny\n::::\nz",
        ":::spoiler a\n::::spoiler b\nx\n::::\ny\n:::\nz",
    ],
)
def test_blocks_stand_within_each_other(body: str) -> None:
    shown = html(body)
    assert shown.count("<details") == 2
    assert "</details>\n" + '<p dir="auto">y</p>' in shown
    assert shown.endswith('</details>\n<p dir="auto">z</p>')


def test_a_block_ends_with_what_is_around_it() -> None:
    assert html(":::spoiler\na").endswith("</div></details>")
    assert html("- :::spoiler\n  a\n\nb").endswith('</li>\n</ul>\n<p dir="auto">b</p>')
    assert html("> :::spoiler\n> a\n\nb").endswith('</blockquote>\n<p dir="auto">b</p>')
    assert html("::::spoiler\n:::spoiler\na\n::::\nb").endswith('</details>\n<p dir="auto">b</p>')


@pytest.mark.parametrize(
    "body", [":::", ":::spoilers\na\n:::", ":::note\na\n:::", "::spoiler\na", "    :::spoiler\n    a"]
)
def test_other_marks_stay(body: str) -> None:
    assert "<details" not in html(body)


def test_a_spoiler_is_not_given_away_elsewhere() -> None:
    body = "She ||wins|| it.\n\n:::spoiler The end\nAll live.\n:::\n\n# It is ||he||"
    assert excerpt(body) == "She … it. It is …"
    assert render(body).excerpt == excerpt(body)
    assert 'id="…-h-it-is"' in html(body)
    assert plain_text(body) == "She wins it.\nThe end\nAll live.\nIt is he"  # what is looked for is found
