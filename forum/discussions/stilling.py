"""A picture of which there is a still frame now stands still in every text, and leads to where it plays."""

from sqlalchemy import select

from forum.core.db import db
from forum.core.signals import listens_to
from forum.core.transactions import let_go, publish, transactional
from forum.discussions.actions.loading import topic_of_post, touch
from forum.discussions.models import Draft, Post
from forum.discussions.queries.quotes import note_quotes
from forum.discussions.signals import PostChanged
from forum.discussions.writing import find_mentioned
from forum.markup import RENDERER_VERSION, SafeHTML, render_long
from forum.media.signals import UploadStilled


@listens_to(UploadStilled, later=True)
def lead_to_what_moves(signal: UploadStilled) -> None:
    """Each text in a transaction of its own, rendered before; again changes nothing."""
    was, now = (f"/uploads/{signal.upload_id}/{name}" for name in (signal.was, signal.now))
    if was == now:
        return
    _in_drafts(was, now)
    named = select(Post.id, Post.body).where(Post.body.contains(was, autoescape=True))
    rows = db.session.execute(named.order_by(Post.id)).all()
    for post_id, body in rows:
        renewed = body.replace(was, now)
        html = render_long(renewed, mentions=find_mentioned).html
        let_go()
        _write(post_id, body, renewed, html)


@transactional
def _write(post_id: int, before: str, body: str, html: SafeHTML) -> None:
    topic = topic_of_post(post_id)
    post = db.session.get_one(Post, post_id, populate_existing=True)
    if post.body != before:
        return  # edited meanwhile: it stands still all the same
    post.body, post.body_html, post.renderer = body, html, RENDERER_VERSION
    post.version += 1
    note_quotes(post)
    touch(topic)
    publish(PostChanged(post.id, topic.id, post.number, post.author_id or 0))


@transactional
def _in_drafts(was: str, now: str) -> None:
    named = select(Draft).where(Draft.body.contains(was, autoescape=True))
    for draft in db.session.scalars(named.with_for_update()):
        draft.body = draft.body.replace(was, now)
