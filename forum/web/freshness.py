"""Since when an answer is as it is: for programs that ask again and again.

Content that is hidden, or opened to others, has no date of its own. So the moment is when this very answer was first
given here; another body has another moment, and whoever compares moments alone is never told that nothing changed.
"""

import threading
from collections import OrderedDict
from collections.abc import Hashable
from datetime import datetime, timedelta

from flask import Response, request

from forum.core import clock
from forum.core.db import which_database
from forum.web.keeping import tag_of

MOST_SEEN = 5000

_guard = threading.Lock()
_seen: OrderedDict[Hashable, tuple[str, datetime]] = OrderedDict()


def dated(response: Response, key: Hashable) -> Response:
    """The answer with its ETag and Last-Modified, or 304 for who has it. `key`: who asks for what."""
    tag = tag_of(response.get_data())
    response.set_etag(tag)
    response.last_modified = _first_seen((which_database(), key), tag)
    response.make_conditional(request.environ)
    return response


def forget() -> None:
    """Drop what is kept; for tests that put another database in place of this one."""
    with _guard:
        _seen.clear()


def _first_seen(key: Hashable, tag: str) -> datetime:
    now = clock.now().replace(microsecond=0)
    with _guard:
        before = _seen.get(key)
        if before is not None and before[0] == tag:
            _seen.move_to_end(key)
            return before[1]
        # Such dates know whole seconds: two answers within one must not share theirs.
        at = now if before is None or before[1] < now else before[1] + timedelta(seconds=1)
        _seen[key] = (tag, at)
        while len(_seen) > MOST_SEEN:
            _seen.popitem(last=False)
        return at
