"""The subject on top of a reply that goes by another one than what it answers: right again when what it answers changes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select

from forum.core.db import db
from forum.core.transactions import let_go
from forum.discussions.models import Post
from forum.importers.archive import Step
from forum.importers.mail.message import add_subject, drop_subject
from forum.markup import SafeHTML, render_long


@dataclass(frozen=True, slots=True)
class Retold:
    """The text that a post is to have, and the one it was made from."""

    before: str
    body: str
    html: SafeHTML
    renderer: int


def retell(steps: Iterable[Step]) -> dict[int, Retold]:
    """Texts by post for all that are to tell another subject than they do. Before the transaction: rendering takes time."""
    wanted = {
        step.post_id: step for step in steps if step.post_id is not None and step.subject != step.subject_then
    }
    if not wanted:
        return {}
    rows = db.session.execute(
        select(Post.id, Post.body).where(Post.id.in_(wanted), Post.edited_at.is_(None))
    ).all()
    let_go()
    made: dict[int, Retold] = {}
    for row in rows:
        step = wanted[row.id]
        body = add_subject(drop_subject(row.body, step.subject_then), step.subject)
        rendered = render_long(body)
        made[row.id] = Retold(row.body, body, rendered.html, rendered.version)
    return made


def write(post_id: int, retold: Retold) -> None:
    """Put the text in place of the one it was made from, unless somebody has edited that meanwhile."""
    post = db.session.get_one(Post, post_id, populate_existing=True)
    if post.body == retold.before:
        post.body, post.body_html, post.renderer = retold.body, retold.html, retold.renderer
        post.version += 1
