"""That somebody is writing: never stored, passed on at most once in three seconds."""

from datetime import datetime, timedelta

from forum.access.viewer import Viewer
from forum.core import clock
from forum.messaging.models import Participant
from forum.messaging.queries.conversations import participant_ids
from forum.messaging.queries.hearing import is_invisible
from forum.realtime import broadcast, room

PAUSE = timedelta(seconds=3)
MOST = 10_000

_told: dict[tuple[int, int], datetime] = {}


def pass_on(viewer: Viewer, here: Participant) -> None:
    """Tell the others, unless they were told a moment ago."""
    now, key = clock.now(), (here.conversation_id, here.user_id)
    last = _told.get(key)
    if last is not None and timedelta(0) <= now - last < PAUSE:
        return
    if len(_told) >= MOST:
        _told.clear()
    _told[key] = now
    if not is_invisible(here.user_id):
        others = [one for one in participant_ids(here.conversation_id) if one != here.user_id]
        told = {"conversation_id": str(here.conversation_id), "user_id": str(here.user_id)}
        broadcast([room("user", one) for one in others], "typing", told)
