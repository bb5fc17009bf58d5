"""One run of an import: texts come from the pool, batches go to the database."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import func, insert, select, update

from forum.core.db import db
from forum.core.ids import id_at
from forum.discussions.actions.tagging import make_tags
from forum.discussions.models import Post, Revision, Topic, TopicEvent
from forum.importers.archive import Step
from forum.importers.mail.identity import message_key
from forum.importers.pace import Pace, Progress
from forum.importers.rendering import LOT, Rendered, Renderers
from forum.importers.report import Report
from forum.importers.senders import Senders
from forum.importers.stackexchange.index import ANSWER, COMMENT, QUESTION, Index
from forum.importers.stackexchange.origins import origin_of
from forum.importers.stackexchange.reading import own_hosts, own_links
from forum.importers.stackexchange.rendering import Task, Text
from forum.importers.stackexchange.texts import linked_ids, title_of
from forum.importers.stackexchange.threads import Item, items
from forum.importers.stackexchange.told import score_of, told_of, views_of
from forum.importers.writing import Batch, NotWritten

_INSERT_REVISIONS = insert(Revision)


class Run:
    """The writing of one run: texts come from the pool, batches go to the database."""

    def __init__(
        self, index: Index, report: Report, place_id: int, posts: int, progress: Progress, *, site: str = ""
    ) -> None:
        self.index, self.report, self.place_id, self.posts, self.progress = (
            index,
            report,
            place_id,
            posts,
            progress,
        )
        hosts = [*([site] if site else []), *own_hosts(index)]
        self.host = hosts[0] if hosts else ""
        self.pattern = own_links(hosts)
        self.senders = Senders(lambda _key: None)
        self.pace = Pace()

    def write(self, renderers: Renderers[Task, Text]) -> None:
        self.progress("Posts", 0, self.posts)
        waiting: list[tuple[Item, Text]] = []
        ahead: list[Item] = []

        def lots() -> Iterator[list[Task]]:
            lot: list[Task] = []
            for item in items(self.index):
                ahead.append(item)
                lot.append(self.task(item))
                if len(lot) == LOT:
                    yield lot
                    lot = []
            if lot:
                yield lot

        for lot in renderers.render(lots()):
            waiting += zip(ahead[: len(lot)], (text for _task, text in lot), strict=True)
            del ahead[: len(lot)]
            size = self.pace.size
            while len(waiting) >= size:
                self._write_batch(waiting[:size])
                del waiting[:size]
        if waiting:
            self._write_batch(waiting)
        self.progress("Posts", self.posts, self.posts)

    def task(self, item: Item) -> Task:
        values, markdown = item.entry.values, item.story.markdown
        is_comment = item.entry.kind == COMMENT
        html = values["Text"] if is_comment else values["Body"]
        named = linked_ids([html, markdown or ""], self.pattern)
        return Task(html, markdown, is_comment, self.pattern, self.index.post_ids(named) if named else {})

    def _write_batch(self, work: list[tuple[Item, Text]]) -> None:
        batch, found, made, more, skipped = self.pace.write(len(work), lambda: self._fill(work))
        self.senders.remember(found)
        self.report.topics += batch.created_topics
        self.report.posts += batch.created_posts
        self.report.users += made
        for name, number in more.items():
            self.report.more[name] += number
        for where, why in skipped:
            self.report.skip(where, why)
        self.progress("Posts", self.report.posts, self.posts)
        self.pace.rest()

    def _fill(
        self, work: list[tuple[Item, Text]]
    ) -> tuple[Batch, dict[str, int], int, dict[str, int], list[tuple[str, str]]]:
        """Write a batch within the running transaction."""
        skipped = [(item.entry.place, text.why) for item, text in work if text.why]
        found, made = self.senders.ids_of(person for item, _text in work for person in item.people())
        self.tags, new_tags = make_tags([name for item, _text in work for name in item.tags])
        batch = Batch(self.place_id, found)
        here = {item.entry.key for item, _text in work}
        around = {item.question.key for item, _text in work} | {
            item.above_key for item, _text in work if item.above_key is not None
        }
        batch.lock(around - here, set())
        revisions: list[dict[str, Any]] = []
        last: list[Item] = []
        for item, text in work:
            try:
                self._write_post(batch, item, text, found)
            except NotWritten:
                skipped.append((item.entry.place, "what it stands under has not been written; run again"))
                continue
            revisions += _revisions(item, found)
            if item.told:
                last.append(item)
        batch.flush()
        if revisions:
            _choose_ids(revisions)
            db.session.connection().execute(_INSERT_REVISIONS, revisions)
        accepted = sum(_accept(batch, item) for item, _text in work if item.is_accepted)
        for item in last:
            _tell_closed(batch, item, found)
        self.senders.rename()
        more = {"revisions": len(revisions), "tags": new_tags, "accepted answers": accepted}
        return batch, found, made, more, skipped

    def _write_post(self, batch: Batch, item: Item, text: Text, found: dict[str, int]) -> None:
        entry, story = item.entry, item.story
        title = title_of(item.question.values.get("Title", ""))
        step = Step(
            key=entry.key,
            parent=item.above_key,
            root=item.question.key,
            has_gap=False,
            sent_at=entry.created_at,
            title=title,
            subject=title,
            subject_then=title,
        )
        rendered = _rendered(item, text)
        state: dict[str, Any] = {
            "score": score_of(entry),
            "origin": origin_of(entry, self.host),
        }
        if story.edited:
            state |= {"edited_at": story.edited.at, "edited_by_id": found[story.edited.by.key]}
        above = None
        if entry.kind == QUESTION:
            tag_ids = list(dict.fromkeys(self.tags[name] for name in item.tags))
            state_of_topic = {**_state_of_topic(item, found), "tag_ids": tag_ids}
            line = batch.start_topic(
                step, found[item.author.key], topic_id=entry.post_id, state=state_of_topic
            )
            batch.tag_topic(line, tag_ids)
        else:
            line = batch.line(batch.spot(item.question.key).topic_id)
            above = batch.spot(item.above_key) if item.above_key is not None else None
            if story.deleted:
                state |= {"deleted_at": story.deleted.at, "deleted_by_id": found[story.deleted.by.key]}
        batch.add_post(step, rendered, line, above, post_id=entry.post_id, state=state)


def _rendered(item: Item, text: Text) -> Rendered:
    entry = item.entry
    kind = {QUESTION: "question", ANSWER: "answer", COMMENT: "comment"}[entry.kind]
    return Rendered(
        message_id=f"stackexchange {kind} {entry.id}",
        references=(),
        in_reply_to=(),
        author=item.author,
        body_key=message_key(text.body),
        source=entry.place.partition(",")[0],
        where=entry.place,
        body=text.body,
        html=text.html,
        renderer=text.renderer,
        told=told_of(entry, item.story),
    )


def _state_of_topic(item: Item, found: dict[str, int]) -> dict[str, Any]:
    """Closed, deleted, seen: what is said of a question beside its text."""
    story = item.story
    state: dict[str, Any] = {"view_count": views_of(item.entry)}
    if story.closed:
        state |= {"locked_at": story.closed.at, "locked_by_id": found[story.closed.by.key]}
    if story.deleted:
        state |= {"deleted_at": story.deleted.at, "deleted_by_id": found[story.deleted.by.key]}
    return state


def _revisions(item: Item, found: dict[str, int]) -> list[dict[str, Any]]:
    """How the post read before each edit."""
    return [
        {
            "id": id_at(version.edited_at),
            "post_id": item.entry.post_id,
            "body": version.body,
            "title": version.title,
            "edited_at": version.edited_at,
            "edited_by_id": found[version.by.key],
            "reason": version.why,
        }
        for version in item.story.versions
    ]


def _choose_ids(rows: list[dict[str, Any]]) -> None:
    """Those of one post grow with time, as they are listed by them. Sites edit hundreds of posts in one second: none is taken twice."""
    taken: set[int] = set()
    while True:
        used, before = set(taken), {"id": 0, "post_id": 0}
        for row in rows:
            if row["post_id"] == before["post_id"]:
                row["id"] = max(row["id"], before["id"] + 1)
            while row["id"] in used:
                row["id"] += 1
            used.add(row["id"])
            before = row
        there = db.session.scalars(
            select(Revision.id).where(Revision.id.in_([row["id"] for row in rows]))
        ).all()
        if not there:
            return
        taken.update(there)


def _accept(batch: Batch, item: Item) -> bool:
    """Make it the answer of its topic, unless somebody here has said which one is."""
    if item.entry.key not in batch.spots:
        return False
    topic_id = batch.spot(item.question.key).topic_id
    asked_by = select(Topic.author_id).where(Topic.id == topic_id).scalar_subquery()
    told = db.session.execute(
        update(Topic)
        .where(Topic.id == topic_id, Topic.answer_id.is_(None))
        .values(answer_id=item.entry.post_id, answered_at=item.entry.created_at, answered_by_id=asked_by)
        .returning(Topic.id),
        execution_options={"synchronize_session": False},
    )
    return told.first() is not None


def _tell_closed(batch: Batch, item: Item, found: dict[str, int]) -> None:
    """That the question was closed is told in the thread, after what had been said by then; once."""
    deed, topic_id = item.told, batch.spot(item.question.key).topic_id
    if deed is None:
        return
    told = select(TopicEvent.id).where(
        TopicEvent.topic_id == topic_id, TopicEvent.kind == "locked", TopicEvent.created_at == deed.at
    )
    if db.session.scalar(told.limit(1)) is not None:
        return
    before = select(func.max(Post.number)).where(Post.topic_id == topic_id, Post.created_at <= deed.at)
    db.session.add(
        TopicEvent(
            topic_id=topic_id,
            after_number=db.session.scalar(before) or 1,
            kind="locked",
            actor_id=found[deed.by.key],
            reason=deed.why,
            detail={},
            created_at=deed.at,
        )
    )
