"""What people write becomes the HTML they mean."""

import pickle
import re

import pytest

from forum.markup import RENDERER_VERSION, SafeHTML, render


def html(body: str) -> str:
    return str(render(body).html).strip()


def test_emphasis_lists_and_code_become_what_they_mean() -> None:
    assert html("**b** *i* ~~s~~ `c`") == (
        '<p dir="auto"><strong>b</strong> <em>i</em> <del>s</del> <code>c</code></p>'
    )
    assert html("3. a\n4. b") == '<ol start="3" dir="ltr">\n<li>a</li>\n<li>b</li>\n</ol>'
    assert html("    x < y") == '<pre tabindex="0" dir="ltr"><code>x &lt; y\n</code></pre>'


def test_html_is_text() -> None:
    assert html("<b>x</b> <script>alert(1)</script>\n\n<div onclick=x>") == (
        '<p dir="auto">&lt;b&gt;x&lt;/b&gt; &lt;script&gt;alert(1)&lt;/script&gt;</p>\n'
        '<p dir="auto">&lt;div onclick=x&gt;</p>'
    )


@pytest.mark.parametrize("body", ["# a", "a\n=", "## a", "###### a"])
def test_headings_begin_below_those_of_the_page(body: str) -> None:
    link = '<a class="heading-link" href="#…-h-a" aria-label="…">#</a>'
    assert html(body) == f'<h3 id="…-h-a" dir="auto">a {link}</h3>'


@pytest.mark.parametrize(
    ("body", "levels"),
    [
        ("# a\n## b\n### c\n## d", "3454"),
        ("## a\n#### b\n### c\n## d\n# e", "34433"),
        ("# a\n## b\n### c\n#### d\n##### e\n###### f", "345666"),
        ("## a\n\n> # b\n> ## c\n\n### d", "3454"),
        ("> ## a\n\n# b", "33"),
    ],
)
def test_no_level_of_headings_is_left_out(body: str, levels: str) -> None:
    assert "".join(re.findall(r"<h(\d)", html(body))) == levels


def test_what_is_typed_stays_as_typed() -> None:
    assert html("\"q\" 'q' -- --- ... (c) 1/2") == '<p dir="auto">"q" \'q\' -- --- ... (c) 1/2</p>'


def test_a_table_can_be_scrolled_and_its_figures_stand_in_columns() -> None:
    shown = html("| a | b | c |\n|---|--:|:-:|\n| 1 | 2 | 3 |")
    assert shown.startswith(
        '<div class="post__table" tabindex="0" role="region" aria-label="…"><table>\n<thead>\n<tr>\n'
        '<th scope="col" dir="auto">a</th>\n<th scope="col" class="is-number" dir="auto">b</th>\n'
        '<th scope="col" class="is-center" dir="auto">c</th>\n'
    )
    assert '<td class="is-number" dir="auto">2</td>' in shown
    assert "style" not in shown
    assert shown.endswith("</table></div>")


def test_code_is_colored_by_class() -> None:
    shown = html('```python\ndef f(x):  # why\n    return "s" + 1\n```')
    assert '<code class="language-python"><span class="k">def</span> <span class="nf">f</span>(x):' in shown
    assert '<span class="c"># why</span>' in shown
    assert '<span class="s">"s"</span>' in shown
    assert "style" not in shown


@pytest.mark.parametrize("info", ["", "nothing-known", "java", 'x" onclick="y', "python3000"])
def test_code_in_another_language_stays_plain(info: str) -> None:
    assert html(f"```{info}\na <b> c\n```") == (
        '<pre tabindex="0" dir="ltr"><code>a &lt;b&gt; c\n</code></pre>'
    )


@pytest.mark.parametrize(
    "code", ["x = 1\n" * 1200, "x = '" + "y" * 300 + "'\n", "x\n" + "\n" * 9 + "y\n", "1 " * 90 + "\n"]
)
def test_code_that_costs_too_much_to_color_stays_plain_or_is_bounded(code: str) -> None:
    assert html(f"```python\n{code}```").count("<span") <= 1500


def test_a_picture_from_elsewhere_is_a_link_with_its_text() -> None:
    shown = html('![An *ECG*, lead II](https://example.org/ecg.png "Figure 1")')
    assert "<img" not in shown
    assert shown == (
        '<p dir="auto"><a href="https://example.org/ecg.png" class="image-link" title="Figure 1" '
        'rel="nofollow ugc noopener">An ECG, lead II</a></p>'
    )


def test_a_picture_without_text_shows_its_address() -> None:
    assert ">https://example.org/a.png</a>" in html("![](https://example.org/a.png)")


def test_a_picture_within_a_link_is_just_its_text() -> None:
    assert html("[![Card](https://example.org/a.png)](/t/1)") == ('<p dir="auto"><a href="/t/1">Card</a></p>')


def test_the_result_tells_its_version_and_can_be_pickled() -> None:
    rendered = render("Hello **you**")
    assert rendered.version == RENDERER_VERSION
    assert isinstance(rendered.html, SafeHTML)
    again = pickle.loads(pickle.dumps(rendered))
    assert again == rendered
    assert isinstance(again.html, SafeHTML)


def test_an_empty_text_is_empty() -> None:
    rendered = render("  \n\n ")
    assert (rendered.html, rendered.excerpt, rendered.mentions) == ("", "", frozenset())
