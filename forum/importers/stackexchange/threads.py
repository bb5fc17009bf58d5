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
            values = entry.values
            owner = (
                ("UserId", "UserDisplayName")
                if entry.kind == COMMENT
                else ("OwnerUserId", "OwnerDisplayName")
            )
            yield Item(
                entry=entry,
                question=question,
                above_key=keys[entry.above or 0] if entry.kind == COMMENT else None,
                author=index.person(values.get(owner[0]), values.get(owner[1])),
                story=_NO_STORY if entry.kind == COMMENT else story_of(index, entry),
                told=closed if entry is new[-1] else None,
            )
