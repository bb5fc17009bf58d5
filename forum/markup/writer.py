"""Tokens to HTML, for the sanitizers: every tag and class that a post can have is written here.

The size is watched while writing: short references may stand for long addresses.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape

from markdown_it.presets import commonmark
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from forum.markup.anchors import BEGINNING, Anchors
from forum.markup.cleaning import without_direction
from forum.markup.coloring import Palette, language_of
from forum.markup.dressing import text_of
from forum.markup.errors import MarkupRefused, Reason
from forum.markup.limits import HTML_CHARS
from forum.markup.mentions import Mention, address_of, normalize_name, resolve
from forum.markup.phrases import (
    FOLD_SLOT,
    FOOTNOTES_SLOT,
    REMOVED_SLOT,
    SPOILER_LABEL_SLOT,
    SPOILER_SLOT,
    TABLE_SLOT,
    TASK_DONE_SLOT,
    TASK_OPEN_SLOT,
)
from forum.markup.pictures import picture_html
from forum.markup.quoting import caption

# The page has h1 for the site or title and h2 for its parts, so a post begins at h3.
_FIRST_HEADING, _LAST_HEADING = 3, 6
_ALIGNMENTS = {"text-align:right": "is-number", "text-align:center": "is-center"}


@dataclass(slots=True)
class Writing:
    """What one text is written with: who is mentioned, how many colors and characters are left."""

    people: Mapping[str, Mention] = field(default_factory=dict)
    palette: Palette = field(default_factory=Palette)
    chars: int = HTML_CHARS
    quotes: int = 0
    links: int = 0
    spoilers: int = 0
    anchors: Anchors = field(default_factory=Anchors)
    heading: str = ""  # the name of the one that is being written
    outline: list[int] = field(default_factory=list)  # the typed levels of those it is part of, and its own
    found: set[str] = field(default_factory=set)


def write(tokens: Sequence[Token], writing: Writing) -> list[str]:
    """The HTML of dressed tokens, block by block. `writing.found` then holds who was mentioned outside of quotes."""
    env = {"writing": writing}
    blocks: list[str] = []
    start = depth = 0
    for number, token in enumerate(tokens):
        depth += token.nesting
        if not depth:
            blocks.append(_WRITER.render(tokens[start : number + 1], _OPTIONS, env))
            start = number + 1
    return blocks


class _Writer(RendererHTML):
    """One method per token type; what has none is written by its tag."""

    def render(self, tokens: Sequence[Token], options: OptionsDict, env: EnvType) -> str:
        return self._join(tokens, options, env)

    def renderInline(self, tokens: Sequence[Token], options: OptionsDict, env: EnvType) -> str:  # noqa: N802
        return self._join(tokens, options, env)

    def _join(self, tokens: Sequence[Token], options: OptionsDict, env: EnvType) -> str:
        out: list[str] = []
        for number, token in enumerate(tokens):
            if token.type == "inline":
                out.append(self._join(token.children or [], options, env))
                continue
            rule = self.rules.get(token.type)
            piece = (
                rule(tokens, number, options, env) if rule else self.renderToken(tokens, number, options, env)
            )
            env["writing"].chars -= len(piece)
            if env["writing"].chars < 0:
                raise MarkupRefused(Reason.TOO_COMPLEX)
            out.append(piece)
        return "".join(out)

    def paragraph_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        if not tokens[idx].hidden:
            tokens[idx].attrSet("dir", "auto")
        return self.renderToken(tokens, idx, options, env)

    def heading_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        writing = env["writing"]
        _enter(writing, int(tokens[idx].tag[1:]))
        tag = _heading_tag(writing)
        writing.heading = ""
        if writing.quotes:  # it can be linked to where it was written
            return f'<{tag} dir="auto">'
        writing.heading = writing.anchors.of_heading(text_of(tokens[idx + 1], is_veiled=True))
        return f'<{tag} id="{BEGINNING}{writing.heading}" dir="auto">'

    def heading_close(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        name = env["writing"].heading
        address = f"#{BEGINNING}{name}"
        link = f' <a class="heading-link" href="{address}" aria-label="…">#</a>' if name else ""
        return f"{link}</{_heading_tag(env['writing'])}>\n"

    def table_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return f"{TABLE_SLOT}<table>\n"

    def table_close(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return "</table></div>\n"

    def th_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return f'<th scope="col"{_alignment(tokens[idx])} dir="auto">'

    def td_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return f'<td{_alignment(tokens[idx])} dir="auto">'

    def fence(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        language = language_of(tokens[idx].info)
        if tokens[idx].info.split(maxsplit=1)[:1] == ["math"]:
            return self.formula_block(tokens, idx, options, env)
        attribute = f' class="language-{language}"' if language else ""
        code = env["writing"].palette.color(without_direction(tokens[idx].content), language)
        return f'<pre tabindex="0" dir="ltr"><code{attribute}>{code}</code></pre>\n'

    def code_block(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return f'<pre tabindex="0" dir="ltr"><code>{_verbatim(tokens[idx])}</code></pre>\n'

    def code_inline(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return f"<code>{_verbatim(tokens[idx])}</code>"

    def formula(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        name = "math-display" if tokens[idx].markup == "$$" else "math"
        return f'<code class="{name}">{_verbatim(tokens[idx])}</code>'

    def formula_block(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return (
            f'<pre tabindex="0" dir="ltr"><code class="math-display">{_verbatim(tokens[idx])}</code></pre>\n'
        )

    def quote_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        post = tokens[idx].meta["post"]
        source = caption(f"/posts/{post}", tokens[idx].meta["name"])
        direction = f' dir="{tokens[idx].attrs["dir"]}"' if tokens[idx].attrs else ""
        return f'<figure class="quote" data-post="{post}"{direction}>{source}\n'

    def quote_close(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return "</figure>\n"

    def blockquote_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        env["writing"].quotes += 1
        return self.renderToken(tokens, idx, options, env)

    def blockquote_close(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        env["writing"].quotes -= 1
        return self.renderToken(tokens, idx, options, env)

    def s_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return "<del>"

    def s_close(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return "</del>"

    def fold_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return f'<details class="quote-fold">{FOLD_SLOT}\n'

    def list_item_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        item = self.renderToken(tokens, idx, options, env)
        if "checked" not in tokens[idx].meta:
            return item
        box = f"{TASK_DONE_SLOT}☑</span> " if tokens[idx].meta["checked"] else f"{TASK_OPEN_SLOT}☐</span> "
        return item.rstrip("\n") + box

    def picture(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        meta = tokens[idx].meta
        return picture_html(str(tokens[idx].attrs["src"]), meta["alt"], is_link=meta["is_link"])

    def removed(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return REMOVED_SLOT

    def link_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        env["writing"].links += 1
        return self.renderToken(tokens, idx, options, env)

    def link_close(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        env["writing"].links -= 1
        return "</a>"

    def spoiler_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        env["writing"].spoilers += 1
        if env["writing"].links or env["writing"].spoilers > 1:  # what is around it takes the focus
            return '<span class="spoiler">'
        return f'<span class="spoiler" tabindex="0">{SPOILER_LABEL_SLOT}'

    def spoiler_close(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        env["writing"].spoilers -= 1
        return "</span>"

    def spoiler_block_open(
        self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType
    ) -> str:
        title = escape(tokens[idx].info, quote=False)
        summary = f'<summary class="spoiler-block__summary" dir="auto">{title}</summary>'
        return f'<details class="spoiler-block">{summary if title else SPOILER_SLOT}<div class="spoiler-block__text">\n'

    def spoiler_block_close(
        self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType
    ) -> str:
        return "</div></details>\n"

    def footnote_reference(
        self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType
    ) -> str:
        note, reference = _names_of(tokens[idx], env["writing"])
        link = f'<a class="footnote-link" href="#{note}" role="doc-noteref">{tokens[idx].meta["number"]}</a>'
        return f'<sup id="{reference}">{link}</sup>'

    def footnotes_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return f"{FOOTNOTES_SLOT}{self.renderToken(tokens, idx, options, env)}"

    def footnotes_close(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return "</ol></div>\n"

    def footnote_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return f'<li id="{_names_of(tokens[idx], env["writing"])[0]}">\n'

    def footnote_close(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return "</li>\n"

    def footnote_back(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        _, reference = _names_of(tokens[idx], env["writing"])
        return f' <a class="footnote-back" href="#{reference}" aria-label="…" role="doc-backlink">↩</a>'

    def signature_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        aligned = " is-aligned" if tokens[idx].info else ""
        return f'<div class="signature{aligned}" dir="auto">'

    def line_break(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return "<br>"

    def mention(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        content = tokens[idx].content
        person, rest = resolve(content, env["writing"].people) or (None, "")
        if person is None:
            return escape(content, quote=False)
        if not env["writing"].quotes:
            env["writing"].found.add(normalize_name(person.username))
        shown = content[: len(content) - len(rest)]
        address = escape(address_of(person))
        return f'<a class="mention" href="{address}" dir="auto">{escape(shown)}</a>{escape(rest)}'


def _verbatim(token: Token) -> str:
    return escape(without_direction(token.content), quote=False)


def _names_of(token: Token, writing: Writing) -> tuple[str, str]:
    """Of a footnote, and of one place that refers to it."""
    number = f"{writing.anchors.part}{token.meta['number']}"
    return f"{BEGINNING}note-{number}", f"{BEGINNING}ref-{number}-{token.meta.get('nth', 1)}"


def _enter(writing: Writing, level: int) -> None:
    """A heading closes what is as deep as it or deeper; what is quoted is deeper than what is around it."""
    level += 6 * writing.quotes
    while writing.outline and writing.outline[-1] >= level:
        writing.outline.pop()
    writing.outline.append(level)


def _heading_tag(writing: Writing) -> str:
    """One below the heading it is part of: no level is left out, whichever were typed."""
    return f"h{min(_FIRST_HEADING + len(writing.outline) - 1, _LAST_HEADING)}"


def _alignment(cell: Token) -> str:
    name = _ALIGNMENTS.get(str(cell.attrs.get("style", "")))
    return f' class="{name}"' if name else ""


_WRITER = _Writer()
_OPTIONS = OptionsDict({**commonmark.make()["options"], "xhtmlOut": False})
