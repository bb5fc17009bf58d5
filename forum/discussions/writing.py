"""Text on its way in and out: rendered before any transaction, dressed in the reader's language when it is shown."""

from collections.abc import Mapping

from flask_babel import gettext as _
from sqlalchemy import select

from forum.access.rules.people import sees_people
from forum.access.viewer import current_viewer
from forum.accounts.models import User
from forum.core.db import db
from forum.core.errors import Invalid
from forum.discussions.actions.writing import Written
from forum.discussions.queries.quotes import Sources, sources_of
from forum.markup import (
    MarkupRefused,
    Mention,
    Phrases,
    Reason,
    SafeHTML,
    clean_text,
    localize,
    render,
    show_quotes,
    shown_without_upload,
    uploads_named,
    with_own_mentions,
    without_links_to_people,
    without_upload,
)
from forum.media.queries import removed_among


def prepare(body: str) -> Written:
    """What somebody typed, rendered and safe; what was removed for good and is named in it says so. Raises Invalid for `body`."""
    body = clean_text(body).strip("\n")
    if not body.strip():
        raise Invalid({"body": _("Write something first.")})
    try:
        rendered = render(body, mentions=find_mentioned)
    except MarkupRefused as refused:
        raise Invalid({"body": why_refused(refused)}) from None
    html = rendered.html
    for upload_id in sorted(removed_among(uploads_named(body))):
        body, html = without_upload(body, upload_id), shown_without_upload(html, upload_id)
    return Written(body=body, html=html, renderer=rendered.version)


def find_mentioned(names: set[str]) -> Mapping[str, Mention]:
    """Which of these names are people with an account."""
    rows = db.session.execute(
        select(User.username_key, User.username).where(
            User.username_key.in_(name.casefold() for name in names), User.imported_at.is_(None)
        )
    )
    people = {row.username_key: row.username for row in rows}
    return {name: Mention(people[name.casefold()]) for name in names if name.casefold() in people}


def in_words(html: SafeHTML, *, within: str = "text", sources: Sources | None = None) -> SafeHTML:
    """Stored HTML as this reader sees it: with the few words it needs, and without what they may not: quotes, ways to people.

    `within` is unique on the page, like `post-12`: the names of headings and footnotes begin with it.
    `sources` are those of its quotes, where they have been looked up for many texts at once.
    """
    viewer = current_viewer()
    if sources is None:
        sources = sources_of(viewer, [html])
    shown = in_words_of(html, sources, within=within, shows_people=sees_people(viewer))
    return with_own_mentions(shown, viewer.user.username) if viewer.user else shown


def in_words_of(html: SafeHTML, sources: Sources, *, within: str, shows_people: bool) -> SafeHTML:
    """The same for whoever these sources are open to, where nobody makes a request."""
    html = show_quotes(html, sources, _("What is quoted here is not open to you."))
    shown = localize(html, _phrases(), within=within) if "…" in html else html
    return shown if shows_people else without_links_to_people(shown)


def _phrases() -> Phrases:
    return Phrases(
        quoted_text=_("Quoted text"),
        table=_("Table"),
        spoiler=_("Spoiler"),
        done=_("Done"),
        not_done=_("Not done"),
        footnotes=_("Footnotes"),
        back_to_text=_("Back to the text"),
        link_to_heading=_("Link to this heading"),
        play=_("Play the moving picture"),
        removed=_("A picture or file was removed here."),
    )


def why_refused(refused: MarkupRefused) -> str:
    return {
        Reason.TOO_LONG: _("This is too long: at most 20 KB of text. Send it in parts."),
        Reason.TOO_DEEP: _("Quotes or lists are nested too deeply here. Take out a few levels."),
        Reason.TOO_MANY_COLUMNS: _("A table can have at most 20 columns. Leave some out."),
        Reason.TOO_COMPLEX: _(
            "There is too much formatting in this. Make it simpler, or put it in a code block."
        ),
    }[refused.reason]
