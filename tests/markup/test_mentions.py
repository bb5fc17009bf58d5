"""People are linked where they are meant, and only they."""

import pytest

from forum.markup import Mention, render
from forum.markup.limits import MENTION_NAMES

PEOPLE = {
    "anna": Mention("Anna"),
    "li.na": Mention("li.na"),
    "noor-b": Mention("noor-b"),
    "山田太郎": Mention("山田太郎"),
}
PEOPLE |= {"o_x_": Mention("o_x_"), "ärzte": Mention("Ärzte"), "अनिता": Mention("अनिता"), "jo": Mention("jo")}


def named(names: set[str]) -> dict[str, Mention]:
    return {name: PEOPLE[name] for name in names if name in PEOPLE}


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("@anna", "anna"),
        ("@ANNA, hello", "anna"),
        ("(@anna)", "anna"),
        ("@anna's card", "anna"),
        ("@anna.", "anna"),
        ("ask @anna...", "anna"),
        ("@anna-", "anna"),
        ("@li.na.", "li.na"),
        ("@noor-b", "noor-b"),
        ("@o_x_", "o_x_"),
        ("_@anna_", "anna"),
        ("**@anna**", "anna"),
        ("你好 @山田太郎", "山田太郎"),
        ("@A\u0308rzte", "ärzte"),
        ("@अनिता", "अनिता"),
        ("# @anna", "anna"),
        ("- @anna", "anna"),
        ("> @jo\n\n@anna", "anna"),
        ("a\n@anna", "anna"),
        ("\u200f@anna", "anna"),
    ],
)
def test_a_name_that_somebody_has_is_linked(body: str, found: str) -> None:
    rendered = render(body, mentions=named)
    assert rendered.mentions == {found}
    assert 'href="/people/' in rendered.html


@pytest.mark.parametrize(
    "body",
    [
        "@nobody",
        "`@anna`",
        "    @anna",
        "```\n@anna\n```",
        "[@anna](/x)",
        "[a @anna b](/x)",
        "\\@anna",
        "&#64;anna",
        "x@anna",
        "a.@anna",
        "@@anna",
        "/@anna",
        "anna@anna.org",
        "https://a.org/@anna",
        "@ anna",
        "@annabel",
        "@a",
        "![@anna](https://a.org/x.png)",
        "<https://a.org/@anna>",
    ],
)
def test_what_names_nobody_stays_as_it_is(body: str) -> None:
    rendered = render(body, mentions=named)
    assert rendered.mentions == frozenset()
    assert "mention" not in rendered.html


def test_a_mention_leads_to_the_person_and_keeps_what_was_written() -> None:
    assert render("@aNNa- yes", mentions=named).html == (
        '<p dir="auto"><a class="mention" href="/people/Anna" dir="auto">@aNNa</a>- yes</p>\n'
    )
    assert 'href="/people/%E5%B1%B1%E7%94%B0%E5%A4%AA%E9%83%8E"' in render("@山田太郎", mentions=named).html


def test_whom_a_quote_mentions_is_linked_but_not_told_again() -> None:
    rendered = render("> @anna\n\nI agree", mentions=named)
    assert rendered.mentions == frozenset()
    assert 'href="/people/Anna"' in rendered.html


def test_the_directory_is_asked_once_for_all_names() -> None:
    asked: list[set[str]] = []

    def ask(names: set[str]) -> dict[str, Mention]:
        asked.append(names)
        return {}

    render("@Anna and @anna and @noor-b, @li.na. @x_", mentions=ask)
    assert asked == [{"anna", "noor-b", "li.na", "x_"}]


def test_nobody_is_asked_where_nobody_is_named() -> None:
    def ask(names: set[str]) -> dict[str, Mention]:
        raise AssertionError(names)

    assert render("no `@names` here, a@b.org", mentions=ask).mentions == frozenset()


def test_only_so_many_names_are_looked_up() -> None:
    asked: set[str] = set()

    def ask(names: set[str]) -> dict[str, Mention]:
        asked.update(names)
        return {name: Mention(name) for name in names}

    rendered = render(" ".join(f"@user{number}" for number in range(200)), mentions=ask)
    assert len(asked) == MENTION_NAMES
    assert rendered.mentions == asked


def test_without_a_directory_names_are_text() -> None:
    assert render("@anna").html == '<p dir="auto">@anna</p>\n'
