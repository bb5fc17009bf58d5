"""How many people looked at a topic: each once a day, gathered in the process and written from time to time.

A page says that it was looked at; so whatever runs no scripts counts nothing. Who looked is kept for a day, in memory or in
Redis, as a hash that is made with another key every day, and nowhere with a name: people by who they are, visitors by
their address. What is lost with a process was a few views.
"""

import hashlib
import re
import threading
from collections import Counter
from collections.abc import Collection

from flask import Flask, current_app, request
from limits import RateLimitItemPerDay
from limits.strategies import FixedWindowRateLimiter
from sqlalchemy import bindparam, select, update

from forum.access.viewer import Viewer
from forum.config import Config
from forum.core import clock
from forum.core.db import db
from forum.core.transactions import transaction
from forum.discussions.models import Topic
from forum.web.limits import storage_for
from forum.web.request import network_of

# What says of itself that nobody sits in front of it.
_ROBOTS = re.compile(
    r"bot\b|bot/|crawl|spider|slurp|headless|preview|fetch|scan|monitor|lighthouse|archiver|feed|^$|"
    r"^(curl|wget|python|java|go-http|ruby|php|perl|okhttp|axios|node|libwww|apache)",
    re.IGNORECASE,
)
_ONCE_A_DAY = RateLimitItemPerDay(1)


class Views:
    """What has been looked at since it was last written."""

    def __init__(self, config: Config) -> None:
        self.secret = config.secret_key.encode()
        self.seen = FixedWindowRateLimiter(storage_for(config))
        self.waiting: Counter[int] = Counter()
        self.guard = threading.Lock()

    def note(self, topic_id: int, who: str) -> bool:
        """Count it, unless the same person looked at the same topic today."""
        day = clock.now().date().isoformat()
        key = hashlib.blake2s(day.encode(), key=hashlib.sha256(self.secret).digest()).digest()
        mark = hashlib.blake2s(f"{topic_id} {who}".encode(), key=key, digest_size=16).hexdigest()
        if not self.seen.hit(_ONCE_A_DAY, "view", mark):
            return False
        with self.guard:
            self.waiting[topic_id] += 1
        return True

    def take(self) -> Counter[int]:
        with self.guard:
            taken, self.waiting = self.waiting, Counter()
        return taken

    def put_back(self, taken: Counter[int]) -> None:
        with self.guard:
            self.waiting.update(taken)


def init_viewing(app: Flask, config: Config) -> None:
    app.extensions["forum_views"] = Views(config)


def is_robot(agent: str) -> bool:
    return _ROBOTS.search(agent) is not None


def note_view(viewer: Viewer, topic: Topic) -> bool:
    """Whoever makes this request has the topic in front of them; answers whether that counts."""
    agent = request.headers.get("User-Agent", "")
    if is_robot(agent):
        return False
    # What a browser says of itself can be varied, and so can all but the /64 of an IPv6 address.
    visitor = network_of(request.remote_addr, v4=32, v6=64)
    who = f"user {viewer.id}" if viewer.user is not None else f"visitor {visitor}"
    return _views().note(topic.id, who)


def write_views() -> int:
    """Add what was gathered to the topics; answers how many topics that were."""
    views = _views()
    taken = views.take()
    if not taken:
        return 0
    statement = update(Topic.__table__).where(Topic.id == bindparam("topic"))  # type: ignore[arg-type]
    statement = statement.values(view_count=Topic.view_count + bindparam("more"))
    try:
        with transaction():  # in the order of their ids, as all who change several topics
            now_in = _where_they_went(taken)
            counts: Counter[int] = Counter()
            for topic_id, count in taken.items():
                counts[now_in.get(topic_id, topic_id)] += count
            rows = [{"topic": topic_id, "more": count} for topic_id, count in sorted(counts.items())]
            db.session.connection().execute(statement, rows)
    except Exception:
        views.put_back(taken)
        raise
    return len(taken)


def _where_they_went(topic_ids: Collection[int]) -> dict[int, int]:
    """Of topics that were merged meanwhile: into which they went, however often that went on into another."""
    went: dict[int, int] = {}
    asked = set(topic_ids)
    while asked:
        merged = select(Topic.id, Topic.merged_into_id).where(
            Topic.id.in_(asked), Topic.merged_into_id.is_not(None)
        )
        step = {topic_id: into for topic_id, into in db.session.execute(merged) if into is not None}
        asked = set(step.values()) - went.keys()
        went |= step
    return {topic_id: _last(topic_id, went) for topic_id in topic_ids if topic_id in went}


def _last(topic_id: int, went: dict[int, int]) -> int:
    while topic_id in went:
        topic_id = went[topic_id]
    return topic_id


def _views() -> Views:
    views: Views = current_app.extensions["forum_views"]
    return views
