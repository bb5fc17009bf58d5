"""Threads that grow together: a message fills the gap that was kept for it, and what answered it comes to hang below."""

from __future__ import annotations

from sqlalchemy import select, update
from sqlalchemy.orm import aliased

from forum.core.db import db
from forum.core.slugs import slugify
from forum.discussions import moving
from forum.discussions.models import Post, PostKind, Topic
from forum.importers import retelling
from forum.importers.archive import Step
from forum.importers.models import ImportedMessage
from forum.importers.rendering import Rendered
from forum.importers.retelling import Retold
from forum.importers.writing import UNTITLED, Batch, Line, Spot, seq_at

NOT_JOINED = "what it answers stands in a topic for other readers; it stays where it is"


def begin_thread(batch: Batch, step: Step, text: Rendered) -> None:
    """Write the root of a thread: into the gap that was kept for it, or else as a topic of its own."""
    host = _find_host(batch, step) if step.stored_roots else None
    if host is not None:
        _write_at_head(batch, step, text, host)
        return
    line = batch.start_topic(step, batch.authors[text.author.key])
    batch.add_post(step, text, line, batch.add_gap(line, step.sent_at) if step.has_gap else None)


def hang(batch: Batch, step: Step, text: Retold | None) -> str | None:
    """Bring a message of an earlier run under the parent it has now, with its text where that tells another subject there.

    The reason, where it must not be.
    """
    spot = batch.spot(step.key)
    above = batch.spot(step.parent) if step.parent is not None else None
    batch.flush_rows()
    topics = _locked({spot.topic_id} | ({above.topic_id} if above else set()))
    source = topics[spot.topic_id]
    if above is None:
        _split(step, spot, source)
    else:
        target = topics[above.topic_id]
        place = moving.Above(above.post_id, above.path)
        if source is target:
            moving.rehang(source, spot.post_id, place)
        elif not moving.may_join(source, target):
            return NOT_JOINED
        elif _is_head(spot):
            moving.merge(source, target, spot.post_id, place)
            batch.joined_topics += 1
        else:
            moving.move_branch(source, target, spot.post_id, place)
    db.session.execute(
        update(ImportedMessage)
        .where(ImportedMessage.place_id == batch.place_id, ImportedMessage.key == step.key)
        .values(parent_key=step.parent)
    )
    if text is not None:
        retelling.write(spot.post_id, text)
    _forget(batch)
    return None


def _find_host(batch: Batch, step: Step) -> Topic | None:
    """A topic of this thread that begins with a gap, where its root can take its place: the largest."""
    batch.flush_rows()
    gap = aliased(Post)
    ids = db.session.scalars(
        select(Post.topic_id)
        .join(gap, gap.id == Post.parent_id)
        .where(Post.id.in_(step.stored_roots), gap.kind == PostKind.GAP, gap.number == 1)
    )
    found = _locked(set(ids)).values()
    return max(found, key=lambda topic: (topic.is_visible, topic.post_count, -topic.id), default=None)


def _write_at_head(batch: Batch, step: Step, text: Rendered, topic: Topic) -> None:
    """Write the root of a thread into a topic that began with a gap: in its place, or under it where a gap remains."""
    author_id = batch.authors[text.author.key]
    gap = db.session.scalars(select(Post).where(Post.topic_id == topic.id, Post.number == 1)).one()
    _begin_with(batch, step, topic, author_id)
    db.session.flush()
    _forget(batch)
    line = batch.line(topic.id)
    spot = Spot(gap.id, topic.id, gap.path)
    if step.has_gap:
        batch.add_post(step, text, line, spot)
        return
    # The message that was missing takes the number that was kept for it.
    gap.kind, gap.author_id = PostKind.POST, author_id
    gap.body, gap.body_html, gap.renderer = text.body, text.html, text.renderer
    gap.created_at, gap.seq = step.sent_at, seq_at(step.sent_at)
    gap.version += 1
    batch.note_post(line, gap.id, author_id, step.sent_at)
    batch.note_message(step, text, spot)


def _begin_with(batch: Batch, step: Step, topic: Topic, author_id: int) -> None:
    """The topic begins with this message now: its author, date and, unless somebody has renamed it, its title."""
    line = Line(topic.id, topic.place_id, topic.audience_id, topic.is_visible)
    batch.count(line, topic.author_id, topics=-1)
    batch.count(line, author_id, topics=+1)
    topic.author_id = author_id
    topic.created_at, topic.created_seq = step.sent_at, seq_at(step.sent_at)
    titles = select(ImportedMessage.title).where(ImportedMessage.post_id.in_(step.stored_roots))
    if topic.title in {title or UNTITLED for title in db.session.scalars(titles)}:
        topic.title = step.title or topic.title
        topic.slug = slugify(topic.title)


def _split(step: Step, spot: Spot, source: Topic) -> None:
    """What turns out to answer nobody begins a topic of its own, for the readers it has had."""
    author_id = db.session.scalar(select(Post.author_id).where(Post.id == spot.post_id))
    moving.split(
        source,
        spot.post_id,
        title=step.title or UNTITLED,
        author_id=author_id or source.author_id,
        at=step.sent_at,
        seq=seq_at(step.sent_at),
        with_gap=step.has_gap,
    )


def _is_head(spot: Spot) -> bool:
    """Whether a topic begins with this post, or with a gap right above it."""
    gap = aliased(Post)
    number, kind = db.session.execute(
        select(Post.number, gap.kind).outerjoin(gap, gap.id == Post.parent_id).where(Post.id == spot.post_id)
    ).one()
    return number == 1 or kind is PostKind.GAP


def _locked(ids: set[int]) -> dict[int, Topic]:
    rows = db.session.scalars(
        select(Topic)
        .where(Topic.id.in_(ids))
        .order_by(Topic.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {topic.id: topic for topic in rows}


def _forget(batch: Batch) -> None:
    """What the batch remembered of topics and posts may have moved."""
    db.session.flush()
    batch.topics.clear()
    batch.spots.clear()
