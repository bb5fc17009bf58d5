"""Stamps: the versions that a page for visitors was made from, each in one statement."""

from collections.abc import Hashable

from sqlalchemy import func, select

from forum.access.models import Place
from forum.core.db import db
from forum.core.versions import SITE, Version, note_site_version
from forum.discussions.models import Topic

_site = select(Version.value).where(Version.name == SITE).scalar_subquery()


def of_topic(topic_id: int, **_url: object) -> Hashable | None:
    """The site and the topic; None where there is no such topic."""
    row = db.session.execute(
        select(_site, Topic.version, Topic.audience_id).where(Topic.id == topic_id)
    ).first()
    if row is None:
        return None
    note_site_version(row[0] or 0)
    return tuple(row)


def of_all_places(**_url: object) -> Hashable:
    """The site and everything that happens in any place."""
    row = db.session.execute(select(_site, func.sum(Place.version))).one()
    note_site_version(row[0] or 0)
    return tuple(row)
