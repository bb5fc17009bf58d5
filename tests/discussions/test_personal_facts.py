"""What of a page is its reader's own comes in one statement, and is nobody else's."""

from typing import Any

import pytest
from flask import Flask

from forum.access.viewer import VISITOR, viewer_of
from forum.accounts.models import Ignore
from forum.core import clock
from forum.core.db import db
from forum.core.transactions import transaction
from forum.discussions.models import Bookmark, Reaction
from forum.discussions.queries.personal import NOTHING, personal_of
from tests.cast import Cast
from tests.factories import make_post, make_topic


@pytest.mark.usefixtures("context")
def test_ones_own_facts_come_in_one_statement(app: Flask, cast: Cast, count_statements: Any) -> None:
    topic = make_topic(cast.lounge, cast.other)
    posts = [make_post(topic, cast.other) for _ in range(3)]
    ids = [post.id for post in posts]
    now = clock.now()
    with transaction():
        db.session.add_all(
            [
                Reaction(post_id=ids[0], user_id=cast.member.id, name="like", created_at=now),
                Reaction(post_id=ids[0], user_id=cast.member.id, name="agree", created_at=now),
                Reaction(post_id=ids[1], user_id=cast.staff.id, name="like", created_at=now),
                Bookmark(post_id=ids[2], user_id=cast.member.id, created_at=now),
                Ignore(user_id=cast.member.id, ignored_id=cast.other.id, created_at=now),
            ]
        )
    member = viewer_of(cast.member)
    with count_statements() as sent:
        mine = personal_of(member, topic, ids)
    assert len(sent) == 1
    assert mine.reactions == {ids[0]: {"like", "agree"}}
    assert (mine.bookmarks.keys(), mine.ignored) == ({ids[2]}, {cast.other.id})
    theirs = personal_of(viewer_of(cast.staff), topic, ids)
    assert theirs.reactions == {ids[1]: {"like"}}
    assert (theirs.bookmarks, theirs.ignored) == ({}, set())
    assert personal_of(VISITOR, topic, ids) is NOTHING
    assert personal_of(member, topic, []).reactions == {}
