"""What the log is narrowed to, as pages and programs ask for it: a day is the one of whoever asks."""

from datetime import date, timedelta
from typing import Any

from forum.discussions.choosing import start_of
from forum.moderation.params import LogFilter


def narrowed_to(asked: LogFilter) -> dict[str, Any]:
    """For `page_of_log`."""
    return {
        "kind": asked.kind,
        "category": asked.category,
        "by": asked.by,
        "about": asked.about,
        "since": start_of(asked.since) if asked.since else None,
        "before": start_of(asked.until + timedelta(days=1))
        if asked.until and asked.until < date.max
        else None,
    }
