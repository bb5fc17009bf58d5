"""What a dump tells of a post that may be told otherwise by a later one, and what of that is to be taken over here.

Three are compared: what the last import was told, what this dump tells, and what stands here. Where the dump tells
something else than before, and here it is still as it was then, it is taken over; what was changed here stays.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from forum.core.db import db
from forum.discussions.models import Post, Topic
from forum.discussions.queries.tags import tag_key, vocabulary
from forum.importers.mail.identity import message_key
from forum.importers.models import ImportedMessage
from forum.importers.stackexchange.index import COMMENT, QUESTION, Entry, Index, whole
from forum.importers.stackexchange.stories import Deed, Story
from forum.importers.stackexchange.texts import tags_of, title_of

#: What can be taken over, as the report calls it.
EDITS, CLOSINGS, DELETIONS, ANSWERS = "edits", "closings", "deletions", "answers"
TAGS, SCORES, VIEWS = "tags", "scores", "views"


def told_of(entry: Entry, story: Story) -> str:
    """To be kept with the post."""
    values = entry.values
    told: dict[str, Any] = {
        "text": message_key(values["Text" if entry.kind == COMMENT else "Body"]),
        "score": score_of(entry),
    }
    if entry.kind != COMMENT:
        told["deleted"] = _moment(story.deleted)
    if entry.kind == QUESTION:
        told |= {
            "title": message_key(title_of(values.get("Title", ""))),
            "closed": _moment(story.closed),
            "answer": whole(values.get("AcceptedAnswerId")),
            "tags": tags_of(values.get("Tags", "")),
            "views": views_of(entry),
        }
    return json.dumps(told, separators=(",", ":"))


def score_of(entry: Entry) -> int | None:
    return whole(entry.values.get("Score"))


def views_of(question: Entry) -> int:
    return min(max(whole(question.values.get("ViewCount")) or 0, 0), 2**31)


def tells_another_text(entry: Entry, told: str) -> bool:
    """Whether the text is another one than the last import was told; if not, it need not be made anew."""
    return not entry.told or json.loads(entry.told)["text"] != json.loads(told)["text"]


@dataclass(frozen=True, slots=True)
class Changes:
    """What of a post is to be taken over. `views` is how many more there are than before."""

    text: bool = False
    title: bool = False
    closed: bool = False
    deleted: bool = False
    answer: int | None = None  # our post
    no_answer: bool = False
    tags: tuple[str, ...] | None = None
    score: bool = False
    views: int = 0

    @property
    def shows(self) -> bool:
        """Whether anything is taken over that changes what a page says; views are told a little late anyway."""
        return self.names not in ([], [VIEWS])

    @property
    def names(self) -> list[str]:
        """As the report counts them."""
        said = (
            (EDITS, self.text or self.title),
            (CLOSINGS, self.closed),
            (DELETIONS, self.deleted),
            (ANSWERS, self.answer is not None or self.no_answer),
            (TAGS, self.tags is not None),
            (SCORES, self.score),
            (VIEWS, self.views != 0),
        )
        return [name for name, is_so in said if is_so]


def changes_of(entry: Entry, told: str, index: Index, post: Post, topic: Topic) -> Changes:
    """`topic` is where the post stands; it is the question's own where the post begins it."""
    now: dict[str, Any] = json.loads(told)
    then: dict[str, Any] = json.loads(entry.told) if entry.told else now
    other = {name for name in now if now[name] != then.get(name)}
    text = "text" in other and message_key(post.body) == entry.body_key
    score = "score" in other and post.score != now["score"]  # nobody gives any here
    if entry.kind != QUESTION:
        gone = "deleted" in other and _milliseconds(post.deleted_at) == then["deleted"]
        return Changes(text=text, deleted=gone, score=score)
    if topic.id != entry.post_id or post.number != 1:  # it was moved into another one here
        return Changes(text=text, score=score)
    answer, no_answer = None, False
    if "answer" in other and _has_answer(topic, then["answer"]):
        answer, no_answer = _ours(index, now["answer"]), now["answer"] is None
    return Changes(
        text=text,
        title="title" in other and message_key(topic.title) == then["title"],
        closed="closed" in other and _milliseconds(topic.locked_at) == then["closed"],
        deleted="deleted" in other and _milliseconds(topic.deleted_at) == then["deleted"],
        answer=answer if answer != topic.answer_id else None,
        no_answer=no_answer,
        tags=_tags(topic, then["tags"], now["tags"]) if {"tags"} <= other & then.keys() else None,
        score=score,
        views=_more_views(topic, then.get("views"), now["views"]) if "views" in other else 0,
    )


def _tags(topic: Topic, then: list[str], now: list[str]) -> tuple[str, ...] | None:
    """Those it gets, where it has those it was given; None where they stay. What staff have deleted here does not come back."""
    words = vocabulary()
    given = [tag for name in then if (tag := words.named(name)) is not None]
    if {tag.id for tag in given} != {tag.id for tag in words.of(topic.tag_ids)}:
        return None
    deleted = {tag_key(name) for name in then if words.named(name) is None}
    wanted = tuple(name for name in now if tag_key(name) not in deleted)
    found = [words.named(name) for name in wanted]
    if None not in found and [tag.id for tag in found if tag] == [tag.id for tag in words.of(topic.tag_ids)]:
        return None
    return wanted


def _more_views(topic: Topic, then: int | None, now: int) -> int:
    """By how many: views of people here stay. Where nobody kept what was told before, at least as many as there."""
    if then is None:
        return max(0, now - topic.view_count)
    return max(now - then, -topic.view_count)


def answer_stays(entry: Entry, topic: Topic) -> bool:
    """Whether the answer of a question that is here already was chosen here, and is no dump's to change."""
    return not _has_answer(topic, json.loads(entry.told)["answer"] if entry.told else None)


def _has_answer(topic: Topic, answer: int | None) -> bool:
    """Whether the topic is answered by what had this id there; a newer dump may not hold it any more."""
    if answer is None or topic.answer_id is None:
        return answer is topic.answer_id
    names = select(ImportedMessage.message_id).where(ImportedMessage.post_id == topic.answer_id)
    return f"stackexchange answer {answer}" in set(db.session.scalars(names))


def _ours(index: Index, answer: int | None) -> int | None:
    return index.post_ids({answer}).get(answer) if answer is not None else None


def _moment(deed: Deed | None) -> int | None:
    return _milliseconds(deed.at) if deed else None


def _milliseconds(moment: datetime | None) -> int | None:
    return round(moment.timestamp() * 1000) if moment else None
