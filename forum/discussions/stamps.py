"""Stamps: the versions that a page for visitors was made from, each in one statement."""

from collections.abc import Hashable

from sqlalchemy import bindparam, func, select

from forum.access.models import Place
from forum.core import reading
from forum.core.versions import SITE, Version, note_site_version
from forum.discussions.models import Topic

_site = select(Version.value).where(Version.name == SITE).scalar_subquery()


_TOPIC = select(_site, Topic.version, Topic.audience_id).where(Topic.id == bindparam("topic"))
_PLACES = select(_site, func.sum(Place.version))


def of_topic(topic_id: int, **_url: object) -> Hashable | None:
    """The site and the topic; None where there is no such topic."""
    row = reading.first(_TOPIC, topic=topic_id)
    if row is None:
        return None
    note_site_version(row[0] or 0)
    return tuple(row)


def of_all_places(**_url: object) -> Hashable:
    """The site and everything that happens in any place."""
    row = reading.first(_PLACES)
    note_site_version(row[0] or 0)
    return tuple(row)
