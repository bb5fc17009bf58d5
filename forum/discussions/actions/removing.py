"""Removing a picture or a file that must not be there: its bytes at once, then every text it stands in."""

from sqlalchemy import select

from forum.access.permissions import Permission
from forum.access.rules.discussions import moderates
from forum.access.viewer import viewer_of
from forum.accounts.models import User
from forum.audit.actions import AuditAction
from forum.core.db import db
from forum.core.errors import NotFound
from forum.core.transactions import publish, transaction, transactional
from forum.discussions.actions.loading import post_to_change, topic_of_post, touch
from forum.discussions.actions.telling import log_act
from forum.discussions.models import Draft, Post, PostQuote, Revision
from forum.discussions.signals import PostChanged
from forum.markup import shown_without_upload, without_upload
from forum.media.actions import remove_upload
from forum.media.models import Attachment, Upload

MOST = 1_000  # posts that quote, and quote what quotes


@transactional
def remove_file(post: Post, upload_id: int, *, actor: User, reason: str = "") -> None:
    """Take an upload of a post away for good, wherever else it stands too. Whose it is hears why. Doing so again changes nothing."""
    post = post_to_change(post.id, Permission.REMOVE_FILE, actor)
    stands = select(Attachment.upload_id).where(
        Attachment.post_id == post.id, Attachment.upload_id == upload_id
    )
    if db.session.scalar(stands) is None:
        raise NotFound
    upload = db.session.get_one(Upload, upload_id)
    if upload.owner_id != actor.id and not moderates(viewer_of(actor), post.topic):
        raise NotFound
    if upload.deleted_at is not None:
        return
    remove_upload(upload_id, by_id=actor.id)
    log_act(
        AuditAction.FILE_REMOVED, post.topic, actor=actor, reason=reason, post=post, owners=[upload.owner_id]
    )


def take_out(upload_id: int, *, everywhere: bool = False) -> None:
    """Every text in which an upload stood says that it was removed, each in a transaction of its own; again changes nothing.

    `everywhere`: also those that name it without having brought it, which takes a look at all there are.
    """
    with transaction():
        _take_out_of_drafts(upload_id, of_all=everywhere)
    posts = set(db.session.scalars(select(Attachment.post_id).where(Attachment.upload_id == upload_id)))
    if everywhere:
        posts |= _naming(upload_id)
    fresh = posts
    while fresh and len(posts) < MOST:  # whoever quoted one has its words too
        quoting = select(PostQuote.post_id).where(PostQuote.quoted_id.in_(fresh))
        fresh = set(db.session.scalars(quoting)) - posts
        posts |= fresh
    for post_id in sorted(posts):
        _take_out_of(post_id, upload_id)


@transactional
def _take_out_of(post_id: int, upload_id: int) -> None:
    topic = topic_of_post(post_id)
    post = db.session.get_one(Post, post_id, populate_existing=True)
    for revision in db.session.scalars(select(Revision).where(Revision.post_id == post_id)):
        revision.body = without_upload(revision.body, upload_id)
    body, html = (
        without_upload(post.body, upload_id),
        shown_without_upload(post.body_html, upload_id),
    )
    if (body, html) != (post.body, post.body_html):
        post.body, post.body_html = body, html
        post.version += 1
        touch(topic)
        publish(PostChanged(post.id, topic.id, post.number, post.author_id or 0))


def _naming(upload_id: int) -> set[int]:
    """Posts that name it, now or in an earlier version."""
    address = f"/uploads/{upload_id}/"
    now = select(Post.id).where(Post.body.contains(address, autoescape=True))
    before = select(Revision.post_id).where(Revision.body.contains(address, autoescape=True))
    return set(db.session.scalars(now)) | set(db.session.scalars(before))


def _take_out_of_drafts(upload_id: int, *, of_all: bool) -> None:
    owner_id = select(Upload.owner_id).where(Upload.id == upload_id).scalar_subquery()
    named = select(Draft).where(Draft.body.contains(f"/uploads/{upload_id}/", autoescape=True))
    if not of_all:
        named = named.where(Draft.user_id == owner_id)
    for draft in db.session.scalars(named.with_for_update()):
        draft.body = without_upload(draft.body, upload_id)
