"""What was written of tags where they come from: their descriptions here, as long as nobody here has written another."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from sqlalchemy import update

from forum.core.db import db
from forum.core.transactions import transactional
from forum.core.versions import bump_site
from forum.discussions.models.tags import Tag
from forum.discussions.queries.tags import tag_key, vocabulary
from forum.discussions.tag_params import clean_tag
from forum.importers.stackexchange.index import Index
from forum.importers.stackexchange.texts import plain_of

LONGEST = 200  # characters, as a form takes


def descriptions(index: Index) -> Iterator[tuple[str, str]]:
    """Each tag that can be one here, with what is told of it."""
    for name, html in index.told_of_tags():
        with suppress(ValueError):
            text = plain_of(html, most=LONGEST)
            if text:
                yield clean_tag(name), text


@transactional
def describe_tags(index: Index) -> int:
    """Tags that have no description get this one; answers how many did."""
    words, described = vocabulary(), 0
    for name, text in descriptions(index):
        tag = words.named(name)
        if tag is None or tag.description:
            continue
        told = db.session.execute(
            update(Tag)
            .where(Tag.id == tag.id, Tag.description == "")
            .values(description=text)
            .returning(Tag.id),
            execution_options={"synchronize_session": False},
        )
        described += told.first() is not None
    if described:
        bump_site()
    return described


def foretell_descriptions(index: Index, new: set[str]) -> int:
    """How many would get one; `new` are the keys of tags that would be made."""
    words, found = vocabulary(), set()
    for name, _text in descriptions(index):
        tag = words.named(name)
        if tag.description == "" if tag is not None else tag_key(name) in new:
            found.add(tag.id if tag is not None else tag_key(name))
    return len(found)
