"""What of a dump is to be written, thread by thread, each post with who wrote it and what became of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from forum.importers.mail.people import Person
from forum.importers.stackexchange.index import ANSWER, COMMENT, QUESTION, Entry, Index, whole
from forum.importers.stackexchange.stories import Deed, Story, story_of
from forum.importers.stackexchange.texts import tags_of

_NO_STORY = Story(None)


@dataclass(frozen=True, slots=True)
class Item:
    """One post to write."""

    entry: Entry
    question: Entry
    above_key: int | None  # of a comment: what it is about
    author: Person
    story: Story
    told: Deed | None  # of the last post of a thread: that the question was closed

    @property
    def tags(self) -> list[str]:
        return tags_of(self.entry.values.get("Tags", "")) if self.entry.kind == QUESTION else []

    @property
    def is_accepted(self) -> bool:
        """Whether it is the answer that whoever asked has accepted."""
        accepted = whole(self.question.values.get("AcceptedAnswerId"))
        return self.entry.kind == ANSWER and self.entry.id == accepted and self.story.deleted is None

    def people(self) -> Iterator[Person]:
        yield self.author
        yield from (version.by for version in self.story.versions)
        yield from (deed.by for deed in (self.story.closed, self.story.deleted, self.told) if deed)


def items(index: Index) -> Iterator[Item]:
    """Everything that is not there yet, thread by thread."""
    for question_id in index.questions():
        thread = index.thread(question_id)
        question, keys = thread[0], {entry.id: entry.key for entry in thread if entry.kind != COMMENT}
        new = [entry for entry in thread if not entry.is_known]
        closed = story_of(index, question).closed
        for entry in new:
            above_key = keys[entry.above or 0] if entry.kind == COMMENT else None
            yield _item(index, entry, question, above_key, closed if entry is new[-1] else None)


def known_items(index: Index) -> Iterator[Item]:
    """Everything that earlier runs have imported, as it is told now."""
    for question_id in index.all_questions():
        thread = index.thread(question_id)
        for entry in thread:
            if entry.is_known:
                yield _item(index, entry, thread[0], None, None)


def _item(index: Index, entry: Entry, question: Entry, above_key: int | None, told: Deed | None) -> Item:
    is_comment = entry.kind == COMMENT
    owner = ("UserId", "UserDisplayName") if is_comment else ("OwnerUserId", "OwnerDisplayName")
    return Item(
        entry=entry,
        question=question,
        above_key=above_key,
        author=index.person(entry.values.get(owner[0]), entry.values.get(owner[1])),
        story=_NO_STORY if is_comment else story_of(index, entry),
        told=told,
    )
