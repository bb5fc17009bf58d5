"""What somebody is writing: theirs alone, whatever becomes of the place it is meant for."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select, tuple_
from sqlalchemy.orm import joinedload

from forum.access.permissions import Permission
from forum.access.rules import judge
from forum.access.viewer import Viewer
from forum.core.db import db
from forum.core.pages import Page, cut, decode_cursor, decode_moment, encode_cursor
from forum.discussions.models import Draft, Post, Topic


@dataclass(frozen=True, slots=True)
class DraftRow:
    """A draft, with what it is for as far as its writer may still read that."""

    draft: Draft
    kind: str  # topic, reply, edit
    topic: Topic | None
    number: int | None  # of the post that is edited


def find_draft(viewer: Viewer, draft_id: int) -> Draft | None:
    """The viewer's own draft."""
    if viewer.is_visitor:
        return None
    return db.session.scalar(select(Draft).where(Draft.id == draft_id, Draft.user_id == viewer.id))


def draft_for(viewer: Viewer, target: str, draft_id: int | None = None) -> Draft | None:
    """The draft asked for, else the newest for this target. No statement for those who have none."""
    if viewer.is_visitor or not viewer.user.draft_count:
        return None
    found = select(Draft).where(Draft.user_id == viewer.id, Draft.target == target)
    if draft_id:
        found = found.where(Draft.id == draft_id)
    return db.session.scalar(found.order_by(Draft.updated_at.desc(), Draft.id.desc()).limit(1))


def values_of(draft: Draft) -> dict[str, str]:
    """What a form begins with that goes on with this draft."""
    kept = {"title": draft.title, "body": draft.body, **draft.fields}
    return {**kept, "draft": str(draft.id), "draft_version": str(draft.version)}


def drafts_of(viewer: Viewer, *, after: str | None = None, limit: int = 30) -> Page[DraftRow]:
    """The viewer's drafts, the one written at last first; three statements."""
    found = select(Draft).where(Draft.user_id == viewer.id)
    if after:
        moment, last_id = decode_cursor(after, [str, int])
        found = found.where(tuple_(Draft.updated_at, Draft.id) < tuple_(decode_moment(moment), last_id))
    found = found.order_by(Draft.updated_at.desc(), Draft.id.desc()).limit(limit + 1)
    shown, more = cut(db.session.scalars(found).all(), limit)
    last = shown[-1] if shown else None
    cursor = encode_cursor([last.updated_at.isoformat(), last.id]) if more and last else None
    return Page(_with_subjects(viewer, shown), cursor)


def _with_subjects(viewer: Viewer, drafts: Sequence[Draft]) -> list[DraftRow]:
    edited = [draft.subject[1] for draft in drafts if draft.subject[0] == "edit"]
    posts = {post.id: post for post in _posts(edited)}
    answered = {draft.subject[1] for draft in drafts if draft.subject[0] == "reply"}
    topics = {topic.id: topic for topic in _topics(answered | {post.topic_id for post in posts.values()})}
    rows = []
    for draft in drafts:
        kind, which = draft.subject
        post = posts.get(which) if kind == "edit" else None
        topic = topics.get(post.topic_id if post else which)
        may = topic is not None and bool(judge(Permission.READ_TOPIC, viewer, topic))
        rows.append(DraftRow(draft, kind, topic if may else None, post.number if post and may else None))
    return rows


def _posts(ids: Sequence[int]) -> Sequence[Post]:
    return db.session.scalars(select(Post).where(Post.id.in_(ids))).all() if ids else ()


def _topics(ids: set[int]) -> Sequence[Topic]:
    if not ids:
        return ()
    found = select(Topic).options(joinedload(Topic.audience), joinedload(Topic.place))
    return db.session.scalars(found.where(Topic.id.in_(sorted(ids)))).all()
