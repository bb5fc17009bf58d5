"""Markdown to safe HTML.

`render(body)` is the way in: CommonMark without raw HTML, with tables, task lists, footnotes, spoilers, formulas,
strikethrough, bare addresses, quotes with their source, colored code and mentions, through two sanitizers. It is done once, when a text is written and before
any transaction; the HTML is stored beside the text with its `RENDERER_VERSION`, shown through
`localize()`, and made anew when the version has risen. What exceeds a cap of `limits.py` raises
`MarkupRefused`.
"""

from forum.markup.cleaning import clean_text
from forum.markup.errors import MarkupRefused, Reason
from forum.markup.incoming import html_to_markdown
from forum.markup.mentions import Mention, normalize_name
from forum.markup.phrases import (
    Phrases,
    localize,
    mentions,
    with_own_mentions,
    with_whole_addresses,
    without_links_to_people,
    without_pictures,
)
from forum.markup.plain import excerpt, plain_text, with_list, words_of
from forum.markup.quotes import QuoteSource, quoted_posts, show_quotes, with_quoted_posts, without_quotes
from forum.markup.quoting import quote_markdown
from forum.markup.rendering import RENDERER_VERSION, Rendered, render
from forum.markup.safe_html import SafeHTML, SafeHTMLText
from forum.markup.sections import render_long
from forum.markup.uploaded import (
    first_picture,
    pictures_as_links,
    shown_without_upload,
    uploads_in,
    uploads_named,
    without_upload,
)

__all__ = [
    "RENDERER_VERSION",
    "MarkupRefused",
    "Mention",
    "Phrases",
    "QuoteSource",
    "Reason",
    "Rendered",
    "SafeHTML",
    "SafeHTMLText",
    "clean_text",
    "excerpt",
    "first_picture",
    "html_to_markdown",
    "localize",
    "mentions",
    "normalize_name",
    "pictures_as_links",
    "plain_text",
    "quote_markdown",
    "quoted_posts",
    "render",
    "render_long",
    "show_quotes",
    "shown_without_upload",
    "uploads_in",
    "uploads_named",
    "with_list",
    "with_own_mentions",
    "with_quoted_posts",
    "with_whole_addresses",
    "without_links_to_people",
    "without_pictures",
    "without_quotes",
    "without_upload",
    "words_of",
]
