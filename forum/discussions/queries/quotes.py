"""What is quoted from other posts, as each reader may know it: only what is there to read where it was said.

A quote of a post that is hidden, deleted, or in a topic that the reader may not read is gone for them, and for
moderators too: they read it where it stands.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import g
from flask_babel import gettext as _
from sqlalchemy import delete, select
from sqlalchemy.orm import joinedload

from forum.access.audience import readable_by
from forum.access.viewer import Viewer
from forum.accounts.models import User
from forum.core.db import db
from forum.discussions import addresses
from forum.discussions.counting import visible_posts, visible_topics
from forum.discussions.models import Post, PostQuote, Topic
from forum.markup import QuoteSource, SafeHTML, quote_markdown, quoted_posts, without_quotes

MOST = 20  # posts that quote a topic
MOST_SOURCES = 20_000  # of all texts of a page, the newest; what is quoted beyond them is not shown
AT_ONCE = 5_000  # ids in a statement: databases take so many
LARGEST_ID = 2**63 - 1
Sources = Mapping[int, QuoteSource]

_SPECIAL = re.compile(r"([\\`*_\[\]<>~|$#&])")
_FIRST = re.compile(r"^([ \t]*\d*)([.)+-])", re.MULTILINE)  # of a list
_NAMED = re.compile(r"/posts/([1-9]\d{0,18})")


@dataclass(frozen=True, slots=True)
class Quoting:
    """A post that quotes another: the title of its topic, and where it stands."""

    title: str
    href: str


def sources_of(viewer: Viewer, texts: Iterable[SafeHTML], *, topic_id: int = 0) -> Sources:
    """The quoted posts of several texts that are there for the viewer, in one statement; in none where nothing is quoted.

    In the topic itself they are called by who wrote them and their number, else by the title of their own.
    """
    return _found(viewer, frozenset().union(*map(quoted_posts, texts)), topic_id)


def open_quotes(viewer: Viewer, bodies: Iterable[str]) -> Collection[int]:
    """Which posts that several texts name, as Markdown, are there for the viewer: `without_quotes()` takes the answer."""
    return _found(viewer, {int(found) for body in bodies for found in _NAMED.findall(body)}).keys()


def text_for(viewer: Viewer, body: str) -> str:
    """The Markdown of a text as the viewer may have it: quotes of what is not there for them are an ellipsis."""
    return without_quotes(body, open_quotes(viewer, [body]))


def quote_of(viewer: Viewer, post: Post, words: str = "") -> str:
    """Markdown that quotes a post the viewer may read: some words of it, or all but what it quotes itself."""
    whole = text_for(viewer, post.body)
    words = words.strip("\n")
    if not words:
        words = without_quotes(whole, (), instead="").strip("\n") or whole
    elif words not in whole:  # as they are read, not as they were written
        words = _as_read(words)
    author = post.author
    name = f"@{author.username}" if author and not author.is_placeholder else author.name if author else ""
    return quote_markdown(words, post_id=post.id, name=name)


def quoted_elsewhere(viewer: Viewer, topic: Topic) -> list[Quoting]:
    """Posts in other topics that quote a post of this one, newest first, as far as the viewer may read them."""
    quoted = select(Post.id).where(Post.topic_id == topic.id)
    found = (
        select(Post)
        .join(Topic, Topic.id == Post.topic_id)
        .options(joinedload(Post.topic))
        .where(
            Post.id.in_(select(PostQuote.post_id).where(PostQuote.quoted_id.in_(quoted))),
            Post.topic_id != topic.id,
            visible_posts(),
            visible_topics(),
            readable_by(viewer, Topic.audience_id),
        )
        .order_by(Post.id.desc())
        .limit(MOST)
    )
    return [
        Quoting(post.topic.title, addresses.of_post(post.topic, post)) for post in db.session.scalars(found)
    ]


def note_quotes(post: Post, *, is_new: bool = False) -> None:
    """Keep which posts this one quotes, within the transaction that writes it; of those named, the ones that are there."""
    if not is_new:
        db.session.execute(delete(PostQuote).where(PostQuote.post_id == post.id))
    note_quotes_of({post.id: post.body_html})


def note_quotes_of(texts: Mapping[int, SafeHTML]) -> None:
    """The same for many new posts, by their ids."""
    pairs = {
        (post_id, quoted)
        for post_id, html in texts.items()
        for quoted in quoted_posts(html)
        if quoted <= LARGEST_ID
    }
    if pairs:
        there = set(
            db.session.scalars(select(Post.id).where(Post.id.in_({quoted for _post, quoted in pairs})))
        )
        db.session.add_all(
            [PostQuote(post_id=post, quoted_id=quoted) for post, quoted in pairs if quoted in there]
        )


def _found(viewer: Viewer, ids: Collection[int], topic_id: int = 0) -> dict[int, QuoteSource]:
    if not ids:
        return {}
    asked = sorted((each for each in ids if each <= LARGEST_ID), reverse=True)[:MOST_SOURCES]
    rows = [row for at in range(0, len(asked), AT_ONCE) for row in _rows(viewer, asked[at : at + AT_ONCE])]
    if len(rows) < len(ids) or any(row.Topic.id != topic_id for row in rows):
        g.follows_others = True
    return {
        row.id: QuoteSource(
            f"{addresses.of_number(row.Topic, row.number)}#post-{row.id}",
            _label(
                row.name or _("Former member"),
                row.number,
                "" if row.Topic.id == topic_id else row.Topic.title,
            ),
        )
        for row in rows
    }


def _rows(viewer: Viewer, ids: Sequence[int]) -> Sequence[Any]:
    return db.session.execute(
        select(Post.id, Post.number, Topic, User.name)
        .join(Topic, Topic.id == Post.topic_id)
        .outerjoin(User, User.id == Post.author_id)
        .where(Post.id.in_(ids), visible_posts(), visible_topics(), readable_by(viewer, Topic.audience_id))
    ).all()


def _label(name: str, number: int, title: str) -> str:
    if title:
        return _("%(name)s in “%(title)s”", name=name, title=title)
    return _("%(name)s, %(number)s", name=name, number=number)


def _as_read(words: str) -> str:
    """Words from a page, so that they mean in Markdown what they are."""
    return _FIRST.sub(r"\1\\\2", _SPECIAL.sub(r"\\\1", words))
