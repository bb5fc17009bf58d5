"""Importing a dump: everything is read, then written thread by thread, from where the last run stopped."""

from __future__ import annotations

import tempfile
from pathlib import Path

from sqlalchemy import select

from forum.boards.models import Category
from forum.core.db import db
from forum.core.errors import Invalid
from forum.discussions.models import Post, Topic
from forum.discussions.queries.tags import tag_key, vocabulary
from forum.importers.models import ImportedMessage
from forum.importers.pace import Progress, to_the_end
from forum.importers.rendering import Renderers
from forum.importers.report import Report
from forum.importers.senders import count_strangers
from forum.importers.stackexchange.index import QUESTION, Index
from forum.importers.stackexchange.reading import Reading, find_file
from forum.importers.stackexchange.rendering import render_texts
from forum.importers.stackexchange.renewing import foretell, renew
from forum.importers.stackexchange.runs import Run
from forum.importers.stackexchange.tags import describe_tags, foretell_descriptions
from forum.importers.stackexchange.threads import Item, items
from forum.importers.stackexchange.told import ANSWERS, answer_stays
from forum.importers.writing import make_place

_PAGE = 2_000


def import_stackexchange(
    folder: Path,
    *,
    category_slug: str,
    site: str = "",
    dry_run: bool = False,
    processes: int = 2,
    progress: Progress = lambda *_: None,
) -> tuple[Report, bool]:
    """Import what is not there yet; the report, and whether it was interrupted. Raises Invalid where this is no dump.

    `site` is the host name it comes from, where the links between its posts do not tell that.
    """
    if find_file(folder, "Posts.xml") is None:
        raise Invalid({"folder": f"{folder} holds no Posts.xml: unpack the dump, and name its folder"})
    report = Report(more={"revisions": 0, "tags": 0, "accepted answers": 0, "descriptions of tags": 0})
    with tempfile.TemporaryDirectory(prefix="forum-import-") as scratch, Index(f"{scratch}/index") as index:
        interrupted = to_the_end(
            lambda: _import(folder, index, report, category_slug, site, dry_run, processes, progress),
            report,
            progress,
        )
    return report, interrupted


def _import(
    folder: Path,
    index: Index,
    report: Report,
    slug: str,
    site: str,
    dry_run: bool,
    processes: int,
    progress: Progress,
) -> None:
    place_id = db.session.scalar(select(Category.place_id).where(Category.slug == slug))
    db.session.rollback()
    with Renderers(render_texts, 0 if dry_run else processes) as renderers:
        renderers.warm_up()
        Reading(folder, index, report, progress).run()
        if place_id is not None:
            _note_known(index, place_id)
        counts = index.count()
        report.existing = sum(number for (_kind, known), number in counts.items() if known)
        new = sum(number for (_kind, known), number in counts.items() if not known)
        if dry_run:
            _foretell(index, report, counts[QUESTION, False], new)
            return
        if place_id is None:
            place_id = make_place(slug, for_questions=True)
        index.choose_ids(place_id, _stored)
        db.session.rollback()
        run = Run(index, report, place_id, new, progress, site=site)
        run.write(renderers)
        renew(run, renderers)
        report.more["descriptions of tags"] = describe_tags(index)


def _foretell(index: Index, report: Report, topics: int, posts: int) -> None:
    people: set[str] = set()
    tags: set[str] = set()
    known = vocabulary()
    for item in items(index):
        tags.update(tag_key(name) for name in item.tags if known.named(name) is None)
        people.update(person.key for person in item.people())
        report.more["revisions"] += len(item.story.versions)
        if item.is_accepted:
            _foretell_answer(report, item)
    renewed, names = foretell(index)
    tags.update(tag_key(name) for name in names if known.named(name) is None)
    report.more["tags"] = len(tags)
    report.more["descriptions of tags"] = foretell_descriptions(index, tags)
    report.renewed += renewed
    report.topics, report.posts, report.users = topics, posts, count_strangers(sorted(people))


def _foretell_answer(report: Report, item: Item) -> None:
    """A new answer that was accepted there: is it the first, instead of another one, or none because somebody chose here?"""
    question = item.question
    topic = db.session.get(Topic, question.post_id) if question.is_known else None
    if topic is None or topic.answer_id is None:
        report.more["accepted answers"] += 1
    elif not answer_stays(question, topic):
        report.renewed[ANSWERS] += 1


def _note_known(index: Index, place_id: int) -> None:
    """Tell the index what earlier runs have imported, in pages."""
    after = -1
    while True:
        rows = db.session.execute(
            select(
                ImportedMessage.key, ImportedMessage.post_id, ImportedMessage.told, ImportedMessage.body_key
            )
            .where(ImportedMessage.place_id == place_id, ImportedMessage.key > after)
            .order_by(ImportedMessage.key)
            .limit(_PAGE)
        ).all()
        for row in rows:
            index.note_known(row.key, row.post_id, row.told, row.body_key)
            after = row.key
        if len(rows) < _PAGE:
            break
    # Nothing read here is held open while texts are made, which may take minutes.
    db.session.rollback()


def _stored(ids: list[int]) -> set[int]:
    """Ids that posts have already, or topics: a topic has that of its question."""
    posts = select(Post.id).where(Post.id.in_(ids))
    return set(db.session.scalars(posts.union(select(Topic.id).where(Topic.id.in_(ids)))))
