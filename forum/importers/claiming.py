"""Who confirms an address gets what was imported under it."""

from flask_babel import gettext as _
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError

from forum.accounts.addresses import key_of
from forum.accounts.models import ImportedAddress, User
from forum.accounts.signals import EmailConfirmed
from forum.audit.actions import AuditAction, record
from forum.core.db import db
from forum.core.errors import Invalid
from forum.core.signals import listens_to
from forum.core.transactions import transactional
from forum.discussions import counting
from forum.discussions.models import AudienceCount, Post, Revision, Topic, TopicEvent

_UNSYNCHRONIZED = {"synchronize_session": False}


@listens_to(EmailConfirmed, later=True)
def give_back(signal: EmailConfirmed) -> None:
    """By the worker, soon after somebody has confirmed an address."""
    user = db.session.get(User, signal.user_id)
    if user is not None and user.email_key == key_of(signal.email):
        claim_imported_posts(user, address=signal.email)


@transactional
def claim_imported_posts(user: User, *, address: str) -> int:
    """Give a person the posts that came under an address they have confirmed; how many. Doing it again changes nothing."""
    key = key_of(address)
    claimed = db.session.scalar(
        select(ImportedAddress).where(ImportedAddress.address_key == key).with_for_update()
    )
    if claimed is None or claimed.user_id == user.id:
        return 0
    before = db.session.get_one(User, claimed.user_id)
    if not before.is_placeholder:
        return 0  # somebody confirmed it earlier, and keeps what they wrote
    claimed.user_id = user.id
    return _give(user, before)


@transactional
def give_posts(user: User, *, placeholder: User) -> int:
    """Give a person what was imported under a name that is theirs, where no address tells; how many posts."""
    before = db.session.scalars(select(User).where(User.id == placeholder.id).with_for_update()).one()
    if not before.is_placeholder or user.is_placeholder:
        raise Invalid({"username": _("Only what was imported can be given, and only to an account.")})
    db.session.execute(
        update(ImportedAddress).where(ImportedAddress.user_id == before.id).values(user_id=user.id),
        execution_options=_UNSYNCHRONIZED,
    )
    return _give(user, before)


def _give(user: User, before: User) -> int:
    topics = _move_topics(before.id, user.id)
    posts = _move_posts(before.id, user.id)
    _move_deeds(before.id, user.id)
    _move_counts(before.id, user.id)
    record(
        AuditAction.POSTS_CLAIMED,
        subject_kind="user",
        subject_id=user.id,
        actor_id=user.id,
        detail={"posts": posts, "topics": topics, "name": before.name},
    )
    _remove(before)
    return posts


def _move_topics(before_id: int, after_id: int) -> int:
    """The topics a person began, and those that name them as the last to write; all they wrote in are shown anew."""
    wrote_in = select(Post.topic_id).where(Post.author_id == before_id)
    db.session.execute(select(Topic.id).where(Topic.id.in_(wrote_in)).order_by(Topic.id).with_for_update())
    db.session.execute(
        update(Topic).where(Topic.id.in_(wrote_in)).values(version=Topic.version + 1),
        execution_options=_UNSYNCHRONIZED,
    )
    db.session.execute(
        update(Topic)
        .where(Topic.id.in_(wrote_in), Topic.last_post_author_id == before_id)
        .values(last_post_author_id=after_id),
        execution_options=_UNSYNCHRONIZED,
    )
    begun = db.session.scalar(select(func.count()).where(Topic.author_id == before_id))
    db.session.execute(
        update(Topic).where(Topic.author_id == before_id).values(author_id=after_id),
        execution_options=_UNSYNCHRONIZED,
    )
    return begun or 0


def _move_posts(before_id: int, after_id: int) -> int:
    written = db.session.scalar(select(func.count()).where(Post.author_id == before_id))
    db.session.execute(
        update(Post).where(Post.author_id == before_id).values(author_id=after_id, version=Post.version + 1),
        execution_options=_UNSYNCHRONIZED,
    )
    return written or 0


def _move_deeds(before_id: int, after_id: int) -> None:
    """What a person edited, and did to topics and posts, where it was imported with them."""
    columns = (
        Post.edited_by_id,
        Post.deleted_by_id,
        Topic.locked_by_id,
        Topic.deleted_by_id,
        Topic.answered_by_id,
    )
    for column in (*columns, Revision.edited_by_id, TopicEvent.actor_id):
        db.session.execute(
            update(column.class_).where(column == before_id).values({column: after_id}),
            execution_options=_UNSYNCHRONIZED,
        )


def _move_counts(before_id: int, after_id: int) -> None:
    counts = db.session.execute(
        select(AudienceCount.audience_id, AudienceCount.topic_count, AudienceCount.post_count)
        .where(AudienceCount.subject_kind == counting.USER, AudienceCount.subject_id == before_id)
        .order_by(AudienceCount.audience_id)
    ).all()
    counting.add_all([(counting.USER, after_id, *count) for count in counts])
    db.session.execute(
        delete(AudienceCount).where(
            AudienceCount.subject_kind == counting.USER, AudienceCount.subject_id == before_id
        )
    )


def _remove(placeholder: User) -> None:
    """The placeholder has nothing left to stand for, unless another address is its own too, or something else names it."""
    others = select(func.count()).where(ImportedAddress.user_id == placeholder.id)
    if db.session.scalar(others):
        return
    try:
        with db.session.begin_nested():
            db.session.execute(
                delete(User).where(User.id == placeholder.id), execution_options=_UNSYNCHRONIZED
            )
    except IntegrityError:
        return
    db.session.expunge(placeholder)
