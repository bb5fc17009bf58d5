"""Reacting to a post, and taking it back. What is done already changes nothing."""

from flask_babel import gettext as _
from sqlalchemy import delete

from forum.access.permissions import Permission
from forum.accounts.models import User
from forum.core import clock
from forum.core.db import db
from forum.core.errors import Invalid
from forum.core.transactions import publish, transactional
from forum.core.upserts import insert
from forum.discussions.actions.loading import post_to_change
from forum.discussions.models import Post, Reaction
from forum.discussions.reactions import reaction_kinds
from forum.discussions.signals import PostReacted


@transactional
def react(post: Post, *, name: str, actor: User) -> None:
    """Give a post one of the society's reactions."""
    post = post_to_change(post.id, Permission.REACT, actor)
    if name not in reaction_kinds():
        raise Invalid({"name": _("This reaction is not one of those that can be given here.")})
    row = insert(Reaction).values(post_id=post.id, user_id=actor.id, name=name, created_at=clock.now())
    made = db.session.execute(row.on_conflict_do_nothing().returning(Reaction.name)).all()
    if made:
        _add(post, name, 1)


@transactional
def take_back_reaction(post: Post, *, name: str, actor: User) -> None:
    """Take a reaction back, also one that can no longer be given."""
    post = post_to_change(post.id, Permission.REACT, actor)
    mine = Reaction.post_id == post.id, Reaction.user_id == actor.id, Reaction.name == name
    gone = db.session.execute(delete(Reaction).where(*mine).returning(Reaction.name)).all()
    if gone:
        _add(post, name, -1)


def _add(post: Post, name: str, sign: int) -> None:
    """Count it where all readers see it. The topic is locked; its version grows, for its pages, and no list is made anew."""
    count = post.reaction_counts.get(name, 0) + sign
    others = {each: n for each, n in post.reaction_counts.items() if each != name}
    post.reaction_counts = {**others, name: count} if count > 0 else others
    post.topic.version += 1
    publish(PostReacted(post.id, post.topic_id, post.number))
