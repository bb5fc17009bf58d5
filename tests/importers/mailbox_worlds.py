"""Archives made for tests, the state an import leaves behind, and whether that state is sound."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import aliased

from forum.core.db import db
from forum.core.transactions import transaction
from forum.discussions import counting
from forum.discussions.models import Post, PostKind, Topic
from forum.discussions.threads import path_of
from forum.importers.mailboxes import import_mailboxes
from forum.importers.models import ImportedMessage
from forum.importers.report import Report

FIRST_DAY = "Mon, 1 Mar 1993"


@dataclass(frozen=True)
class Mail:
    """A message of an invented archive; `references` and `in_reply_to` are names of others."""

    name: str
    references: tuple[str, ...] = ()
    in_reply_to: tuple[str, ...] = ()
    author: str = "Ann Apple <ann@garden.example>"
    subject: str = "Roses"
    minute: int = 0
    body: str = "Words."

    def __str__(self) -> str:
        lines = [
            "From somebody Mon Mar  1 00:00:00 1993",
            f"From: {self.author}",
            f"Subject: {'Re: ' if self.references or self.in_reply_to else ''}{self.subject}",
            f"Message-ID: <{self.name}@archive.example>",
            f"Date: {FIRST_DAY} {self.minute // 60 % 24:02}:{self.minute % 60:02}:00 GMT",
        ]
        for header, names in (("References", self.references), ("In-Reply-To", self.in_reply_to)):
            if names:
                lines.append(f"{header}: {' '.join(f'<{name}@archive.example>' for name in names)}")
        return "\n".join([*lines, "", f"{self.body} ({self.name})", "", ""])


def write_mbox(path: Path, mails: Sequence[Mail]) -> Path:
    path.write_text("".join(map(str, mails)))
    return path


def import_now(*paths: Path, category: str = "archive", dry_run: bool = False, processes: int = 0) -> Report:
    report, interrupted = import_mailboxes(
        list(paths), category_slug=category, dry_run=dry_run, processes=processes
    )
    assert not interrupted
    return report


def state(place_id: int | None = None) -> dict[str, tuple[str | None, frozenset[str], bool]]:
    """Of each message by name: its parent, all that stand in its topic, and whether the topic shows a gap."""
    above = aliased(ImportedMessage)
    found = (
        select(ImportedMessage.message_id, above.message_id, Post.topic_id)
        .join(Post, Post.id == ImportedMessage.post_id)
        .outerjoin(above, (above.post_id == Post.parent_id) & (above.place_id == ImportedMessage.place_id))
    )
    rows = db.session.execute(found.where(ImportedMessage.place_id == place_id) if place_id else found).all()
    gaps = set(db.session.scalars(select(Post.topic_id).where(Post.kind == PostKind.GAP)))
    topics: dict[int, set[str]] = {}
    for name, _, topic_id in rows:
        topics.setdefault(topic_id, set()).add(name)
    return {name: (parent, frozenset(topics[topic_id]), topic_id in gaps) for name, parent, topic_id in rows}


def check_soundness(*, recount: bool = True) -> None:
    """Paths, numbers and every count are what they must be."""
    db.session.rollback()
    posts = {post.id: post for post in db.session.scalars(select(Post))}
    topics = {topic.id: topic for topic in db.session.scalars(select(Topic))}
    numbers: dict[int, set[int]] = {}
    visible: dict[int, list[Post]] = {}
    for post in posts.values():
        above = posts[post.parent_id] if post.parent_id else None
        assert post.path == path_of(above.path if above else None, post.number)
        assert above is None or above.topic_id == post.topic_id
        numbers.setdefault(post.topic_id, set()).add(post.number)
        if post.is_visible:
            visible.setdefault(post.topic_id, []).append(post)
        assert (post.kind is PostKind.GAP) == (post.author_id is None)
        assert post.kind is PostKind.POST or (post.number == 1 and above is None)
    for topic in topics.values():
        assert max(numbers[topic.id]) <= topic.last_number
        assert topic.post_count == len(visible[topic.id])
        newest = max(visible[topic.id], key=lambda post: post.seq)
        assert (topic.last_seq, topic.last_post_at) == (newest.seq, newest.created_at)
    assert counting.counted() == counting.stored()
    if recount:
        with transaction():
            assert counting.recount() == 0


def random_archive(seed: int, size: int = 30) -> list[Mail]:
    """Threads with references cut short, circles, copies that differ, names nobody has ever seen."""
    rng = random.Random(seed)
    chains: list[tuple[str, ...]] = []
    mails: list[Mail] = []
    for at in range(size):
        name = f"m{at}"
        chain = rng.choice(chains) if chains and rng.random() < 0.75 else ()
        kept = chain[-rng.randint(1, 3) :] if rng.random() < 0.3 else chain
        if rng.random() < 0.1:
            kept = (*kept, f"unseen{rng.randint(0, 3)}")
        if rng.random() < 0.05 and at > 3:
            kept = (f"m{rng.randint(at, size - 1)}",)
        if kept and rng.random() < 0.2:
            mails.append(Mail(name, in_reply_to=kept[-1:], minute=at))
        elif rng.random() < 0.1:
            mails.append(Mail(name, minute=at))
        else:
            mails.append(Mail(name, references=kept, minute=at))
        chains.append((*chain, name))
    copies = rng.sample(mails, 2)
    mails += [Mail(mail.name, references=mail.references[1:], minute=mail.minute) for mail in copies]
    return mails
