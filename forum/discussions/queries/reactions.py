"""Who reacted to a post: for those who may read it, without the names of people they ignore."""

from sqlalchemy import select, tuple_
from sqlalchemy.orm import joinedload

from forum.access.viewer import Viewer
from forum.accounts.ignored import ignored_by
from forum.core.db import db
from forum.core.pages import Page, cut, decode_cursor, encode_cursor
from forum.discussions.models import Post, Reaction
from forum.discussions.queries.posts import find_post


def find_post_to_react(viewer: Viewer, post_id: int, name: str) -> Post | None:
    """The post that an address names together with a reaction."""
    return find_post(viewer, post_id)


def reactions_to(viewer: Viewer, post: Post, *, after: str | None = None, limit: int = 50) -> Page[Reaction]:
    """The reactions to a post, each with its `user`, by what it is; one statement. The caller has asked the rule."""
    found = select(Reaction).options(joinedload(Reaction.user))
    found = found.where(Reaction.post_id == post.id, Reaction.user_id.not_in(ignored_by(viewer)))
    if after:
        found = found.where(
            tuple_(Reaction.name, Reaction.user_id) > tuple_(*decode_cursor(after, [str, int]))
        )
    found = found.order_by(Reaction.name, Reaction.user_id).limit(limit + 1)
    shown, more = cut(db.session.scalars(found).all(), limit)
    last = shown[-1] if more else None
    return Page(shown, encode_cursor([last.name, last.user_id]) if last else None)
