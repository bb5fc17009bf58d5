"""What these tests share: the worker's work done, and what somebody has under the bell."""

from collections.abc import Callable

import pytest
from flask import Flask

from forum.access.viewer import viewer_of
from forum.accounts.models import User
from forum.core.db import db
from forum.jobs import outbox
from forum.notifications.queries.listing import Told, notifications_of, unseen_count

Heard = Callable[[User], list[tuple[str, str]]]


@pytest.fixture
def heard(app: Flask) -> Heard:
    """(kind, title) of what somebody was told of and has not seen, oldest first; as the list and the count both say."""

    def gather(user: User) -> list[tuple[str, str]]:
        with app.app_context():
            outbox.sweep()
            viewer = viewer_of(db.session.get_one(User, user.id))
            found: list[Told] = list(notifications_of(viewer, only_unseen=True, limit=100).items)
            assert len(found) == unseen_count(viewer)
            return [(str(told.kind), told.title or "") for told in reversed(found)]

    return gather
