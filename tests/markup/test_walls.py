"""Both sanitizers say the same, and have nothing to say about what they have seen."""

import string

import pytest
from bleach._vendor import html5lib
from hypothesis import example, given, settings
from hypothesis import strategies as st

from forum.markup import MarkupRefused, Mention, SafeHTML, render
from forum.markup.allowlist import ADDRESSES, CLASSES, FORMS, FREE, TAGS, VALUES
from forum.markup.dressing import dress
from forum.markup.parser import parse
from forum.markup.sanitizer import first_wall, sanitize, second_wall
from forum.markup.writer import Writing, write
from tests.markup import samples
from tests.markup.detector import harm_in

PIECES = [
    *("*", "**", "_", "~~", "`", "```", "\n", "\n\n", "> ", "- ", "1. ", "# ", "    ", "|", "|-", "|-:|", "[", "](", ")", "!["),
    *("<", ">", "&", "&amp;", "&lt;", "&#0;", '"', "'", "\\", "<a href=", "javascript:", "https://a.org/", "www.a.org", "a@b.org"),
    *("@anna", "@", "[a]: /b 'c'\n", "[a]", "-- \n", "  \n", "\t", "\x00", "\x7f", "\u00a0", "\u202e", "\u2067", "\u2069", "\ud800"),
    *("\u2028", "\ufdd0", "שלום", "漢", "é", "e\u0301", "👩‍⚕️", "```python\n", "def f(): 'x'", "<script>", "<!--", "]]>", "a", "b ", "=", "---"),
    *("||", ":::spoiler ", "\n:::\n", "[^1]", "\n\n[^1]: ", "$", "$$", "\n$$\n", "- [ ] ", "- [x] ", "> [@a](/posts/1):\n", "~"),
]  # fmt: skip
TEXTS = st.text(max_size=300) | st.lists(st.sampled_from(PIECES), max_size=60).map("".join)


def everybody(names: set[str]) -> dict[str, Mention]:
    return {name: Mention(name) for name in names}


def tree(html: str) -> str:
    """HTML as its tree says it, however it was spelled."""
    parsed = html5lib.parseFragment(html, treebuilder="etree")
    return str(
        html5lib.serialize(parsed, tree="etree", quote_attr_values="always", alphabetical_attributes=True)
    )


@settings(deadline=None, max_examples=300)
@given(TEXTS)
@example("".join(PIECES))
@example("[a](/b '\u00a0<>&\"')")
def test_any_text_renders_to_what_both_walls_leave_alone(text: str) -> None:
    try:
        html = render(text, mentions=everybody).html
    except MarkupRefused:
        return
    assert isinstance(html, SafeHTML)
    assert second_wall(html) == html
    assert first_wall(html) == html
    assert not harm_in(html)
    html.encode()


@settings(deadline=None, max_examples=200)
@given(TEXTS)
@example("".join(PIECES))
@example("www.a.org\ufffd")
def test_both_walls_find_nothing_to_take_away_from_what_is_written(text: str) -> None:
    try:
        written = "".join(write(dress(parse(text)), Writing({"anna": Mention("anna")})))
    except MarkupRefused:
        return
    assert tree(first_wall(written)) == tree(written) == tree(second_wall(written))


@pytest.mark.parametrize(
    "html",
    [
        *samples.PLANTED,
        '<a href="https://a.org" rel="opener">x</a>',
        '<a class="button">x</a>',
        '<a class="mention admin">x</a>',
        '<div class="modal" role="alert" aria-label="Hi" tabindex="5">x</div>',
        '<p dir="rtl" lang="x" title="y" aria-hidden="true">x</p>',
        '<span class="k" style="color:red">x</span>',
        "<h1>x</h1><h2>y</h2><mark>z</mark><u>w</u>",
        '<td colspan="9" class="is-number wide">x</td>',
        "<!-- x --><?x?>",
        '<summary class="quote-fold__summary" onclick="x">x</summary>',
        '<h3 id="forms" class="math">x</h3><h3 id="…-h-a b">x</h3><h3 id="…-x-a">x</h3><p id="…-h-a">x</p>',
        '<figure class="quote" data-post="1 or 1" data-x="1">x</figure><figure data-post="0">x</figure>',
        '<figcaption class="quote-source quote">x</figcaption><sup class="x" id="x">x</sup>',
        '<a role="button" aria-label="Sign out" href="/x">x</a><span role="button" tabindex="1">x</span>',
        '<li class="task-list-item done" role="x">x</li><input type="checkbox" checked>',
    ],
)
def test_each_wall_alone_takes_away_what_the_list_does_not_have(html: str) -> None:
    for wall in (first_wall, second_wall):
        for element in html5lib.parseFragment(wall(html), treebuilder="etree").iter():
            name = str(element.tag).rpartition("}")[2]
            assert name in TAGS or name == "DOCUMENT_FRAGMENT"
            for attribute, value in element.attrib.items():
                assert is_listed(name, attribute, value), (wall, name, attribute, value)


def is_listed(tag: str, attribute: str, value: str) -> bool:
    if attribute == "class":
        return set(value.split()) <= CLASSES.get(tag, frozenset())
    plain = ADDRESSES.get(tag, frozenset()) | FREE.get(tag, frozenset())
    if form := FORMS.get(tag, {}).get(attribute):
        return form(value)
    return attribute in plain or value in VALUES.get(tag, {}).get(attribute, frozenset())


def test_the_list_names_no_attribute_of_a_tag_that_is_not_in_it() -> None:
    for table in (ADDRESSES, FORMS, FREE, VALUES, CLASSES):
        assert set(table) <= TAGS


def test_html_that_is_too_large_is_not_looked_at() -> None:
    with pytest.raises(MarkupRefused):
        sanitize(["<p>" + string.ascii_letters + "</p>"] * 4000)
