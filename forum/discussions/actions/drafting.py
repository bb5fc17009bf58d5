"""Keeping what is being written. A save names the version it began from: newer words are never overwritten."""

from flask_babel import gettext as _
from sqlalchemy import delete, func, select, update

from forum.accounts.models import User
from forum.core import clock
from forum.core.db import db
from forum.core.errors import Conflict, Invalid, NotFound, PreconditionFailed
from forum.core.transactions import transactional
from forum.discussions.models import Draft
from forum.discussions.params import DraftText

MOST = 50


@transactional
def begin_draft(target: str, *, author: User, client_id: str, text: DraftText) -> Draft:
    """Keep a text for the first time. The same tab again means the same draft, as long as no other went on with it."""
    _lock_drafts_of(author)
    found = db.session.scalar(select(Draft).where(Draft.user_id == author.id, Draft.client_id == client_id))
    if found is not None:
        if found.target != target or found.version > 1:
            raise Conflict(_moved_on())
        found.put(title=text.title, body=text.body, fields=text.others, at=clock.now())
        return found
    if (db.session.scalar(select(func.count()).where(Draft.user_id == author.id)) or 0) >= MOST:
        raise Invalid({"body": _("You have %(most)s drafts. Finish or delete some first.", most=MOST)})
    draft = Draft(
        user_id=author.id,
        target=target,
        client_id=client_id,
        title=text.title,
        body=text.body,
        fields=text.others,
        created_at=clock.now(),
        updated_at=clock.now(),
    )
    db.session.add(draft)
    _count_drafts_of(author.id)
    return draft


@transactional
def save_draft(
    draft_id: int,
    *,
    author: User,
    text: DraftText,
    version: int | None = None,
    expected: frozenset[int] | None = None,
) -> Draft:
    """Put the text of now in a draft. Conflict where another tab or device has gone on with it since `version`."""
    draft = db.session.scalar(
        select(Draft)
        .where(Draft.id == draft_id, Draft.user_id == author.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if draft is None:
        raise NotFound
    if expected is not None and draft.version not in expected:
        raise PreconditionFailed(_moved_on())
    if version is not None and version != draft.version:
        raise Conflict(_moved_on())
    draft.put(title=text.title, body=text.body, fields=text.others, at=clock.now())
    return draft


@transactional
def discard_draft(draft_id: int, *, author: User) -> None:
    """Throw a draft away; where it is gone already, nothing happens."""
    _lock_drafts_of(author)
    db.session.execute(delete(Draft).where(Draft.id == draft_id, Draft.user_id == author.id))
    _count_drafts_of(author.id)


@transactional
def finish_draft(draft_id: int | None, version: int | None, *, author: User) -> None:
    """What was drafted has been sent. A draft that another tab has gone on with stays."""
    if draft_id is None or version is None:
        return
    _lock_drafts_of(author)
    db.session.execute(
        delete(Draft).where(Draft.id == draft_id, Draft.user_id == author.id, Draft.version <= version)
    )
    _count_drafts_of(author.id)


def _lock_drafts_of(author: User) -> None:
    db.session.execute(select(User.id).where(User.id == author.id).with_for_update(key_share=True))


def _count_drafts_of(user_id: int) -> None:
    db.session.flush()
    n = select(func.count()).select_from(Draft).where(Draft.user_id == user_id).scalar_subquery()
    db.session.execute(
        update(User)
        .where(User.id == user_id)
        .values(draft_count=n)
        .execution_options(synchronize_session=False)
    )


def _moved_on() -> str:
    return _("Somebody went on with this draft elsewhere. Your text becomes a draft of its own.")
