"""Twice the text takes about twice the time, whatever is written in it."""

import time
from collections.abc import Callable

import pytest

from forum.markup import MarkupRefused, localize, render, show_quotes
from forum.markup.limits import BODY_BYTES
from tests.markup.samples import WORDS

TYPICAL = """We looked at this **twice** last spring, in two clinics, and the short answer is that the reading takes
longer than the recording. See [the summary](https://example.org/ecg) for the numbers; what surprised us most was how
often the lead placement was wrong in the first month, and how quickly that went away once a second nurse checked.

Three things helped:

- one person on call who reads **every** recording within the hour,
- a card inside the cupboard door with the placement drawn on it,
- and a rule for the borderline values that nobody has to look up.

None of it cost money. If you try it, @anna, please tell us what went wrong, since that is what we learn from, and we
would gladly put it in the next version of the card.
"""

EVERYTHING = "# a\n\n> [@a](/posts/1):\n> b\n\n> [@a](/posts/2):\n> b\n\n||c|| [^1]\n\n- [x] d\n\n[^1]: e\n\n"

# Every kind of construct, and what it is when somebody means harm. Each is cut to the length asked for.
REPEATED = {
    "words": "word ",
    "one word": "a",
    "lines": "a\n",
    "hard breaks": "a  \n",
    "paragraphs": "a\n\n",
    "quotes": "> a\n",
    "quote and lazy line": "> a\nb\n",
    "deep quotes": ">>>>>>>>>> a\n",
    "flat list": "- a\n",
    "loose list": "1. a\n\n",
    "nested list": "- a\n  - b\n    - c\n      - d\n",
    "changing list": "- a\n* b\n+ c\n",
    "headings": "# a\n",
    "underlined headings": "a\n=\n",
    "rules": "***\n",
    "fences": "```\na\n```\n",
    "open fences": "```\n",
    "indented code": "    a\n\n",
    "python": "```python\ndef f(x): return 'a' + 1\n```\n",
    "tables": "a|b\n-|-\nc|d\n\n",
    "table look-alike": "a|b\n",
    "definitions": "[a]: /u 'x'\n",
    "open definitions": "[a\n",
    "links": "[a](/b) ",
    "open links": "[a](",
    "angle links": "[a](<b",
    "titles": '[a](b "',
    "brackets": "[",
    "bracket pairs": "[]",
    "references": "[a][b]",
    "images": "![a](http://b.c/d) ",
    "open images": "![a",
    "emphasis": "*a* ",
    "open emphasis": "*a ",
    "mixed emphasis": "*a**b",
    "underscores": "_a ",
    "deletions": "~~a~~ ",
    "open deletions": "~~a ",
    "stars and marks": "*@",
    "code spans": "`a` ",
    "backticks": "`",
    "entities": "&amp; ",
    "ampersands": "&",
    "numbers": "&#x",
    "less-than": "<",
    "open tags": "<a ",
    "comments": "<!--",
    "schemes": "<http:",
    "escapes": "\\*",
    "bare addresses": "http://a.b/c ",
    "glued addresses": "http://a.b/",
    "protocols": "://",
    "dots": "a.",
    "www": "www.a.b ",
    "mail": "a@b.co ",
    "glued mail": "a@",
    "open paths": "http://a.b/('[\"",
    "mentions": "@ab ",
    "at signs": "@",
    "directions": "\u202e\u2067a",
    "ideographs": "漢字。",
    "marks": "e\u0301",
    "tabs": "\t- a\n",
    "blanks": " \n",
    "signatures": "-- \n",
    "one tilde": "~a ",
    "tasks": "- [ ] a\n",
    "loose tasks": "- [x] a\n\n",
    "nested tasks": "- [ ] a\n  - [x] b\n",
    "task look-alike": "- [ ",
    "spoilers": "||a|| ",
    "open spoilers": "||a ",
    "glued spoilers": "a||b",
    "spoilers and emphasis": "||*a**~~||",
    "bars": "|",
    "spoiler blocks": ":::spoiler\na\n:::\n",
    "titled spoilers": ":::spoiler a b c\nb\n:::\n",
    "crossing spoiler blocks": "::::spoiler\n:::\n::::\n",
    "closing marks": ":::\n",
    "colons": ":",
    "references to a footnote": "[^a] ",
    "footnotes": "[^a]: b\n",
    "footnotes in lists": "- [^a]: b\n",
    "open references": "[^a",
    "carets": "[^",
    "formulas": "$a$ ",
    "open formulas": "$a ",
    "glued formulas": "a$b",
    "escaped dollars": "$a\\$",
    "dollars": "$",
    "formulas apart": "$$a ",
    "formula blocks": "$$\na\n$$\n",
    "formula blocks and blanks": "$$\na\n\n",
    "open formulas in lists": "- $$\n",
    "open formulas in quotes": "> $$\n\n",
    "quotes with a source": "> [@a](/posts/1):\n> b\n\n",
    "quotes with a source in others": "> [@a](/posts/1):\n> > [@b](/posts/2):\n> > b\n\n",
    "headings with spoilers": "# é ||x||\n",
}


