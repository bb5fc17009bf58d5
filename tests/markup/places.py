"""Where within a text an attack may stand, and how a reader gets to see it."""

from forum.markup import Mention, QuoteSource, SafeHTML, localize, show_quotes
from tests.markup.samples import WORDS

# The ways in which an attacker may place a string within a text.
PLACES = [
    "{}",
    "[x]({})",
    "[x](<{}>)",
    "![{}](x)",
    "![x]({})",
    '[x](/a "{}")',
    "<{}>",
    "[x][1]\n\n[1]: {}",
    "```{}\nx\n```",
    "```html\n{}\n```",
    "`{}`",
    "> {}\n\n- {}\n\n# {}",
    "| a |\n|---|\n| {} |",
    "@{}",
    "https://a.example/{}",
    "x\n-- \n{}",
    "||{}||",
    ":::spoiler {}\n{}\n:::",
    "x[^1]\n\n[^1]: {}",
    "x[^{}]\n\n[^{}]: x",
    "> [@{}](/posts/1):\n> {}",
    "> [@a](/posts/{}):\n> x",
    "${}$ $${}$$",
    "$$\n{}\n$$",
    "- [x] {}",
]


def as_shown(html: SafeHTML) -> str:
    """Stored HTML as a reader sees it: in words that need care themselves, half of the quotes hidden."""
    shown = show_quotes(html, {1: QuoteSource("/t/1/x/1", "<Anna> & co")}, "<hidden>")
    return str(localize(shown, WORDS, within="post-1"))


def everybody(names: set[str]) -> dict[str, Mention]:
    """A directory in which every name is taken."""
    return {name: Mention(name) for name in names}
