"""Markdown to tokens: CommonMark without raw HTML, and the extensions of this site, within the caps.

One parser serves the whole process: it keeps nothing between two texts.
"""

from markdown_it import MarkdownIt
from markdown_it.ruler import RuleOptionsType
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from forum.markup.autolinks import Autolinks, bare_address, link_addresses
from forum.markup.blocks import signature, table, underlined_heading
from forum.markup.cleaning import clean_text
from forum.markup.errors import MarkupRefused, Reason
from forum.markup.footnotes import WHOLE, footnote_definition, footnote_reference, gather_footnotes
from forum.markup.formulas import formula, formula_block
from forum.markup.limits import BODY_BYTES, NESTING, OPEN_BRACKETS, TOKENS
from forum.markup.mentions import mark_mentions
from forum.markup.quoting import mark_sources
from forum.markup.sanitizer import is_address_kept
from forum.markup.spoilers import MARK, pair_spoilers, spoiler, spoiler_block

_CONTAINERS = frozenset(
    {"blockquote_open", "bullet_list_open", "ordered_list_open", "list_item_open", "spoiler_block_open"}
)
_LINE_BREAKS = {"softbreak": "line_break", "hardbreak": "line_break"}
_PAIRS = frozenset(f"{name}_{end}" for name in ("em", "strong", "s", "spoiler") for end in ("open", "close"))
_ENDS_ALL: RuleOptionsType = {"alt": ["paragraph", "reference", "blockquote", "list"]}


def parse(body: str, *, is_whole: bool = False) -> list[Token]:
    """The block tokens of a text, their pieces of text in `children`. MarkupRefused if it exceeds a cap.

    `is_whole` keeps what is written but not shown: footnotes that nobody refers to.
    """
    if len(body) > BODY_BYTES or len(body.encode(errors="replace")) > BODY_BYTES:
        raise MarkupRefused(Reason.TOO_LONG)
    text = clean_text(body).rstrip("\n") + "\n"
    if text.count("[") > OPEN_BRACKETS:
        raise MarkupRefused(Reason.TOO_COMPLEX)
    return _PARSER.parse(text, {WHOLE: is_whole})


class _Parser(MarkdownIt):
    """markdown-it with our policy for addresses, which it asks wherever it makes a link."""

    def __init__(self) -> None:
        super().__init__("commonmark", {"html": False, "linkify": True, "maxNesting": NESTING + 1})
        self.options.update({"tasklists": True, "strikethrough_single_tilde": True})
        self.linkify = Autolinks()
        self.enable(["table", "strikethrough", "linkify"])
        block, inline, core = self.block.ruler, self.inline.ruler, self.core.ruler
        block.at("table", table, {"alt": ["paragraph", "reference"]})
        block.at("lheading", underlined_heading)
        block.before("lheading", "signature", signature, _ENDS_ALL)
        block.before("fence", "spoiler_block", spoiler_block, _ENDS_ALL)
        block.before("fence", "formula_block", formula_block, _ENDS_ALL)
        block.before("reference", "footnote", footnote_definition, _ENDS_ALL)
        inline.at("linkify", bare_address)
        inline.before("link", "footnote", footnote_reference)
        inline.before("backticks", "formula", formula)
        inline.before("strikethrough", "spoiler", spoiler)
        self.inline.add_terminator_char(MARK)
        self.inline.ruler2.before("strikethrough", "spoiler", pair_spoilers)
        core.at("block", _parse_blocks)
        core.at("inline", _parse_inlines)
        core.at("linkify", link_addresses)
        core.after("linkify", "mentions", mark_mentions)
        core.push("footnotes", gather_footnotes)
        core.push("sources", mark_sources)
        core.push("count", _count)

    def validateLink(self, url: str) -> bool:  # noqa: N802
        return is_address_kept(url)

    def normalizeLinkText(self, link: str) -> str:  # noqa: N802
        """As it was written: a decoded address may look like another one."""
        return link


class _CappedTokens(list[Token]):
    """Block tokens, of which there can only be so many."""

    def append(self, token: Token) -> None:
        if len(self) >= TOKENS:
            raise MarkupRefused(Reason.TOO_COMPLEX)
        if token.level >= NESTING and token.type in _CONTAINERS:  # the parser would drop what is inside
            raise MarkupRefused(Reason.TOO_DEEP)
        super().append(token)


def _parse_blocks(state: StateCore) -> None:
    tokens = _CappedTokens()
    state.md.block.parse(state.src, state.md, state.env, tokens)
    state.tokens = list(tokens)


def _parse_inlines(state: StateCore) -> None:
    within_signature = False
    for token in state.tokens:
        if token.type == "signature_open":
            within_signature = True
        elif token.type == "inline":
            children: list[Token] = []
            state.md.inline.parse(token.content, state.md, state.env, children)
            token.children = _without_deep_pairs(children)
            if within_signature:
                for child in token.children:
                    child.type = _LINE_BREAKS.get(child.type, child.type)


def _count(state: StateCore) -> None:
    if len(state.tokens) + sum(len(token.children or ()) for token in state.tokens) > TOKENS:
        raise MarkupRefused(Reason.TOO_COMPLEX)


def _without_deep_pairs(children: list[Token]) -> list[Token]:
    """The tokens without emphasis deeper than `NESTING`: it cannot be seen, and slows the sanitizers down."""
    if all(token.level < NESTING for token in children):
        return children
    return [token for token in children if token.level < NESTING or token.type not in _PAIRS]


_PARSER = _Parser()
