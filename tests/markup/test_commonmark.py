"""The parser does what CommonMark 0.31.2 says, but for raw HTML and our policy for addresses."""

from typing import Any

import pytest
from markdown_it.presets import commonmark
from markdown_it.renderer import RendererHTML
from markdown_it.utils import OptionsDict

from forum.markup import render
from forum.markup.parser import parse
from tests.markup.samples import examples

HTML_IS_TEXT = {*range(148, 192), *range(613, 618), 623, *range(625, 632)}
HTML_IS_TEXT |= {21, 31, 201, 308, 309, 344, 475, 476, 477, 491, 494, 524, 536, 642, 643}
SCHEME_IS_REFUSED = {500, 596, 598, 599, 601}
BARE_ADDRESS_IS_LINKED = {602, 608, 611, 612}
EXCEPTIONS = HTML_IS_TEXT | SCHEME_IS_REFUSED | BARE_ADDRESS_IS_LINKED

# For machines without the whole set.
OWN: list[dict[str, Any]] = [
    {"example": 0, "markdown": "*a **b***\n", "html": "<p><em>a <strong>b</strong></em></p>\n"},
    {
        "example": 0,
        "markdown": "> - a\nb\n",
        "html": "<blockquote>\n<ul>\n<li>a\nb</li>\n</ul>\n</blockquote>\n",
    },
    {"example": 0, "markdown": "[a][B]\n\n[b]: /u 't'\n", "html": '<p><a href="/u" title="t">a</a></p>\n'},
    {"example": 0, "markdown": "``` x\na\n", "html": '<pre><code class="language-x">a\n</code></pre>\n'},
]


def parsed(markdown: str) -> str:
    """The tokens as the library would write them: what they mean, before our dressing."""
    renderer = RendererHTML()
    renderer.rules["mention"] = lambda tokens, idx, *_: tokens[idx].content
    html = renderer.render(parse(markdown), OptionsDict(commonmark.make()["options"]), {})
    return html.replace("<blockquote></blockquote>", "<blockquote>\n</blockquote>")


def conforms(example: dict[str, Any]) -> bool:
    return bool(parsed(example["markdown"]) == example["html"])


def test_every_example_but_the_exceptions_conforms() -> None:
    every = OWN + examples("commonmark-0.31.2")
    failing = {example["example"] for example in every if not conforms(example)}
    assert failing <= EXCEPTIONS
    assert not examples("commonmark-0.31.2") or failing == EXCEPTIONS, "an exception is no longer one"


@pytest.mark.parametrize("name", ["commonmark-0.31.2", "gfm-0.29", "gfm-extensions", "cmark-regression"])
def test_every_example_of_every_kind_renders(name: str) -> None:
    for example in OWN + examples(name):
        render(example["markdown"])
