"""What a newer dump of the same site tells otherwise of posts that are here already, taken over where nothing was changed here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from sqlalchemy import func, select, update

from forum.access.places import lock_place
from forum.core import clock
from forum.core.db import db
from forum.core.slugs import slugify
from forum.core.versions import bump_site
from forum.discussions import counting
from forum.discussions.actions.loading import touch
from forum.discussions.actions.tagging import ids_of_tags, put_tag_ids
from forum.discussions.models import Post, Revision, Topic, TopicEvent
from forum.discussions.queries.tags import vocabulary
from forum.importers.mail.identity import message_key
from forum.importers.mail.people import Person
from forum.importers.models import ImportedMessage
from forum.importers.rendering import LOT, Renderers
from forum.importers.stackexchange.index import COMMENT, Index, milliseconds, moment_of
from forum.importers.stackexchange.rendering import Task, Text
from forum.importers.stackexchange.stories import Deed
from forum.importers.stackexchange.texts import title_of
from forum.importers.stackexchange.threads import Item, known_items
from forum.importers.stackexchange.told import (
    Changes,
    changes_of,
    score_of,
    tells_another_text,
    told_of,
)

if TYPE_CHECKING:
    from forum.importers.stackexchange.runs import Run


@dataclass(frozen=True, slots=True)
class Renewal:
    """A post of which something else is told than before."""

    item: Item
    told: str
    edit: Deed  # when and by whom it was last edited, as far as anybody knows

    @property
    def has_other_text(self) -> bool:
        return tells_another_text(self.item.entry, self.told)


Work = Sequence[tuple[Renewal, Text | None]]


def renewals(index: Index) -> Iterator[Renewal]:
    for item in known_items(index):
        told = told_of(item.entry, item.story)
        if told != item.entry.told:
            yield Renewal(item, told, _edit_of(index, item))


def foretell(index: Index) -> tuple[Counter[str], set[str]]:
    """How much would be taken over, and what tags topics would get by that."""
    found: Counter[str] = Counter()
    tags: set[str] = set()
    for renewal in renewals(index):
        entry = renewal.item.entry
        post = db.session.get(Post, entry.post_id)
        topic = db.session.get(Topic, post.topic_id) if post else None
        if post is not None and topic is not None:
            changes = changes_of(entry, renewal.told, index, post, topic)
            found.update(changes.names)
            tags.update(changes.tags or ())
        db.session.rollback()
    return found, tags


def renew(run: Run, renderers: Renderers[Task, Text]) -> None:
    """Take all of it over, a few posts at a time: first what reads otherwise, then what is only told otherwise."""
    waiting: list[Renewal] = []

    def lots() -> Iterator[list[Task]]:
        lot: list[Task] = []
        for renewal in renewals(run.index):
            if not renewal.has_other_text:
                continue
            waiting.append(renewal)
            lot.append(run.task(renewal.item))
            if len(lot) == LOT:
                yield lot
                lot = []
        if lot:
            yield lot

    for lot in renderers.render(lots()):
        work = list(zip(waiting[: len(lot)], (text for _task, text in lot), strict=True))
        del waiting[: len(lot)]
        _write(run, work)
    rest = (renewal for renewal in renewals(run.index) if not renewal.has_other_text)
    while some := list(islice(rest, LOT)):
        _write(run, [(renewal, None) for renewal in some])


def _write(run: Run, work: Work) -> None:
    vocabulary()  # kept from here on: inside a transaction it would be read again and again
    found, told, made = run.pace.write(len(work), lambda: _take_over(run, work))
    run.senders.remember(found)
    for name, number in told.items():
        run.report.renewed[name] += number
    if made:
        run.report.more["tags"] += made
    run.pace.rest()


def _take_over(run: Run, work: Work) -> tuple[dict[str, int], Counter[str], int]:
    """Within the running transaction. Answers the people, what was taken over, and how many tags were made."""
    community = run.index.person("-1", "Community")
    people = [community, *(p for one, _text in work for p in (*one.item.people(), one.edit.by))]
    found, _made = run.senders.ids_of(people)
    ids = [one.item.entry.post_id for one, _text in work]
    topics = _locked_topics(ids)
    posts = {
        post.id: post
        for post in db.session.scalars(
            select(Post).where(Post.id.in_(ids)).execution_options(populate_existing=True)
        )
    }
    counts: Counter[str] = Counter()
    there: list[tuple[Renewal, Text | None, Changes, Post, Topic]] = []
    for one, text in work:
        entry = one.item.entry
        post = posts.get(entry.post_id)
        topic = topics.get(post.topic_id) if post else None
        if post is None or topic is None:
            continue  # it went elsewhere while it was waited for: the next run sees where
        there.append((one, text, changes_of(entry, one.told, run.index, post, topic), post, topic))
    tags, made = ids_of_tags([name for _one, _text, changes, *_at in there for name in changes.tags or ()])
    for one, text, changes, post, topic in there:
        if changes.names:
            _change(one, text, changes, post, topic, found, community)
            counts.update(changes.names)
        if changes.tags is not None:
            put_tag_ids(topic, list(dict.fromkeys(tags[name] for name in changes.tags)))
        _keep(run.place_id, one, post.body if changes.text else None)
    run.senders.rename()
    if made:
        bump_site()
    return found, counts, made


def _locked_topics(post_ids: list[int]) -> dict[int, Topic]:
    """Where these posts stand, locked, then their places: in the order in which everybody does."""
    where = select(Post.topic_id).where(Post.id.in_(post_ids))
    topics = db.session.scalars(
        select(Topic)
        .where(Topic.id.in_(where))
        .order_by(Topic.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    for place_id in sorted({topic.place_id for topic in topics}):
        lock_place(place_id)
    return {topic.id: topic for topic in topics}


def _change(
    one: Renewal,
    text: Text | None,
    changes: Changes,
    post: Post,
    topic: Topic,
    found: dict[str, int],
    community: Person,
) -> None:
    story = one.item.story
    if changes.text or changes.title:
        _keep_version(one, post, topic, changes, found)
    if changes.text and text is not None:
        post.body, post.body_html, post.renderer = text.body, text.html, text.renderer
        post.edited_at, post.edited_by_id = one.edit.at, found[one.edit.by.key]
        post.version += 1
    if changes.title:
        topic.title = title_of(one.item.entry.values.get("Title", ""))
        topic.slug = slugify(topic.title)
    if changes.closed:
        deed = story.closed
        topic.locked_at, topic.locked_by_id = (deed.at, found[deed.by.key]) if deed else (None, None)
        opened = Deed(clock.now(), community, "Opened again where it came from.")
        _tell(topic, "locked" if deed else "unlocked", deed or opened, found)
    if changes.deleted:
        is_question = topic.id == one.item.entry.post_id
        subject = topic if is_question else post
        was_visible = subject.is_visible
        if is_question and was_visible:
            counting.add_topic(topic, -1)
        deed = story.deleted
        subject.deleted_at, subject.deleted_by_id = (deed.at, found[deed.by.key]) if deed else (None, None)
        db.session.flush()
        if is_question and subject.is_visible:
            counting.add_topic(topic, +1)
        elif is_question:
            counting.refill_last(topic.place_id, topic.audience_id)
        elif subject.is_visible != was_visible:
            counting.add_post(topic, post.author_id, 1 if subject.is_visible else -1)
            counting.refresh_topic(topic)
    if changes.no_answer:
        topic.accept_none()
    elif changes.answer is not None:
        answer = db.session.get(Post, changes.answer)
        if answer is not None and answer.topic_id == topic.id and answer.is_visible:
            topic.answer_id, topic.answered_at = answer.id, answer.created_at
            topic.answered_by_id = topic.author_id
    if changes.score:
        post.score = score_of(one.item.entry)
    topic.view_count += changes.views
    if changes.shows:
        touch(topic)
    db.session.flush()


def _keep_version(one: Renewal, post: Post, topic: Topic, changes: Changes, found: dict[str, int]) -> None:
    """How it read until now: as the history of the dump tells it, else as it stands here."""
    known = set(db.session.scalars(select(Revision.edited_at).where(Revision.post_id == post.id)))
    new = [version for version in one.item.story.versions if version.edited_at not in known]
    for version in new:
        db.session.add(
            Revision(
                post_id=post.id,
                body=version.body,
                title=version.title,
                edited_at=version.edited_at,
                edited_by_id=found[version.by.key],
                reason=version.why,
            )
        )
        db.session.flush()  # they are listed by their ids
    if not new:
        db.session.add(
            Revision(
                post_id=post.id,
                body=post.body,
                title=topic.title if changes.title else None,
                edited_at=one.edit.at,
                edited_by_id=found[one.edit.by.key],
            )
        )


def _tell(topic: Topic, kind: str, deed: Deed, found: dict[str, int]) -> None:
    same = (TopicEvent.topic_id == topic.id, TopicEvent.kind == kind, TopicEvent.created_at == deed.at)
    if db.session.scalar(select(TopicEvent.id).where(*same).limit(1)) is not None:
        return  # with what is new in the thread
    before = select(func.max(Post.number)).where(Post.topic_id == topic.id, Post.created_at <= deed.at)
    db.session.add(
        TopicEvent(
            topic_id=topic.id,
            after_number=db.session.scalar(before) or 1,
            kind=kind,
            actor_id=found[deed.by.key],
            reason=deed.why,
            detail={},
            created_at=deed.at,
        )
    )


def _keep(place_id: int, one: Renewal, body: str | None) -> None:
    values: dict[str, object] = {"told": one.told}
    if body is not None:
        values["body_key"] = message_key(body)
    db.session.execute(
        update(ImportedMessage)
        .where(ImportedMessage.place_id == place_id, ImportedMessage.key == one.item.entry.key)
        .values(**values)
        .execution_options(synchronize_session=False)
    )


def _edit_of(index: Index, item: Item) -> Deed:
    if item.story.edited:
        return item.story.edited
    values = item.entry.values
    at = milliseconds(values.get("LastEditDate"))
    if at is None or item.entry.kind == COMMENT:
        return Deed(clock.now(), item.author)
    if values.get("LastEditorUserId") or values.get("LastEditorDisplayName"):
        return Deed(
            moment_of(at), index.person(values.get("LastEditorUserId"), values.get("LastEditorDisplayName"))
        )
    return Deed(moment_of(at), item.author)
