"""Putting a post under another name: what staff posted for somebody, or under the wrong account."""

from flask_babel import gettext as _

from forum.access.permissions import Permission
from forum.access.rules import judge
from forum.access.viewer import viewer_of
from forum.accounts.models import User
from forum.audit.actions import AuditAction
from forum.core.db import db
from forum.core.errors import Invalid
from forum.core.transactions import publish, transactional
from forum.discussions import counting
from forum.discussions.actions.loading import post_to_change, tell_in_thread, touch
from forum.discussions.actions.reading import mark_read
from forum.discussions.actions.telling import log_act
from forum.discussions.models import Post
from forum.discussions.signals import PostChanged


@transactional
def change_author(post: Post, *, actor: User, author: User, reason: str = "") -> Post:
    """Put a post under the name of another account that may read it; with the first post its topic too."""
    post = post_to_change(post.id, Permission.CHANGE_AUTHOR, actor)
    topic, before = post.topic, post.author_id
    if before == author.id:
        return post
    author = db.session.get_one(User, author.id)
    if author.imported_at is not None or not judge(Permission.READ_TOPIC, viewer_of(author), topic):
        raise Invalid({"username": _("They cannot read this topic, so they cannot have written in it.")})
    is_first = post.number == 1
    if topic.is_visible:
        counting.add_all(
            (counting.USER, user_id, topic.audience_id, sign * is_first, sign * post.is_visible)
            for user_id, sign in ((before, -1), (author.id, +1))
            if user_id is not None
        )
    if before is not None:  # what was one's own has been read
        mark_read(topic, reader=db.session.get_one(User, before), numbers=[post.number])
    post.author_id, post.client_id = author.id, None
    post.version += 1
    if is_first:
        topic.author_id = author.id
    if topic.last_post_id == post.id:
        topic.last_post_author_id = author.id
    db.session.flush()
    db.session.refresh(post, ["author"])
    touch(topic)
    told = {"number": str(post.number)}
    tell_in_thread(topic, "author", actor=actor, reason=reason, detail=told, after=post.number)
    detail = {"from": str(before or 0), "to": str(author.id)}
    owners = [before, author.id]
    log_act(
        AuditAction.AUTHOR_CHANGED, topic, actor=actor, reason=reason, post=post, detail=detail, owners=owners
    )
    publish(PostChanged(post.id, topic.id, post.number, actor.id))
    return post