def notes(count: int, words: str) -> str:
    return "".join(f"[^{number}]: {words.format(number + 1)}\n" for number in range(count))


NESTED: dict[str, Callable[[int], str]] = {
    "nested links": lambda n: "[" * (n // 5) + "a" + "](b)" * (n // 5),
    "nested images": lambda n: "![" * (n // 6) + "a" + "](b)" * (n // 6),
    "nested emphasis": lambda n: "*a " * (n // 5) + "a*" * (n // 5),
    "growing backticks": lambda n: " ".join("`" * length for length in range(1, int((2 * n) ** 0.5))),
    "long underline": lambda n: "a\n" * (n // 2 - 2) + "===",
    "one long link": lambda n: "http://a.b/" + "c.(" * (n // 3 - 4),
    "one long address": lambda n: "a.b-c+" * (n // 6 - 1) + "@b.co",
    "one long host": lambda n: "http://" + "é." * (n // 3 - 4) + "com",
    "one short reference": lambda n: "[a]: /" + "u" * (n // 9) + "\n\n" + "[a] " * 50,
    "many names": lambda n: "".join(f"@u{number} " for number in range(n // 7)),
    "hostile code": lambda n: "```c\n" + "/* a\n" * (n // 5 - 2) + "```",
    "many footnotes": lambda n: "".join(f"[^{i}]" for i in range(n // 20)) + "\n\n" + notes(n // 20, "a"),
    "footnotes in footnotes": lambda n: "[^0]\n\n" + notes(n // 20, "[^{}]"),
    "one much used footnote": lambda n: "[^a]" * (n // 5) + "\n\n[^a]: b",
    "spoilers in spoilers": lambda n: (
        "".join(":" * (3 + depth) + "spoiler\n" for depth in range(9)) + "a\n" * (n // 2 - 90)
    ),
    "long title": lambda n: ":::spoiler " + "a " * (n // 2 - 10),
    "blanks after colons": lambda n: ":::" + " " * (n - 5) + "x",
    "one long formula": lambda n: "$" + "a\\$" * (n // 3 - 2) + "$",
    "headings that collide": lambda n: "".join(f"# a-{number % 9}\n# a\n" for number in range(n // 11)),
    "formulas deep in lists": lambda n: ("- " * 9 + "$$\n") * (n // 22),
    "one long quote with a source": lambda n: "> [@a](/posts/1):\n" + "> b\n" * (n // 4 - 10),
    "quotes to fold": lambda n: ("> a\n" * 12 + "\nb\n\n") * (n // 52),
}
CONSTRUCTS: dict[str, Callable[[int], str]] = {
    **{name: lambda n, piece=piece: piece * (n // len(piece.encode())) for name, piece in REPEATED.items()},
    **NESTED,
}


def seconds(body: str, tries: int = 1) -> float:
    """Time of the processor, the best of some tries."""
    best = float("inf")
    for _ in range(tries):
        started = time.thread_time()
        render(body, mentions=lambda names: {})
        best = min(best, time.thread_time() - started)
    return best


def largest(construct: Callable[[int], str]) -> tuple[int, float]:
    """A size close to the largest at which the construct is still rendered, and the time that takes."""
    size = BODY_BYTES
    while size > 200:
        try:
            return size, seconds(construct(size))
        except MarkupRefused:
            size //= 2
    raise AssertionError("never rendered")


@pytest.mark.parametrize("name", CONSTRUCTS)
def test_twice_the_text_takes_twice_the_time(name: str) -> None:
    construct = CONSTRUCTS[name]
    size, whole = largest(construct)
    half = float("inf")
    for tries in (1, 2, 4, 8):  # other programs run on this machine too
        if whole < 0.03:
            return  # nothing to be gained by whoever means harm, and too short to be measured
        half = min(half, seconds(construct(size // 2), tries))
        if whole <= 2.5 * half:
            break
        whole = min(whole, seconds(construct(size), tries))
    assert whole <= 2.5 * half
    assert whole < 2


def test_to_show_a_text_takes_twice_the_time_too() -> None:
    def shown(size: int) -> float:
        html = render((EVERYTHING * 100)[:size]).html
        best = float("inf")
        for _ in range(30):
            started = time.thread_time()
            localize(show_quotes(html, {1: None}, "hidden"), WORDS, within="post-1")
            best = min(best, time.thread_time() - started)
        return best

    assert shown(6000) <= 3 * shown(3000)
    assert shown(6000) < 0.005


def test_a_typical_post_takes_a_few_milliseconds() -> None:
    seconds(TYPICAL, 5)
    assert seconds(TYPICAL, 20) < 0.008
