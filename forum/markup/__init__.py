"""Markdown to safe HTML."""

from forum.markup.safe_html import SafeHTML, SafeHTMLText

__all__ = ["SafeHTML", "SafeHTMLText"]
